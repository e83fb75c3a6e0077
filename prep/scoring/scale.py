"""One scale for faces and for what has none: of one score, one share of people would take it. Pure.

Windows of 76 films were judged blind, by eye, as best, usable or wrong. So many were not wrong, leaving
out those with a cut inside, which are never offered, and counting as wrong what shows no character:

    faces       0-0.14: none    0.14-0.29: 68 %    0.29-0.68: 92 %    above: all of them
    without     0-0.14: 22 %    0.15-0.45: 28 %    0.45-0.52: 40 %    0.53-0.78: 86 %

(199 and 131 windows; shares made to rise by pooling neighbours.) Faces that were frozen, printed or
barred were left out, as their fault is judged elsewhere.
"""

from __future__ import annotations

from bisect import bisect_right

# (worth without a face, score). A body without a head is worth 0.51 at most: no face scores less.
_KNOTS = (
    (0.0, 0.0),
    (0.06, 0.05),
    (0.45, 0.12),
    (0.51, 0.15),
    (0.57, 0.3),
    (0.62, 0.38),
    (0.75, 0.5),
    (0.85, 0.68),
    (1.0, 0.95),
)


def on_the_scale_of_faces(worth: float) -> float:
    """The score, in [0, 1], of a moment without a face that is worth so much among its kind.

    It is the score of faces that as many people take, and rises with ``worth``. Where few were judged,
    at both ends, it is led on to 0 and to what a face without any flaw but its kind would score.
    """
    at = min(max(1, bisect_right([knot for knot, _ in _KNOTS], worth)), len(_KNOTS) - 1)
    (low, from_score), (high, to_score) = _KNOTS[at - 1], _KNOTS[at]
    share = min(1.0, max(0.0, (worth - low) / (high - low)))
    return from_score + share * (to_score - from_score)
