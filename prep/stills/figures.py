"""Looks at the moments that may become views: the sharpest frame around each, and its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Box, Figure, FrameSignal, Source, Span
from screentest.prep.media.frames import FrameReader
from screentest.prep.scanning.workers import Worker, Workers
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.faceless import faceless_factors
from screentest.prep.stills.views import View
from screentest.prep.vision.analysis import signal
from screentest.prep.vision.figures import figure_in
from screentest.prep.vision.measures import crop, luma, sharpness

_AT_ONCE = 2
_AROUND_S = 0.12
_HUES, _SATURATIONS, _LIGHTS = 12, 3, 3
_LAYOUT_PX = (12, 12)
_SHARP_AT_PX = 160
_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
# What a view without a front keeps of its worth.
_NO_FRONT = 0.85


def views_at(
    source: Source, times_s: Sequence[float], *, raw: int, progress: Progress
) -> tuple[View, ...]:
    """A view at each moment that decodes, in order of time; ``raw``: the number that they carry."""
    if not times_s:
        return ()
    cv2.setNumThreads(1)
    spans = [Span(max(0.0, t_s - _AROUND_S), t_s + _AROUND_S) for t_s in times_s]

    def one(worker: Worker, span: Span, progress: Progress) -> View | None:
        found = _sharpest(worker.reader, span)
        progress(1.0)
        return _view(*found, raw=raw) if found is not None else None

    with Workers(source, count=_AT_ONCE) as workers:
        found = workers.each(one, spans, progress)
    return tuple(view for view in found if view is not None)


def _sharpest(reader: FrameReader, span: Span) -> tuple[float, Picture] | None:
    best: tuple[float, float, Picture] | None = None
    for frame in reader.span(span.start_s, span.end_s):
        picture = reader.picture(frame)
        value = sharpness(luma(picture))
        if best is None or value > best[0]:
            best = (value, frame.t_s, picture)
    return best[1:] if best is not None else None


def _view(t_s: float, picture: Picture, *, raw: int) -> View:
    figure = figure_in(picture)
    moment: FrameSignal = signal(t_s, picture, (), motion=0.0, fine=True, figure=figure)
    box = figure.box if figure is not None else None
    return View(
        raw=raw,
        t_s=t_s,
        score=_worth(moment),
        figure=box,
        colours=_colours(crop_of(picture, _heart(box) if box is not None else _WHOLE)),
        layout=_layout(crop(luma(picture), box or _WHOLE)),
        sharpness=sharpness(_same_size(crop(luma(picture), box or _WHOLE))),
    )


def _worth(moment: FrameSignal) -> float:
    """Sides and backs are views too; a front comes first among equals."""
    from_any_side = replace(faceless_factors(moment), front=1.0).worth()
    front = moment.figure.front if moment.figure is not None else 0.0
    return from_any_side * (_NO_FRONT + (1 - _NO_FRONT) * front) * _surely(moment.figure)


def _surely(figure: Figure | None) -> float:
    """Stones and shadows are taken for figures too, with less belief."""
    return 1.0 if figure is None else 0.5 + 0.5 * rise(figure.sureness, 0.25, 0.7)


def _heart(box: Box) -> Box:
    """The middle of a figure, where nothing of the background shows."""
    return Box(box.x + box.width / 4, box.y + box.height / 4, box.width / 2, box.height / 2)


def crop_of(picture: Picture, box: Box) -> Picture:
    """The part of a colour picture inside a box."""
    height, width = picture.shape[:2]
    left, top = int(box.x * width), int(box.y * height)
    right, bottom = round((box.x + box.width) * width), round((box.y + box.height) * height)
    return picture[top : max(top + 1, bottom), left : max(left + 1, right)]


def _colours(inside: Picture) -> tuple[float, ...]:
    hsv = cv2.cvtColor(np.ascontiguousarray(inside), cv2.COLOR_BGR2HSV)
    bins = [_HUES, _SATURATIONS, _LIGHTS]
    counts = cv2.calcHist([hsv], [0, 1, 2], None, bins, [0, 180, 0, 256, 0, 256]).ravel()
    return tuple(float(share) for share in counts / max(1.0, float(counts.sum())))


def _same_size(inside: Picture) -> Picture:
    """Near and far figures compare at one height."""
    if not inside.size:
        return inside
    scale = _SHARP_AT_PX / max(1, inside.shape[0])
    size = (max(1, round(inside.shape[1] * scale)), _SHARP_AT_PX)
    return np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), np.uint8)


def _layout(inside: Picture) -> tuple[float, ...]:
    if not inside.size:
        return (0.0,) * (_LAYOUT_PX[0] * _LAYOUT_PX[1])
    small = cv2.resize(inside, _LAYOUT_PX, interpolation=cv2.INTER_AREA).astype(np.float64)
    centred = small - small.mean()
    return tuple(float(v) for v in (centred / max(1e-6, float(np.linalg.norm(centred)))).ravel())
