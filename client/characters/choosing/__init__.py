"""Which footage and window is registered: what is decided about it, and the best of several files."""
