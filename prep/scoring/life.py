"""Whether a face moves by itself, moment by moment, as a factor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise

# A living face may rest for so long before and after a moment.
_AROUND_S = 0.5
_STILL, _MOVES = 0.0, 0.0


def alive_over(times_s: Sequence[float], faces: Sequence[Face | None]) -> tuple[float, ...]:
    """The factor of each sample of one person: 1 for a face that lives, less for a picture of one.

    1 where nothing is known.
    """
    return tuple(_around(t_s, times_s, faces) for t_s in times_s)


def _around(t_s: float, times_s: Sequence[float], faces: Sequence[Face | None]) -> float:
    first, past = (bisect_left(times_s, t_s + by_s) for by_s in (-_AROUND_S, _AROUND_S))
    moved = [f.own_motion for f in faces[first:past] if f is not None and f.own_motion is not None]
    if not moved or _STILL == _MOVES:
        return 1.0
    return max(0.05, rise(max(moved), _STILL, _MOVES))
