"""Signals over time: a coarse pass, close looks where it promises, cuts, the kept scan."""
