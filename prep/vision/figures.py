"""Figures, which could be characters without a human face: NanoDet, run by onnxruntime.

Its numbers follow NanoDet's own head (nanodet/model/head/nanodet_head.py): three grids of cells, 8, 16
and 32 pixels wide; each cell guesses a kind, and the distance to each side of a box as a distribution
over eleven steps. Costs about 40 ms a picture, so few are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from screentest.prep.core.geometry import shared_area
from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box, Face, Figure
from screentest.prep.vision.detector import Floats
from screentest.prep.vision.heads import Head, heads_in
from screentest.prep.vision.measures import crop, luma, sharpness
from screentest.prep.vision.sessions import session
from screentest.prep.vision.weights import FIGURES

_SIDE_PX = 416
_CELLS_PX = (8, 16, 32)
_STEPS = 11
_MEAN = np.array((103.53, 116.28, 123.675), np.float32)
_SPREAD = np.array((57.375, 57.12, 58.395), np.float32)
_GREY = 114
_OVERLAP = 0.5
_LEAST_SURE = 0.25
# Another figure counts that is surely one, and of which most lies outside of the first; of what lies
# inside it, or around it, one is a part or a blur of the other.
_RIVAL, _RIVAL_SURE, _NESTED = 0.5, 0.35, 0.6
# A head counts as another's that is as sure as a human face.
_HEAD_SURE = 0.75
# A face without a body is a figure where this look and those at it as a head are sure of it, on the
# average. Around it, in its own sides.
_FACE_SURE, _AROUND_FACE = 0.45, 0.3
# A look costs four times what a close look at a face does; one at a head about as much.
_EVERY_S = 1.0
_HEAD_EVERY_S = 0.4
# Those of COCO's eighty kinds that are alive, or look like it.
# The kind is not reported: a dog from behind passes for a person, and a drawn rabbit for a bird.
_KINDS = [
    0,  # person
    *range(14, 24),  # bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe
    77,  # teddy bear
]


def figures(picture: Picture) -> list[Figure]:
    """Every figure in a picture, most prominent first, without its sharpness.

    Safe in several threads at once.
    """
    height, width = picture.shape[:2]
    scale = _SIDE_PX / max(height, width)
    model = session(FIGURES)
    found = model.run(None, {model.get_inputs()[0].name: _input(picture, scale)})
    outputs = {output.shape[1:]: np.asarray(output, np.float32)[0] for output in found}
    likely, sides = zip(*(_grid(outputs, cell_px) for cell_px in _CELLS_PX), strict=True)
    sure, boxes = np.concatenate(likely), np.vstack(sides) / scale
    seen = [Figure(_box(boxes[i], width, height), float(sure[i])) for i in _apart(boxes, sure)]
    return sorted(seen, key=_prominence, reverse=True)


def figure_in(picture: Picture, faces: Sequence[Face] = ()) -> Figure | None:
    """The most prominent figure in a picture, its head and sharpness, and how many more count.

    ``faces``: detected in the picture, though none of them is a person's who shows it: a mask, a helmet
    or a drawing is a figure too where nothing else of it is. None for none.
    """
    found = figures(picture)
    if not found:
        alone = _of_face(picture, faces)
        return _sharp_as(alone, picture) if alone is not None else None
    first = _surest_nested(found)
    rivals = [
        f
        for f in found
        if f.sureness >= _RIVAL_SURE
        and _prominence(f) > _RIVAL * _prominence(first)
        and not _nested(f.box, first.box)
    ]
    heads = heads_in(picture, first.box)
    others = max(len(rivals), sum(head.sureness >= _HEAD_SURE for head in heads) - 1)
    return _sharp_as(_with_head(replace(first, others=others), heads), picture)


def _surest_nested(found: Sequence[Figure]) -> Figure:
    """The most prominent figure, or what is surer inside it or around it."""
    return max((f for f in found if _nested(f.box, found[0].box)), key=lambda f: f.sureness)


def _nested(a: Box, b: Box) -> bool:
    return shared_area(a, b) >= _NESTED * min(a.width * a.height, b.width * b.height)


def _with_head(figure: Figure, heads: Sequence[Head]) -> Figure:
    if not heads:
        return replace(figure, head=None, front=0.0)
    return replace(figure, head=heads[0].box, front=heads[0].front)


def _of_face(picture: Picture, faces: Sequence[Face]) -> Figure | None:
    """The largest face as a figure; None where a closer look does not bear it out."""
    if not faces:
        return None
    face = faces[0].box
    beside, above = _AROUND_FACE * face.width, _AROUND_FACE * face.height
    left, top = max(0.0, face.x - beside), max(0.0, face.y - above)
    right = min(1.0, face.x + face.width + beside)
    around = Box(left, top, right - left, min(1.0, face.y + face.height + above) - top)
    heads = heads_in(picture, around)
    sureness = (faces[0].clarity + 2 * heads[0].sureness) / 3 if heads else 0.0
    return _with_head(Figure(around, sureness), heads) if sureness >= _FACE_SURE else None


def _sharp_as(figure: Figure, picture: Picture) -> Figure:
    """The figure as sharp as a picture shows it."""
    return replace(figure, sharpness=sharpness(crop(luma(picture), figure.box)))


class FigureWatch:
    """Looks for a figure in the pictures of one close look: once a second, oftener for its head."""

    def __init__(self) -> None:
        self._due_s = self._head_due_s = -math.inf
        self._last: tuple[float, Figure] | None = None

    def restart(self) -> None:
        """Call it at a cut: the figures after it are others."""
        self._due_s, self._last = -math.inf, None

    def figure(self, t_s: float, picture: Picture, faces: Sequence[Face] = ()) -> Figure | None:
        """The figure of a moment; the last one found stands for a while. ``faces``: see figure_in."""
        if t_s >= self._due_s - 1e-6:
            self._due_s, self._head_due_s = t_s + _EVERY_S, t_s + _HEAD_EVERY_S
            self._last = self._moved(
                t_s, figure_in(picture, faces), picture.shape[1] / picture.shape[0]
            )
        elif self._last is not None:
            since_s, last = self._last
            if t_s >= self._head_due_s - 1e-6:
                self._head_due_s = t_s + _HEAD_EVERY_S
                last = _with_head(last, heads_in(picture, last.box))
            self._last = (since_s, _sharp_as(last, picture))
        return self._last[1] if self._last is not None else None

    def _moved(self, t_s: float, figure: Figure | None, aspect: float) -> tuple[float, Figure] | None:
        if figure is None or self._last is None:
            return (t_s, figure) if figure is not None else None
        since_s, last = self._last
        if figure.others and not _holds(last.box, figure.box.centre):
            return t_s, figure  # it may well be another figure
        (x, y), (was_x, was_y) = figure.box.centre, last.box.centre
        size = math.sqrt(figure.box.width * aspect * figure.box.height)
        moved = math.hypot((x - was_x) * aspect, y - was_y) / max(1e-6, size)
        return t_s, replace(figure, sizes_per_s=moved / max(0.05, t_s - since_s))


def _holds(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point lies in a box: a guess at a part of a figure is not a figure of its own."""
    x, y = point
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _prominence(figure: Figure) -> float:
    return figure.sureness * math.sqrt(figure.box.height * figure.box.width)


def _input(picture: Picture, scale: float) -> Floats:
    """The whole picture at the upper left of a grey square, normalised: 1 x 3 x 416 x 416."""
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    square = np.full((_SIDE_PX, _SIDE_PX, 3), _GREY, np.uint8)
    square[: size[1], : size[0]] = small
    return np.asarray(((square - _MEAN) / _SPREAD).transpose(2, 0, 1)[None], np.float32)


def _grid(outputs: dict[tuple[int, ...], Floats], cell_px: int) -> tuple[Floats, Floats]:
    """For each cell of a grid: how surely it holds a figure, and its box, n x 4.

    A box is left, top, right and bottom, in pixels of the square.
    """
    across = _SIDE_PX // cell_px
    likely = next(o for shape, o in outputs.items() if shape == (across * across, 80))
    steps = next(o for shape, o in outputs.items() if shape == (across * across, 4 * _STEPS))
    steps = steps.reshape(-1, 4, _STEPS)
    odds = np.exp(steps - steps.max(axis=2, keepdims=True))
    away = (odds / odds.sum(axis=2, keepdims=True)) @ np.arange(_STEPS, dtype=np.float32) * cell_px
    middle = (np.arange(across) + 0.5) * cell_px - 0.5
    x, y = np.tile(middle, across), np.repeat(middle, across)
    box = np.stack((x - away[:, 0], y - away[:, 1], x + away[:, 2], y + away[:, 3]), axis=1)
    return likely[:, _KINDS].max(axis=1), np.asarray(box, np.float32)


def _apart(boxes: Floats, sure: Floats) -> list[int]:
    """The best of each group of guesses at one figure."""
    corners = np.hstack((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]))
    kept = cv2.dnn.NMSBoxes(corners.tolist(), sure.tolist(), _LEAST_SURE, _OVERLAP)
    return [int(i) for i in np.asarray(kept, np.int64).ravel()]


def _box(corners: Floats, width: int, height: int) -> Box:
    """A box in fractions of the picture, cut at its edges."""
    left, right = (float(np.clip(x / width, 0, 1)) for x in corners[[0, 2]])
    top, bottom = (float(np.clip(y / height, 0, 1)) for y in corners[[1, 3]])
    return Box(left, top, right - left, bottom - top)
