"""The studio: a page on this machine to see, move and approve what was picked."""
