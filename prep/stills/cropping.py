"""The part of a picture that a still shows: pure arithmetic on where the head is.

All of it lies in the displayed picture: nothing is padded. Another head is left out wherever that
costs none of the person's own. A still that would be a little smaller than the spec's least side shows
more; one that would be far smaller is enlarged, as more would make a speck of the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from screentest.prep.core.crop import Crop
from screentest.prep.core.spec import StillSpec
from screentest.prep.core.values import Box
from screentest.prep.stills.values import Framing


@dataclass(frozen=True, slots=True)
class Room:
    """Around a face's box, in its own heights."""

    above: float
    below: float
    beside: float


# What must not be cut; the detector's box ends at the forehead and the chin.
_HEAD = Room(above=0.5, below=0.12, beside=0.3)
_ROOMS = {
    "head": Room(above=0.65, below=0.5, beside=0.65),
    "bust": Room(above=0.75, below=1.5, beside=1.25),
}
# In a profile the back of the head reaches beyond the face's box, away from where it looks.
_BACK = 0.55
_PROFILE_DEG = 90.0
# So much more is shown at most, where that spares a still from being enlarged.
_MOST_GROWTH = 1.5
# Around a figure, in its own sides.
_AROUND_FIGURE = 0.08


@dataclass(frozen=True, slots=True)
class Cropped:
    """``crop``: in displayed pixels, even. ``company``: somebody else's face is in it."""

    crop: Crop
    company: bool


@dataclass(frozen=True, slots=True)
class _Edges:
    """A rectangle by its edges, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def within(self, other: _Edges) -> _Edges:
        return _Edges(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def holds(self, other: _Edges) -> bool:
        return self.within(other) == other


def crop_around(
    face: Box,
    *,
    others: Sequence[Box] = (),
    yaw_deg: float = 0.0,
    width_px: int,
    height_px: int,
    framing: Framing,
    spec: StillSpec,
) -> Cropped:
    """The crop around a face of a picture displayed at ``width_px`` x ``height_px``."""
    whole = _Edges(0, 0, width_px, height_px)
    head = _around(face, _HEAD, yaw_deg, whole)
    wanted = whole if framing == "full" else _around(face, _ROOMS[framing], yaw_deg, whole)
    heads = [_around(box, _HEAD, 0.0, whole) for box in others]
    free = whole
    for other in heads:
        free = _without(other, free, wanted, head)
    wanted = wanted.within(free)
    if framing != "full":
        wanted = _upright(wanted, head)
    return _fitted(wanted, free, head, heads, whole, spec)


def crop_of_figure(
    figure: Box | None, *, width_px: int, height_px: int, framing: Framing, spec: StillSpec
) -> Cropped:
    """The crop that shows all of a figure; the whole picture where none was made out."""
    whole = _Edges(0, 0, width_px, height_px)
    if figure is None or framing == "full":
        return _fitted(whole, whole, whole, (), whole, spec)
    inner = _edges(figure, whole)
    x, y = (inner.right - inner.left) * _AROUND_FIGURE, (inner.bottom - inner.top) * _AROUND_FIGURE
    wanted = _Edges(inner.left - x, inner.top - y, inner.right + x, inner.bottom + y).within(whole)
    return _fitted(wanted, whole, inner, (), whole, spec)


def _edges(box: Box, whole: _Edges) -> _Edges:
    return _Edges(
        box.x * whole.right,
        box.y * whole.bottom,
        (box.x + box.width) * whole.right,
        (box.y + box.height) * whole.bottom,
    ).within(whole)


def _around(face: Box, room: Room, yaw_deg: float, whole: _Edges) -> _Edges:
    inner, unit = _edges(face, whole), face.height * whole.bottom
    back = _BACK * unit * min(1.0, abs(yaw_deg) / _PROFILE_DEG) ** 2
    return _Edges(
        inner.left - room.beside * unit - (back if yaw_deg > 0 else 0.0),
        inner.top - room.above * unit,
        inner.right + room.beside * unit + (back if yaw_deg < 0 else 0.0),
        inner.bottom + room.below * unit,
    ).within(whole)


def _without(other: _Edges, free: _Edges, wanted: _Edges, head: _Edges) -> _Edges:
    """``free`` cut so that another head is out of it, where that cuts none of the person's own."""
    if not other.within(free).area:
        return free
    cuts = (
        replace(free, left=other.right),
        replace(free, right=other.left),
        replace(free, top=other.bottom),
        replace(free, bottom=other.top),
    )
    kept = [cut for cut in cuts if cut.holds(head)]
    return max(kept, key=lambda cut: cut.within(wanted).area, default=free)


def _upright(wanted: _Edges, head: _Edges) -> _Edges:
    """No wider than high: where the picture ends below the chin, what is beside it is background."""
    most = max(wanted.bottom - wanted.top, head.right - head.left)
    left, right = _shrunk(wanted.left, wanted.right, (head.left + head.right) / 2, most)
    return replace(wanted, left=left, right=right)


def _fitted(
    wanted: _Edges,
    free: _Edges,
    head: _Edges,
    heads: Sequence[_Edges],
    whole: _Edges,
    spec: StillSpec,
) -> Cropped:
    most = float(spec.max_ratio)
    least = _least_side(wanted, free, spec)
    left, right = _grown(wanted.left, wanted.right, free.left, free.right, least)
    top, bottom = _grown(wanted.top, wanted.bottom, free.top, free.bottom, least)
    left, right = _grown(left, right, free.left, free.right, (bottom - top) / most)
    top, bottom = _grown(top, bottom, free.top, free.bottom, (right - left) / most)
    left, right = _shrunk(left, right, (head.left + head.right) / 2, most * (bottom - top))
    top, bottom = _shrunk(top, bottom, (head.top + head.bottom) / 2, most * (right - left))
    crop = _within_ratio(_even_crop(_Edges(left, top, right, bottom), whole), spec.max_ratio)
    shown = _Edges(
        crop.left_px, crop.top_px, crop.left_px + crop.width_px, crop.top_px + crop.height_px
    )
    return Cropped(crop, any(other.within(shown).area > 0.25 * other.area for other in heads))


def _least_side(wanted: _Edges, free: _Edges, spec: StillSpec) -> float:
    """The spec's least side where a little more of the picture reaches it; 0 where nothing does."""
    least = float(spec.min_side_px)
    shorter = min(wanted.right - wanted.left, wanted.bottom - wanted.top)
    there_is = min(free.right - free.left, free.bottom - free.top)
    return least if least <= min(_MOST_GROWTH * shorter, there_is) else 0.0


def _grown(first: float, last: float, least: float, most: float, wanted: float) -> tuple[float, float]:
    """An extent made as long as wanted, about its middle, as far as its limits let it."""
    length = min(max(last - first, wanted), most - least)
    begin = min(max((first + last - length) / 2, least), most - length)
    return (begin, begin + length) if length > last - first else (first, last)


def _shrunk(first: float, last: float, middle: float, most: float) -> tuple[float, float]:
    """An extent made no longer than ``most``, kept around the head."""
    if last - first <= most:
        return first, last
    begin = min(max(middle - most / 2, first), last - most)
    return begin, begin + most


def _even_crop(edges: _Edges, whole: _Edges) -> Crop:
    left, width = _even(edges.left, edges.right, whole.right)
    top, height = _even(edges.top, edges.bottom, whole.bottom)
    return Crop(left, top, width, height)


def _within_ratio(crop: Crop, most: Fraction) -> Crop:
    """The crop without the pixels by which even sides are too long for the model."""
    wide, high = int(most * crop.height_px) // 2 * 2, int(most * crop.width_px) // 2 * 2
    return replace(crop, width_px=min(crop.width_px, wide), height_px=min(crop.height_px, high))


def _even(first: float, last: float, size: float) -> tuple[int, int]:
    """(offset, length), both even: rounded outwards where the picture goes on."""
    length = min(-int(-(last - first) // 2) * 2, int(size) // 2 * 2)
    return int(min(max(first, 0.0), size - length)) // 2 * 2, max(2, length)
