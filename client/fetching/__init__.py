"""Footage that lies elsewhere: fetched once to a bounded cache of this machine."""
