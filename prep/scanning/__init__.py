"""Signals over time: the coarse pass, the close passes, cuts and dissolves, scans kept on disk."""
