"""The heads of figures, and whether they face the camera: the face detector, asked with less belief.

It was made for human faces, and answers to the eyes and noses of animals, toys and drawings too, only
with less belief; and now and then to hair or fur. A head answers in the mirror too, its nose in the
same place; chance seldom does. Costs about a fifth of a look for figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import cv2
import numpy as np

from screentest.prep.core.geometry import shared_area
from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box
from screentest.prep.vision.detector import Detection, detect
from screentest.prep.vision.measures import ramp

# A look: how large the figure is made, and whether it is mirrored.
_LOOKS = ((448, False), (448, True))
_LEAST = 0.2
_MARGIN = 0.08
_SMALLEST_PX = 16
# Eyes and the whole head are one: so much of the smaller box lies in the larger.
_SAME = 0.5
# Footage, means of the looks: fronts of animals, drawings and helmets 0.3 to 0.75; backs of heads 0.2
# to 0.55, with a nose that jumps; fur 0.1 to 0.45, most of it below the place where a head is. In 121
# frames a front ranks above what is none in 97 of 100 pairs.
_CHANCE, _SURE = 0.2, 0.5
_MADE_OUT = 0.25
_STRAIGHT, _ASIDE = 0.2, 0.6
_OF_PROFILE = 0.15
# How far apart the looks see the nose; of chance, it is left so much.
_STEADY, _JUMPS = 0.6, 1.2
_OF_CHANCE = 0.5
# Where a head's upper edge is, as a share of its figure's height; lower down it is rather a pattern.
_HIGH, _LOW = 0.2, 0.35
_OF_LOW = 0.4


@dataclass(frozen=True, slots=True)
class Head:
    """A head, in fractions of the picture.

    ``sureness``: the mean of the detector's scores over its looks. ``front``: how surely it faces the
    camera. Both in [0, 1].
    """

    box: Box
    sureness: float
    front: float


def heads_in(picture: Picture, figure: Box) -> tuple[Head, ...]:
    """The heads made out on a figure, the one that faces the camera most first.

    Safe in several threads at once.
    """
    height, width = picture.shape[:2]
    left, right = _with_margin(figure.x, figure.width, width)
    top, bottom = _with_margin(figure.y, figure.height, height)
    if min(right - left, bottom - top) < _SMALLEST_PX:
        return ()
    inside = picture[top:bottom, left:right]
    looks = [_look(inside, side_px, mirrored=mirrored) for side_px, mirrored in _LOOKS]

    def placed(box: Box) -> Box:
        across, down = (right - left) / width, (bottom - top) / height
        x, y = left / width + box.x * across, top / height + box.y * down
        return Box(x, y, box.width * across, box.height * down)

    found = [_head(seen, placed(seen[0].box), figure) for seen in _grouped(looks)]
    made_out = [head for head in found if head.sureness >= _MADE_OUT]
    return tuple(sorted(made_out, key=lambda head: -head.front))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look says of a head; ``box`` in fractions of what was looked at."""

    box: Box
    score: float
    nose_offset: float


def _with_margin(start: float, length: float, limit_px: int) -> tuple[int, int]:
    """A side of a box in pixels, a little longer than it is, cut at the picture's edges."""
    first, past = start - _MARGIN * length, start + (1 + _MARGIN) * length
    return max(0, int(first * limit_px)), min(limit_px, round(past * limit_px))


def _look(inside: Picture, side_px: int, *, mirrored: bool) -> list[_Seen]:
    scale = side_px / max(inside.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(1, round(inside.shape[1] * scale)), max(1, round(inside.shape[0] * scale)))
    sized = cv2.resize(inside, size, interpolation=way)
    shown = np.asarray(cv2.flip(sized, 1) if mirrored else sized, np.uint8)
    return [_seen(d, size, mirrored=mirrored) for d in detect(shown, least=_LEAST)]


def _seen(found: Detection, size: tuple[int, int], *, mirrored: bool) -> _Seen:
    width, height = size
    left = width - found.x - found.width if mirrored else found.x
    box = Box(left / width, found.y / height, found.width / width, found.height / height)
    return _Seen(box, found.score, found.nose_offset)


def _grouped(looks: Sequence[Sequence[_Seen]]) -> list[tuple[_Seen, ...]]:
    """What the looks say of each place, the surest first; one word of each look at most."""
    left = [list(look) for look in looks]
    groups: list[tuple[_Seen, ...]] = []
    while any(left):
        first = max((seen for look in left for seen in look), key=lambda seen: seen.score)
        group = [first]
        for look in left:
            same = [seen for seen in look if _overlap(seen.box, first.box) > _SAME]
            if same and first not in look:
                group.append(max(same, key=lambda seen: seen.score))
            look[:] = [seen for seen in look if seen not in same and seen is not first]
        groups.append(tuple(group))
    return groups


def _head(seen: Sequence[_Seen], box: Box, figure: Box) -> Head:
    sureness = sum(one.score for one in seen) / len(_LOOKS)
    noses = [one.nose_offset for one in seen]
    aside = fmean(map(abs, noses))
    facing = 1 - (1 - _OF_PROFILE) * ramp(aside, _STRAIGHT, _ASIDE)
    low = ramp((box.y - figure.y) / max(1e-6, figure.height), _HIGH, _LOW)
    steady = 1 - (1 - _OF_CHANCE) * ramp(max(noses) - min(noses), _STEADY, _JUMPS)
    placed = 1 - (1 - _OF_LOW) * low
    return Head(box, sureness, ramp(sureness, _CHANCE, _SURE) * facing * steady * placed)


def _overlap(a: Box, b: Box) -> float:
    """The part of the smaller box that lies in the larger."""
    return shared_area(a, b) / max(1e-9, min(a.width * a.height, b.width * b.height))
