"""How good a moment is, with a face and without one: pure."""
