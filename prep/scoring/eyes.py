"""Whether the eyes are open, moment by moment, as a factor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from statistics import fmean

from screentest.prep.core.values import EyesTrace, Face
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.usual import Usual

# For how long before and after it a sample stands.
_AROUND_S = 0.1


def eyes_factor(eyes_open: float, usual: Usual) -> float:
    """1 for eyes as open as this person's usually are."""
    return max(0.05, rise(eyes_open / max(0.7, min(0.95, usual.eyes_open)), 0.35, 0.85))


def eyes_over(
    times_s: Sequence[float],
    faces: Sequence[Face | None],
    usual: Usual,
    trace: EyesTrace | None = None,
) -> tuple[float, ...]:
    """The factor of each sample of one person, 1 where there is no face.

    ``trace``: how open the eyes were in between, where that was measured.
    """
    return tuple(
        1.0 if face is None else _around(t_s, face, usual, trace)
        for t_s, face in zip(times_s, faces, strict=True)
    )


def _around(t_s: float, face: Face, usual: Usual, trace: EyesTrace | None) -> float:
    """The factor of what was measured around a moment, else of the moment itself."""
    if trace is not None:
        first, past = (bisect_left(trace.times_s, t_s + by_s) for by_s in (-_AROUND_S, _AROUND_S))
        if first < past:
            return fmean(eyes_factor(value, usual) for value in trace.eyes_open[first:past])
    return eyes_factor(face.eyes_open, usual)
