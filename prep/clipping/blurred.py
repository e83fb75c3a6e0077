"""Blurred copies of a picture beside it, as apps fill a frame of another shape: where they end. Pure.

Such a side has little detail, ends at once in a straight line, has its twin on the other side, and is
what lies between the two, enlarged to fill the frame. All of that together tells it from a scene whose
background is out of focus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.crop import Crop

Luma = NDArray[np.uint8]
Floats = NDArray[np.float64]

_LINES = 360
_THUMB_PX = 256
_BLUR_PX = 9
_FLAT = 1.0
_STEP = 8
_SOFT_EDGE_PX = 2
_SMEARED_PX = 8
_MIN_SIDE_SHARE = 0.05
_MIN_LEFT_SHARE = 0.15
_UNLIKE_PX, _UNLIKE_SHARE = 4, 0.02
# A side has less than so much of the detail of what is between: for a first look, and in the end.
_PLAIN_AT_ALL, _PLAIN_SHARE = 0.5, 0.7
# The share of its length along which an edge shows, of either.
_WEAK_EDGE, _STRONG_EDGE = 0.25, 0.35
# How alike the sides are to copies, as a correlation (measured: 0.98 and more; scenes of soft light may
# read as much, and have no such edges), and how much further than needed apps enlarge them.
_ALIKE = 0.95
_ENLARGED = (1.0, 1.1, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Profile:
    """Of each column, or of each row: ``detail``, how much lines stand out from their neighbours in it;
    ``steps``, the share of lines that jump from the one before to it."""

    detail: Floats
    steps: Floats


@dataclass(frozen=True, slots=True)
class SideProfile:
    """What is kept of one picture; ``small``: the picture itself."""

    columns: Profile
    rows: Profile
    small: Luma


def look_of(picture: Luma) -> SideProfile:
    """What tells of blurred sides in one picture."""
    height, width = picture.shape
    scale = _THUMB_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return SideProfile(_profile(picture), _profile(picture.T), small)


def may_be_blurred(look: SideProfile) -> bool:
    """Whether one picture leaves it open: two opposite edges have much less detail than the middle."""
    return any(_is_plain_at_its_ends(profile.detail) for profile in (look.columns, look.rows))


def inside_blurred(looks: Sequence[SideProfile], *, width_px: int, height_px: int) -> Crop | None:
    """What lies between the blurred sides of pictures of one window, None where there are none."""
    if not looks:
        return None
    left, right = _sides([look.columns for look in looks], [look.small for look in looks])
    if left:
        sides = {"left": left + _SOFT_EDGE_PX, "right": right + _SOFT_EDGE_PX}
        return Crop.from_edges(width_px, height_px, **sides)
    top, bottom = _sides([look.rows for look in looks], [look.small.T for look in looks])
    if top:
        sides = {"top": top + _SOFT_EDGE_PX, "bottom": bottom + _SOFT_EDGE_PX}
        return Crop.from_edges(width_px, height_px, **sides)
    return None


def _profile(picture: Luma) -> Profile:
    """Of each column."""
    lines = np.arange(1, picture.shape[0] - 1, max(1, picture.shape[0] // _LINES))
    at, above, below = (picture[lines + by].astype(np.int16) for by in (0, -1, 1))
    detail = np.abs(2 * at - above - below).mean(axis=0)
    steps = np.zeros(picture.shape[1])
    steps[1:] = (np.abs(np.diff(at, axis=1)) > _STEP).mean(axis=0)
    return Profile(detail.astype(np.float64), steps)


def _is_plain_at_its_ends(detail: Floats) -> bool:
    size = len(detail)
    end = max(2, round(_MIN_SIDE_SHARE * size))
    middle = float(np.median(detail[round(0.45 * size) : round(0.55 * size) + 1]))
    return bool(max(detail[:end].mean(), detail[-end:].mean()) < _PLAIN_AT_ALL * middle)


def _sides(profiles: Sequence[Profile], smalls: Sequence[Luma]) -> tuple[int, int]:
    """(first, last) side's thickness along the second axis; (0, 0) unless both are copies."""
    detail = np.mean([one.detail for one in profiles], axis=0)
    steps = np.mean([one.steps for one in profiles], axis=0)
    size, middle = len(detail), len(detail) // 2
    # The picture begins at the line along which most of it jumps.
    begins, ends = int(steps[:middle].argmax()), middle + int(steps[middle:].argmax())
    weaker, stronger = sorted((steps[begins], steps[ends]))
    first, last = begins, size - ends
    if weaker < _WEAK_EDGE or stronger < _STRONG_EDGE:
        return 0, 0
    if abs(first - last) > max(_UNLIKE_PX, _UNLIKE_SHARE * size):
        return 0, 0
    if min(first, last) < _MIN_SIDE_SHARE * size or ends - begins < _MIN_LEFT_SHARE * size:
        return 0, 0
    outside = max(_inner(detail[:begins]).mean(), _inner(detail[ends:]).mean())
    if outside > _PLAIN_SHARE * detail[begins:ends].mean():
        return 0, 0
    alike = np.mean([_likeness(small, first / size, last / size) for small in smalls])
    return (first, last) if alike >= _ALIKE else (0, 0)


def _inner(detail: Floats) -> Floats:
    """Without what a codec smears over the edge."""
    return detail[2:-_SMEARED_PX] if len(detail) > 2 * _SMEARED_PX else detail


def _likeness(small: Luma, first: float, last: float) -> float:
    """How much the sides look like what is between, enlarged in the best of some ways: correlation."""
    height, width = small.shape
    left, right = round(first * width), width - round(last * width)
    between, fill = small[:, left:right], width / max(1, right - left)
    # Near the picture its own pixels are in the blur.
    sides = np.ones(width, bool)
    sides[max(0, left - _BLUR_PX // 2 - 1) : right + _BLUR_PX // 2 + 1] = False
    shown = _soft(small)[:, sides].ravel()
    ways = [*((fill * more, fill * more) for more in _ENLARGED), (fill, 1.0)]
    copies = [_soft(_enlarged(between, *way, (width, height)))[:, sides].ravel() for way in ways]
    if not shown.size or shown.std() < _FLAT:
        return 0.0
    return max((float(np.corrcoef(shown, c)[0, 1]) for c in copies if c.std() >= _FLAT), default=0.0)


def _soft(picture: Luma) -> Floats:
    return np.asarray(cv2.blur(picture, (_BLUR_PX, _BLUR_PX)), np.float64)


def _enlarged(picture: Luma, across: float, down: float, size: tuple[int, int]) -> Luma:
    """A picture enlarged about its middle, as much of it as fits into a size."""
    height, width = picture.shape
    moved = np.array(
        [
            [across, 0.0, (size[0] - across * width) / 2],
            [0.0, down, (size[1] - down * height) / 2],
        ]
    )
    made = cv2.warpAffine(picture, moved, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)
