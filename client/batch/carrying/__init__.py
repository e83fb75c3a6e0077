"""Footage out to workers elsewhere, and their clips back, through the user's bucket."""
