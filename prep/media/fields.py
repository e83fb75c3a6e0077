"""Whether pictures are woven from two fields, by looking at what moves in them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture

FirstField = Literal["", "tff", "bff"]
Levels = NDArray[np.int16]

_MOVED = 12
_TOOTH = 100
_LEVEL = 10
_TIMES_AS_OFTEN = 2.0
_LEAST_SHARE = 1e-4


def first_field(runs: Sequence[Sequence[Picture]]) -> FirstField:
    """Which field of woven pictures is the earlier one, "" where they are whole.

    ``runs``: luma of consecutive pictures, as stored, from some moments. Where something moves, a line
    of a woven picture differs from both its neighbours, which are alike, and not from the lines two
    away, which are of its own field; fine texture does both.
    """
    teeth = texture = seen = 0
    later = earlier = 0.0
    for run in runs:
        for one, other in pairwise(run):
            now, then = one.astype(np.int16), other.astype(np.int16)
            line, moved = now[2:-2], np.abs(then - now)[2:-2] > _MOVED
            teeth += int((_sticks_out(line, now[1:-3], now[3:-1]) & moved).sum())
            texture += int((_sticks_out(line, now[:-4], now[4:]) & moved).sum())
            seen += line.size
            # From the later field of one picture to the earlier of the next is the shortest way.
            between = (then[1:-3] + then[3:-1]) // 2
            away = np.abs(line - between) * moved
            later += float(away[1::2].sum())
            earlier += float(away[::2].sum())
    if not seen or teeth < _TIMES_AS_OFTEN * texture or teeth < _LEAST_SHARE * seen:
        return ""
    return "tff" if later < earlier else "bff"


def _sticks_out(line: Levels, above: Levels, below: Levels) -> NDArray[np.bool_]:
    apart = (line - above) * (line - below) > _TOOTH
    return np.asarray(apart & (np.abs(above - below) < _LEVEL), np.bool_)
