"""Bars that footage already carries: where they end, so that they can be taken off. Pure.

They are black, or blurred copies of the picture (``prep.clipping.blurred``). A black bar is black from
edge to edge in every picture, has its twin on the other side, and ends in a straight line at which the
picture begins at once. That is what tells it from a dark scene, whose darkness ends where a head or a
lamp happens to be, on one side, or fades.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from screentest.prep.clipping.blurred import SideProfile, inside_blurred, look_of, may_be_blurred
from screentest.prep.core.crop import Crop

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
_LOOKS = 8


@dataclass(frozen=True, slots=True)
class Bars:
    """``inside``: what lies between the bars. ``blurred``: they are copies of it, not black."""

    inside: Crop
    blurred: bool = False


def bars_in(pictures: Iterable[Luma], *, full_range: bool) -> Bars | None:
    """The bars of these pictures of one window, None where there are none.

    ``pictures``: luma of upright pictures, all of one size. One tells most footage, more the rest.
    """
    rest = iter(pictures)
    first = next(rest, None)
    if first is None:
        return None
    look, is_dark = look_of(first), may_have_bars(first, full_range=full_range)
    if not is_dark and not may_be_blurred(look):
        return None
    looks: list[SideProfile] = []
    inside = inside_bars(_looked_at(chain([first], rest), looks), full_range=full_range)
    if inside is not None:
        return Bars(inside)
    height, width = first.shape
    inside = inside_blurred(looks, width_px=width, height_px=height)
    return Bars(inside, blurred=True) if inside is not None else None


def _looked_at(pictures: Iterable[Luma], looks: list[SideProfile]) -> Iterator[Luma]:
    """The same pictures; what the first of them show is put into ``looks``."""
    for picture in pictures:
        if len(looks) < _LOOKS:
            looks.append(look_of(picture))
        yield picture


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
    if not (left or top):
        return None
    sides = {"left": left, "top": top, "right": right, "bottom": bottom}
    soft = {side: thickness + _SOFT_EDGE_PX for side, thickness in sides.items() if thickness}
    return Crop.from_edges(over.shape[1], over.shape[0], **soft)


def may_have_bars(picture: Luma, *, full_range: bool) -> bool:
    """Whether one picture leaves it open: it is dark along two opposite edges."""
    over = picture.astype(np.int16) - (0 if full_range else _BLACK_LIMITED)
    across = (over[:_MIN_BAR_PX].max() <= _LIT_ABOVE, over[-_MIN_BAR_PX:].max() <= _LIT_ABOVE)
    along = (over[:, :_MIN_BAR_PX].max() <= _LIT_ABOVE, over[:, -_MIN_BAR_PX:].max() <= _LIT_ABOVE)
    return all(across) or all(along)


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
