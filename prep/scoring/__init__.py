"""How good a sample or a window is, from 0 to 1, with a face or without one: pure."""
