"""The coarse pass: samples a second or two apart, at keyframes where these come often enough.

A coarse sample only detects faces. Where none promises anything, the clearest samples are looked at
again for figures: animals, toys, people from behind.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from screentest.prep.core.picture import Picture
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Face, Figure, FrameSignal, Scan, Source, Span
from screentest.prep.media.recording import Frame
from screentest.prep.scanning.interest import Interest
from screentest.prep.scanning.stretches import divided, shows_faces
from screentest.prep.scanning.workers import Worker, Workers
from screentest.prep.vision.analysis import detected, motion_since, signal
from screentest.prep.vision.figures import figure_in
from screentest.prep.vision.measures import difference


@dataclass(frozen=True, slots=True)
class _Pace:
    """How the coarse pass goes over footage of ``most_s`` at most.

    Samples lie ``every_s`` apart, ``parts`` of the footage are looked at as threads are free, and of
    the samples that show no face about ``thorough`` are looked at for small ones.
    """

    most_s: float
    every_s: float
    parts: int
    thorough: int


_PACES = (_Pace(30.0, 1.0, 1, 40), _Pace(120.0, 1.0, 2, 40), _Pace(math.inf, 1.8, 8, 80))
_STILL = 0.006
# Looks at figures: how many in ten minutes, how far apart in up to an hour, how many in more.
_FIGURE_LOOKS = 40
_FIGURE_EVERY_S = 15.0
_MOST_FIGURE_LOOKS = 240
# For how long around it a sample stands for those that were not searched for figures.
_STANDS_FOR_S = 4.0
# What the clearest sample is worth at least where a figure is looked for: not black, not blank.
_LEAST_WORTH = 0.015
_FIGURE_THREADS = 2


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a moment shows, how good it is without a face, and its small picture."""

    signal: FrameSignal
    worth: float
    picture: Picture


# The clearest sample of each of some equal parts of the footage.
_Clearest = dict[int, _Sample]


def coarse_scan(
    source: Source, interest: Interest, whole: Span, workers: Workers, progress: Progress
) -> Scan:
    """Coarse signals of a source; with figures where no face is promised."""
    pace = next(pace for pace in _PACES if source.duration_s <= pace.most_s)
    found = workers.each(
        lambda worker, span, progress: _samples(worker, span, source, interest, pace, progress),
        divided(whole, pace.parts, source.keyframes_s),
        progress,
    )
    coarse = Scan(source, tuple(s for signals, _ in found for s in signals), (), (), whole.end_s)
    if shows_faces(coarse, interest):
        return coarse
    clearest: _Clearest = {}
    for _, of_part in found:
        for sample in of_part.values():
            _keep(clearest, sample, source)
    return _with_figures(coarse, clearest)


def _samples(
    worker: Worker, span: Span, source: Source, interest: Interest, pace: _Pace, progress: Progress
) -> tuple[list[FrameSignal], _Clearest]:
    # Small faces are looked for in some of the pictures that show no other, spread over the footage.
    thorough_every = max(1, math.ceil(source.duration_s / pace.every_s / pace.thorough))
    signals: list[FrameSignal] = []
    clearest: _Clearest = {}
    last: tuple[float, Picture] | None = None
    before: Frame | None = None
    empty = 0
    for frame in worker.reader.sparse(pace.every_s, within=span):
        picture, thumb = worker.reader.glance(frame), worker.reader.thumb(frame)
        if before is not None and not frame.is_like(before):
            last, empty = None, 0
        seen: tuple[Face, ...] = ()
        if empty == 0 or not _same(last, thumb):
            seen = detected(picture)
            if not seen and empty % thorough_every == 0:
                seen = detected(worker.reader.picture(frame))
        empty = 0 if seen else empty + 1
        motion = motion_since(last, frame.t_s, thumb)
        shown_px = worker.reader.shown_px(frame)
        signals.append(signal(frame.t_s, picture, seen, motion=motion, fine=False, shown_px=shown_px))
        _keep(clearest, _Sample(signals[-1], interest.of_moment(signals[-1]), picture), source)
        last, before = (frame.t_s, thumb), frame
        progress((frame.t_s - span.start_s) / (span.end_s - span.start_s))
    return signals, clearest


def _same(last: tuple[float, Picture] | None, thumb: Picture) -> bool:
    """Whether nothing moved since the sample before: what showed no face then shows none now."""
    return last is not None and difference(last[1], thumb) < _STILL


def _part(t_s: float, source: Source) -> int:
    """Which of the footage's equal parts a moment lies in."""
    part_s = min(_FIGURE_EVERY_S, source.duration_s / _FIGURE_LOOKS)
    longest_s = source.duration_s / _MOST_FIGURE_LOOKS
    return int((t_s - source.video_start_s) / max(1.0, part_s, longest_s))


def _keep(clearest: _Clearest, sample: _Sample, source: Source) -> None:
    part = _part(sample.signal.t_s, source)
    if part not in clearest or sample.worth > clearest[part].worth:
        clearest[part] = sample


def _with_figures(coarse: Scan, clearest: _Clearest) -> Scan:
    """The scan with what the clearest samples show; those near one are taken to show the same.

    A figure that shows for less than a part of long footage may be missed.
    """
    worthwhile = [sample for sample in clearest.values() if sample.worth > _LEAST_WORTH]
    with ThreadPoolExecutor(_FIGURE_THREADS, thread_name_prefix="figures") as pool:
        found = pool.map(lambda sample: figure_in(sample.picture, sample.signal.faces), worthwhile)
        shown = sorted(((s.signal.t_s, f) for s, f in zip(worthwhile, found, strict=True)), key=_time)

    def with_figure(signal: FrameSignal) -> FrameSignal:
        at = bisect_left(shown, signal.t_s, key=_time)
        near_s, figure = min(
            ((abs(t_s - signal.t_s), f) for t_s, f in shown[max(0, at - 1) : at + 1]),
            key=_time,
            default=(math.inf, None),
        )
        return replace(signal, figure=figure if near_s <= _STANDS_FOR_S else None)

    return replace(coarse, signals=tuple(map(with_figure, coarse.signals)))


def _time(timed: tuple[float, Figure | None]) -> float:
    return timed[0]
