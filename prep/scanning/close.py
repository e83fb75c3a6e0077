"""The close pass: every frame of a stretch is compared, and about five a second are measured.

Frames are compared for cuts and dissolves; the measured ones get faces with mesh and pose, or a figure
where no face shows. One thread decodes and compares, a second one measures what it hands over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from screentest.prep.core.picture import Picture
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import FrameSignal, Scan, Source, Span
from screentest.prep.media.recording import Frame
from screentest.prep.scanning.cuts import CutDetector, FieldsDetector
from screentest.prep.scanning.dissolves import LONGEST_S, DissolveDetector
from screentest.prep.scanning.in_order import InOrder
from screentest.prep.scanning.workers import Worker, Workers
from screentest.prep.vision.analysis import fitted, motion_since, signal
from screentest.prep.vision.facing import is_person
from screentest.prep.vision.figures import FigureWatch
from screentest.prep.vision.life import LifeWatch
from screentest.prep.vision.mesh import FaceStack

FINE_PER_S = 5.0
_SMALL_EVERY = 4
_FRAMES_BEFORE = 2.5
_MEET_S = 0.1
_GAP_S = 0.5
_SAME_S = 1e-6
# So many pictures wait to be measured at most.
_WAITING = 8


def blank(source: Source) -> Scan:
    """A scan without any samples."""
    return Scan(source, (), (), (), source.video_start_s)


def looked_closely(before: Scan, spans: Sequence[Span], workers: Workers, progress: Progress) -> Scan:
    """The scan with more spans of fine signals, in place of the coarse ones there."""
    fps = float(before.source.fps)

    def one(worker: Worker, span: Span, progress: Progress) -> _Fine:
        return _fine(worker, _look(span, spans, before.refined, fps), fps, progress)

    result = before
    for fine in workers.each(one, spans, progress):
        result = _merged(result, fine)
    return result


@dataclass(frozen=True, slots=True)
class _Look:
    """A close look at a span. ``compared``: from when to when frames are held against one another.

    ``before_s``/``after_s``: where the looks end and begin that it meets, None where it meets none.
    """

    span: Span
    compared: Span
    before_s: float | None
    after_s: float | None

    def seen(self, first_s: float, end_s: float) -> Span:
        """What was looked at, from the first frame to the end of the last; no gap where looks meet."""
        before_s, after_s = self.before_s, self.after_s
        start_s = before_s if before_s is not None and first_s - before_s < _GAP_S else first_s
        return Span(start_s, after_s if after_s is not None and after_s - end_s < _GAP_S else end_s)


def _look(span: Span, batch: Sequence[Span], earlier: Sequence[Span], fps: float) -> _Look:
    """How to look at a span, so that no shot change hides where two looks meet.

    The frames just before show a cut; a dissolve shows only over its whole length. Where two looks
    meet, the later one covers the seam.
    """
    near_s = max(_MEET_S, 1.5 / fps)
    ends_s = [o.end_s for o in (*batch, *earlier) if abs(o.end_s - span.start_s) < near_s]
    early_s = [o.start_s for o in earlier if abs(o.start_s - span.end_s) < near_s]
    late_s = [o.start_s for o in batch if abs(o.start_s - span.end_s) < near_s]
    compared = Span(
        span.start_s - (LONGEST_S if ends_s else _FRAMES_BEFORE / fps),
        span.end_s + (LONGEST_S if early_s else 0.0),
    )
    return _Look(span, compared, max(ends_s, default=None), min((*early_s, *late_s), default=None))


@dataclass(frozen=True, slots=True)
class _Fine:
    """What a close look at one span found; ``looked`` is None where nothing decoded."""

    signals: tuple[FrameSignal, ...]
    cuts_s: tuple[float, ...]
    looked: Span | None


def _fine(worker: Worker, look: _Look, fps: float, progress: Progress) -> _Fine:
    span = look.span
    changes, samples = _Changes(fps, span.start_s), _Samples(worker.faces)
    cuts: list[float] = []
    due_s = end_s = span.start_s
    with InOrder(waiting=_WAITING) as aside:
        for frame in worker.reader.span(look.compared.start_s, look.compared.end_s):
            thumb = worker.reader.thumb(frame)
            is_cut = changes.is_cut(frame, thumb)
            if is_cut:
                aside.do(samples.restart)
            if not span.start_s - _SAME_S <= frame.t_s < span.end_s:
                continue
            if is_cut:
                cuts.append(frame.t_s)
            end_s = frame.t_s + 1 / fps
            if frame.t_s < due_s - _SAME_S and not is_cut:
                continue
            due_s = frame.t_s + 1 / FINE_PER_S
            picture, shown_px = worker.reader.picture(frame), worker.reader.shown_px(frame)
            moment = _Moment(frame.t_s, picture, thumb, shown_px, after_cut=is_cut)
            aside.do(partial(samples.take, moment))
            progress((frame.t_s - span.start_s) / max(_SAME_S, span.end_s - span.start_s))
    fine = tuple(samples.taken)
    looked = look.seen(fine[0].t_s, end_s) if fine else None
    return _Fine(fine, (*cuts, *changes.more_s()), looked)


class _Changes:
    """Where one shot gives way to another in the frames of one look, and one form to another."""

    def __init__(self, fps: float, start_s: float) -> None:
        self._fps = fps
        self._before_s = start_s
        self._last: Frame | None = None
        self._cuts = CutDetector()
        self._fields = FieldsDetector()
        self._dissolves = DissolveDetector()

    def is_cut(self, frame: Frame, thumb: Picture) -> bool:
        """Whether the next frame starts a new shot, or one of another form or recording."""
        found = self._cuts.is_cut(thumb, frames_since=(frame.t_s - self._before_s) * self._fps)
        changed = self._last is not None and not frame.is_like(self._last)
        self._before_s, self._last = frame.t_s, frame
        if found or changed:
            self._dissolves.restart()
        self._dissolves.look(frame.t_s, thumb)
        self._fields.look(frame.t_s, is_woven=frame.decoded.interlaced_frame)
        return found or changed

    def more_s(self) -> tuple[float, ...]:
        """Where dissolves begin and end, and where fields come or go: what shows only afterwards."""
        melting = [t_s for span in self._dissolves.found() for t_s in (span.start_s, span.end_s)]
        return (*melting, *self._fields.found_s())


@dataclass(frozen=True, slots=True)
class _Moment:
    """One frame to measure. ``after_cut``: whether a shot begins with it."""

    t_s: float
    picture: Picture
    thumb: Picture
    shown_px: tuple[int, int] | None
    after_cut: bool


class _Samples:
    """The measured frames of one look."""

    def __init__(self, faces: FaceStack) -> None:
        self.taken: list[FrameSignal] = []
        self._faces = faces
        self._figures = FigureWatch()
        self._life = LifeWatch()
        self._last: tuple[float, Picture] | None = None
        self._patience = _SMALL_EVERY

    def restart(self) -> None:
        """A new shot begins, with other faces and figures."""
        self._figures.restart()
        self._life.restart()

    def take(self, moment: _Moment) -> None:
        """Measures one more frame."""
        t_s, picture = moment.t_s, moment.picture
        # Small faces are looked for at first, while they are found, and every so often.
        small = self._patience > 0 or len(self.taken) % _SMALL_EVERY == 0
        seen = fitted(picture, self._faces, small=small, life=self._life)
        self._patience = _SMALL_EVERY if seen else self._patience - 1
        motion = 0.0 if moment.after_cut else motion_since(self._last, t_s, moment.thumb)
        figure = None
        if any(is_person(face) for face in seen):
            self._figures.restart()
        else:
            figure = self._figures.figure(t_s, picture, seen)
        shown_px = moment.shown_px
        self.taken.append(
            signal(t_s, picture, seen, motion=motion, fine=True, figure=figure, shown_px=shown_px)
        )
        self._last = (t_s, moment.thumb)


def _merged(before: Scan, fine: _Fine) -> Scan:
    looked = fine.looked
    if looked is None:
        return before
    outside = [s for s in before.signals if not looked.start_s <= s.t_s < looked.end_s]
    return replace(
        before,
        signals=tuple(sorted((*outside, *fine.signals), key=lambda s: s.t_s)),
        cuts_s=tuple(sorted({*before.cuts_s, *fine.cuts_s})),
        refined=(*before.refined, looked),
        end_s=max(before.end_s, looked.end_s),
    )
