"""One scale for faces and for what has none: one score, one share of people who would take it. Pure."""

from __future__ import annotations

from bisect import bisect_right

# (worth without a face, score).
_KNOTS = ((0.0, 0.0), (0.05, 0.05), (0.5, 0.15), (0.62, 0.4), (0.7, 0.55), (0.85, 0.75), (1.0, 1.0))


def on_the_scale_of_faces(worth: float) -> float:
    """The score, in [0, 1], of a moment without a face that is worth so much among its kind.

    It is the score of the faces that as many people would take; it rises with ``worth``.
    """
    at = min(max(1, bisect_right([knot for knot, _ in _KNOTS], worth)), len(_KNOTS) - 1)
    (low, from_score), (high, to_score) = _KNOTS[at - 1], _KNOTS[at]
    share = min(1.0, max(0.0, (worth - low) / (high - low)))
    return from_score + share * (to_score - from_score)
