"""Whether something hides the face, as a factor."""

from __future__ import annotations

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.usual import Usual


def clear_factor(face: Face, usual: Usual) -> float:
    """1 for a face as plain to the detector as this person's usually is."""
    return max(0.05, rise(face.clarity - usual.clarity, -0.045, -0.003))


def bare_factor(face: Face) -> float:
    """1 for a face of which nothing is covered."""
    return max(0.05, 1 - rise(face.covered, 0.05, 0.6))
