"""Whether something hides the face, as a factor."""

from __future__ import annotations

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.usual import Usual

# How far the detector's score of a face strays by itself: least where the face is plain to it.
_STRAYS, _STRAYS_AT, _STRAYS_MORE = 0.012, 0.93, 0.6
# Faces that people take are recognised with 0.88 and more at their best, one that lies on its side, or
# is none, with 0.75 at most.
_SURELY_A_FACE = (0.6, 0.87)


def clear_factor(face: Face, usual: Usual) -> float:
    """1 for a face as plain to the detector as this person's usually is.

    Footage: in stretches that people call good, nineteen of twenty samples of a large face lie within
    0.012 of its best; a hand on mouth and chin takes 0.01 to 0.035 off, half of them 0.018 and more.
    """
    strays = _STRAYS + _STRAYS_MORE * max(0.0, _STRAYS_AT - usual.clarity)
    as_usual = rise(face.clarity - usual.clarity, -2.4 * strays, -0.8 * strays)
    return max(0.05, as_usual * rise(usual.clarity, *_SURELY_A_FACE))


def bare_factor(face: Face) -> float:
    """1 for a face of which nothing is covered."""
    return max(0.05, 1 - rise(face.covered, 0.05, 0.6))
