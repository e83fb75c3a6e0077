"""Black bars that footage already carries: where they end, so that they can be taken off. Pure.

A bar is black from edge to edge in every picture, has its twin on the other side, and ends in a
straight line at which the picture begins at once. That is what tells it from a dark scene, whose
darkness ends where a head or a lamp happens to be, on one side, or fades.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Levels = NDArray[np.int16]

_BLACK_LIMITED = 16
_LIT_ABOVE = 12
_MEAN_ABOVE = 4
_STRAY_SHARE = 0.01
_EDGE_DEPTH_PX = 4
_EDGE_SHARE = 0.35
_MIN_BAR_SHARE = 0.008
_MIN_BAR_PX = 4
_UNLIKE_SHARE = 0.02
_MIN_LEFT_SHARE = 0.2
_SOFT_EDGE_PX = 2


@dataclass(frozen=True, slots=True)
class Crop:
    """A rectangle of an upright picture, in its stored pixels; all four even."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


def inside_bars(pictures: Iterable[Luma], *, full_range: bool) -> Crop | None:
    """What lies inside the bars of these pictures of one window, None where there are none.

    ``pictures``: luma of upright pictures, all of one size.
    """
    black = 0 if full_range else _BLACK_LIMITED
    brightest: Luma | None = None
    for picture in pictures:
        brightest = picture if brightest is None else np.maximum(brightest, picture)
    if brightest is None:
        return None
    over = brightest.astype(np.int16) - black
    top, bottom = _pair(over)
    left, right = _pair(over[top : over.shape[0] - bottom].T)
    return _crop(over.shape, left=left, top=top, right=right, bottom=bottom)


def _pair(over: Levels) -> tuple[int, int]:
    """(first, last) bar's thickness along the first axis; (0, 0) unless both are bars."""
    size = over.shape[0]
    lit = over > _LIT_ABOVE
    dark = (lit.mean(axis=1) <= _STRAY_SHARE) & (over.mean(axis=1) <= _MEAN_ABOVE)
    bright = np.flatnonzero(~dark)
    if not len(bright):
        return 0, 0
    first, last = int(bright[0]), size - 1 - int(bright[-1])
    alike = abs(first - last) <= max(_MIN_BAR_PX, _UNLIKE_SHARE * size)
    thick = min(first, last) >= max(_MIN_BAR_PX, _MIN_BAR_SHARE * size)
    if not alike or not thick or size - first - last < _MIN_LEFT_SHARE * size:
        return 0, 0
    straight = _begins_at_once(lit, first) and _begins_at_once(lit[::-1], last)
    return (first, last) if straight else (0, 0)


def _begins_at_once(lit: NDArray[np.bool_], thickness: int) -> bool:
    """Whether the picture is lit along enough of the line where the bar ends."""
    edge = lit[thickness : thickness + _EDGE_DEPTH_PX].any(axis=0)
    return bool(edge.mean() >= _EDGE_SHARE)


def _crop(shape: tuple[Any, ...], *, left: int, top: int, right: int, bottom: int) -> Crop | None:
    """The inside of the bars without their soft edges; None where there is no bar."""
    if not (left or top or right or bottom):
        return None
    height, width = shape[0], shape[1]
    x, columns = _inner(width, left, right)
    y, rows = _inner(height, top, bottom)
    return Crop(x, y, columns, rows)


def _inner(size: int, first: int, last: int) -> tuple[int, int]:
    """(offset, length), both even; whole and untouched where there is no bar."""
    if not first and not last:
        return 0, size
    begin = -(-(first + _SOFT_EDGE_PX) // 2) * 2
    return begin, (size - last - _SOFT_EDGE_PX - begin) // 2 * 2
