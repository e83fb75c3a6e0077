"""The coarse pass: samples a second or two apart, at keyframes where these come often enough.

Where they come seldom, what lies between them is looked into where it promises most
(``prep.scanning.gaps``). A coarse sample only detects faces; those that promise most are looked at
again with the mesh. Where none promises anything, the clearest samples are looked at again for
figures: animals, toys, people from behind.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from screentest.prep.core.picture import Picture
from screentest.prep.core.process import pool_of
from screentest.prep.core.progress import Progress, unwatched
from screentest.prep.core.values import Face, Figure, FrameSignal, Scan, Source, Span
from screentest.prep.media.recording import Frame
from screentest.prep.scanning.gaps import gaps_between, keyframe_inside
from screentest.prep.scanning.interest import Interest
from screentest.prep.scanning.stretches import (
    EDGE_S,
    MAX_STRETCHES,
    Fitted,
    confirmed,
    divided,
    promising,
    shows_faces,
)
from screentest.prep.scanning.workers import Worker, Workers
from screentest.prep.vision.analysis import detected, fitted, motion_since, signal
from screentest.prep.vision.figures import figure_in
from screentest.prep.vision.measures import difference


@dataclass(frozen=True, slots=True)
class _Pace:
    """How the coarse pass goes over footage of ``most_s`` at most.

    Samples lie ``every_s`` apart, at first ``first_s`` where keyframes are known, and where there are
    no keyframes to take, nothing longer than ``unseen_s``, less than a window, goes by without one.
    Of the gaps between keyframes the ``best_gaps`` are looked into.
    ``parts`` of the footage are looked at as threads are free, and of the samples that show no face
    about ``thorough`` are looked at for small ones.
    """

    most_s: float
    every_s: float
    first_s: float
    unseen_s: float
    best_gaps: float
    parts: int
    thorough: int


_PACES = (
    _Pace(30.0, 1.0, 1.0, 2.0, math.inf, 1, 40),
    _Pace(120.0, 1.0, 1.0, 2.0, math.inf, 2, 40),
    _Pace(math.inf, 1.8, 3.6, 3.6, 40, 8, 80),
)
# The mesh is fitted to so many samples at most, a round at a time, among the best so many of each part,
# of each gap, and of all: long footage has hundreds of gaps, and memory must not grow with them.
_FIT_ROUNDS, _FIT_AT_ONCE = 3, 12
_KEPT_PICTURES, _KEPT_OF_GAP, _KEPT_OF_ALL = 16, 2, 128
_GAPS_AT_ONCE = 64
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
# What a sample promises, when it shows, and its small picture.
_Promising = tuple[float, float, Picture]


def coarse_scan(
    source: Source, interest: Interest, whole: Span, workers: Workers, progress: Progress
) -> tuple[Scan, Fitted]:
    """Coarse signals of a source, with figures where no face is promised; what the mesh promises."""
    pace = next(pace for pace in _PACES if source.duration_s <= pace.most_s)
    look = _Glimpsing(source, interest, pace)
    parts = divided(whole, pace.parts, source.keyframes_s)
    if not source.keyframes_s:
        found = _together(workers.each(look.over, parts, progress), source)
    else:
        keys = workers.each(look.at_keyframes, parts, lambda share: progress(share / 2))
        found = _in_gaps(look, _together(keys, source), workers, lambda s: progress((1 + s) / 2))
    signals = sorted(found.signals, key=lambda s: s.t_s)
    coarse = Scan(source, tuple(signals), (), (), whole.end_s)
    if shows_faces(coarse, interest):
        best = {t_s: picture for _, t_s, picture in found.best}
        return coarse, _fitted(coarse, interest, best, workers)
    return _with_figures(coarse, found.clearest), {}


def _in_gaps(look: _Glimpsing, found: _Glimpses, workers: Workers, progress: Progress) -> _Glimpses:
    """What was found at keyframes, with what lies between some of them."""
    source, pace = look.source, look.pace
    seen = [(s.t_s, look.promise(s)) for s in found.signals]
    gaps = gaps_between(source, seen, every_s=pace.every_s, unseen_s=pace.unseen_s, best=pace.best_gaps)
    for first in range(0, len(gaps), _GAPS_AT_ONCE):
        some = gaps[first : first + _GAPS_AT_ONCE]

        def of_some(share: float, first: int = first, count: int = len(some)) -> None:
            progress((first + share * count) / len(gaps))

        found = _together([found, *workers.each(look.into, some, of_some)], source)
    return found


def _fitted(
    coarse: Scan, interest: Interest, pictures: Mapping[float, Picture], workers: Workers
) -> Fitted:
    """What the samples promise that lie in the best stretches, by the mesh; it may lead to others.

    Nothing where no mesh promises much: drawn, covered and small faces are worth more than it says.
    """
    known: dict[float, float] = {}
    sources = {signal.t_s: coarse.source_of(signal) for signal in coarse.signals}

    def promise(worker: Worker, span: Span, _progress: Progress) -> float:
        faces = fitted(pictures[span.start_s], worker.faces, small=False)
        return interest.of_fitted(faces, sources[span.start_s])

    for _ in range(_FIT_ROUNDS):
        best = promising(coarse, interest, most=MAX_STRETCHES, fitted=known)
        if known and not confirmed(coarse, interest, known):
            return {}
        near = [Span(s.span.start_s - EDGE_S, s.span.end_s) for s in best]
        times_s = [t_s for span in near for t_s in sources if span.start_s <= t_s < span.end_s]
        new = [t_s for t_s in dict.fromkeys(times_s) if t_s in pictures and t_s not in known]
        spans = [Span(t_s, t_s) for t_s in new[:_FIT_AT_ONCE]]
        if not spans:
            break
        known.update(zip(new, workers.each(promise, spans, unwatched), strict=False))
    return known


@dataclass(frozen=True, slots=True)
class _Glimpses:
    """What a part of the footage shows, and the pictures that promise most."""

    signals: list[FrameSignal]
    clearest: _Clearest
    best: list[_Promising]


def _together(parts: Sequence[_Glimpses], source: Source) -> _Glimpses:
    """What some parts show, with the pictures that promise most among them."""
    clearest: _Clearest = {}
    for part in parts:
        for sample in part.clearest.values():
            _keep(clearest, sample, source)
    best = sorted((one for part in parts for one in part.best), key=_promise)[-_KEPT_OF_ALL:]
    return _Glimpses([s for part in parts for s in part.signals], clearest, best)


@dataclass(frozen=True, slots=True)
class _Glimpsing:
    """How the coarse pass looks at parts of one source."""

    source: Source
    interest: Interest
    pace: _Pace

    def promise(self, signal: FrameSignal) -> float:
        """How good a face the sample promises, 0 where it shows none."""
        return max((self.interest.of_face(face, self.source) for face in signal.faces), default=0.0)

    def over(self, worker: Worker, span: Span, progress: Progress) -> _Glimpses:
        """A part whose keyframes are not known."""
        frames = worker.reader.sparse(self.pace.every_s, within=span, unseen_s=self.pace.unseen_s)
        return self._samples(worker, frames, span, progress)

    def at_keyframes(self, worker: Worker, span: Span, progress: Progress) -> _Glimpses:
        """Keyframes of a part."""
        frames = worker.reader.sparse(self.pace.first_s, within=span, unseen_s=math.inf)
        return self._samples(worker, frames, span, progress)

    def into(self, worker: Worker, gap: Span, progress: Progress) -> _Glimpses:
        """What lies between two keyframes that have been looked at."""
        every_s = self.pace.every_s
        if keyframe_inside(self.source, gap):
            within = Span(gap.start_s + every_s / 2, gap.end_s - every_s / 2)
            frames = worker.reader.sparse(every_s, within=within, unseen_s=math.inf)
            return self._samples(worker, frames, gap, progress, kept=_KEPT_OF_GAP)
        frames = worker.reader.between(
            gap.start_s, gap.end_s, every_s=every_s, unseen_s=self.pace.unseen_s
        )
        key = next(frames, None)
        before = None if key is None else (key, worker.reader.thumb(key))
        return self._samples(worker, frames, gap, progress, kept=_KEPT_OF_GAP, before=before)

    def _samples(
        self,
        worker: Worker,
        frames: Iterable[Frame],
        span: Span,
        progress: Progress,
        *,
        kept: int = _KEPT_PICTURES,
        before: tuple[Frame, Picture] | None = None,
    ) -> _Glimpses:
        # Small faces are looked for in some of the pictures that show no other, spread over the film.
        thorough_every = max(
            1, math.ceil(self.source.duration_s / self.pace.every_s / self.pace.thorough)
        )
        signals: list[FrameSignal] = []
        clearest: _Clearest = {}
        best: list[_Promising] = []
        empty = 0
        for frame in frames:
            picture, thumb = worker.reader.glance(frame), worker.reader.thumb(frame)
            if before is not None and not frame.is_like(before[0]):
                before, empty = None, 0
            last = None if before is None else (before[0].t_s, before[1])
            seen: tuple[Face, ...] = ()
            if empty == 0 or not _same(last, thumb):
                seen = detected(picture)
                if not seen and empty % thorough_every == 0:
                    seen = detected(worker.reader.picture(frame))
            empty = 0 if seen else empty + 1
            motion = motion_since(last, frame.t_s, thumb)
            shown_px = worker.reader.shown_px(frame)
            found = signal(frame.t_s, picture, seen, motion=motion, fine=False, shown_px=shown_px)
            signals.append(found)
            _keep(clearest, _Sample(found, self.interest.of_moment(found), picture), self.source)
            if (promise := self.promise(found)) > 0:
                best = sorted([*best, (promise, frame.t_s, picture)], key=_promise)[-kept:]
            before = (frame, thumb)
            progress((frame.t_s - span.start_s) / (span.end_s - span.start_s))
        return _Glimpses(signals, clearest, best)


def _promise(sample: _Promising) -> float:
    return sample[0]


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
    with pool_of(_FIGURE_THREADS, name="figures") as pool:
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
