"""scan: a ``Source`` becomes a ``Scan``, its signals over time.

Looks twice. First sparsely (``prep.scanning.coarse``), for where faces are and how they are turned;
then closely at the stretches that promise most, best first, until the next cannot beat what was
found. Short footage is looked at closely from end to end.

Two threads share the work: decoder and face models run outside Python's lock, and a thread costs
none of the start-up that a process would. What is looked at does not depend on how many there are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2

from screentest.prep.core.errors import Unreadable
from screentest.prep.core.picture import Picture
from screentest.prep.core.progress import Progress
from screentest.prep.core.text import shown_name
from screentest.prep.core.values import FrameSignal, Scan, Source, Span
from screentest.prep.media.probe import probe
from screentest.prep.people.splices import with_hidden_cuts
from screentest.prep.picking.pick import best_score
from screentest.prep.scanning.coarse import glimpsed_over
from screentest.prep.scanning.cuts import CutDetector
from screentest.prep.scanning.dissolves import LONGEST_S, DissolveDetector
from screentest.prep.scanning.stretches import STRETCH_S, Stretch, divided, promising
from screentest.prep.scanning.workers import Crew, Desk
from screentest.prep.scoring.faces import is_person
from screentest.prep.vision.analysis import fitted, motion_since, signal
from screentest.prep.vision.figures import Lookout

SHORT_S = 12.0
FINE_PER_S = 5.0
MAX_STRETCHES = 6
_AT_ONCE = 2
_GOOD_ENOUGH = 0.97
_SMALL_LOOKS = 4
_FRAMES_BEFORE = 2.5
_MEET_S = 0.1
_GAP_S = 0.5
_COARSE_SHARE = 0.6
_FAIR_SHARE = 0.35


def scan(source: Source | str | os.PathLike[str], *, progress: Progress | None = None) -> Scan:
    """The signals of a source's pictures over time, fine where it matters.

    ``progress`` is called with the share done, 0 to 1. Raises what ``probe`` raises for a path, and
    Unreadable where no picture decodes.
    """
    found = source if isinstance(source, Source) else probe(source)
    tell = progress or (lambda _: None)
    cv2.setNumThreads(1)
    result = with_hidden_cuts(_looked_at(found, tell))
    tell(1.0)
    if not result.signals:
        raise Unreadable(
            f"No picture of {shown_name(found.path)} can be decoded.",
            "The file is damaged; export it anew.",
        )
    return result


def looked_closer(before: Scan, around_s: Sequence[float], *, progress: Progress | None = None) -> Scan:
    """The scan with a closer look around some moments, where there was none yet."""
    spans = [_around(before, t_s) for t_s in around_s]
    new = [
        s
        for s in spans
        if not any(r.start_s <= s.start_s and s.end_s <= r.end_s for r in before.looked_at)
    ]
    if not new:
        return before
    cv2.setNumThreads(1)
    with Crew(before.source, hands=_AT_ONCE) as crew:
        return _closely(before, new, crew, progress or (lambda _: None))


def _around(scan_: Scan, t_s: float) -> Span:
    latest_s = min(t_s - STRETCH_S / 2, scan_.end_s - STRETCH_S)
    start_s = max(scan_.source.video_start_s, latest_s)
    return Span(start_s, min(start_s + STRETCH_S, scan_.end_s))


def look_at(
    source: Source, *, start_s: float, length_s: float, progress: Progress | None = None
) -> Scan:
    """A scan of one stretch alone, looked at closely. Raises Unreadable where it does not decode."""
    cv2.setNumThreads(1)
    with Crew(source, hands=1) as crew:
        span = Span(start_s, start_s + length_s)
        return _closely(_blank(source), [span], crew, progress or (lambda _: None))


def _blank(source: Source) -> Scan:
    return Scan(source, (), (), (), source.video_start_s)


def _looked_at(source: Source, tell: Progress) -> Scan:
    whole = Span(source.video_start_s, source.video_start_s + source.duration_s)
    if source.duration_s <= SHORT_S:
        parts = _shared_out(whole, source)
        with Crew(source, hands=len(parts)) as crew:
            return _closely(_blank(source), parts, crew, tell)
    with Crew(source, hands=_AT_ONCE, quick=True) as crew:
        coarse = glimpsed_over(source, whole, crew, lambda share: tell(share * _COARSE_SHARE))
    with Crew(source, hands=_AT_ONCE) as crew:
        return _refined(coarse, crew, lambda share: tell(_COARSE_SHARE + (1 - _COARSE_SHARE) * share))


def _shared_out(whole: Span, source: Source) -> tuple[Span, ...]:
    """Short footage in two, where a keyframe near its middle lets a second thread begin there."""
    halves = divided(whole, _AT_ONCE, source.keyframes_s) if source.keyframes_s else (whole,)
    shortest_s = min(half.end_s - half.start_s for half in halves)
    return halves if shortest_s > _FAIR_SHARE * source.duration_s else (whole,)


def _refined(coarse: Scan, crew: Crew, tell: Progress) -> Scan:
    """The scan with its promising stretches looked at closely, two at a time, best first."""
    result = coarse
    stretches = promising(coarse, most=MAX_STRETCHES)
    for done in range(0, len(stretches), _AT_ONCE):
        batch = stretches[done : done + _AT_ONCE]
        if done and _settled(result, batch):
            break

        def tell_some(share: float, done: int = done, count: int = len(batch)) -> None:
            tell((done + share * count) / len(stretches))

        result = _closely(result, [stretch.span for stretch in batch], crew, tell_some)
    return result


def _settled(looked: Scan, batch: Sequence[Stretch]) -> bool:
    """Whether what was found is within a hair of the most that these stretches can give."""
    return best_score(looked) >= _GOOD_ENOUGH * max(stretch.ceiling for stretch in batch)


@dataclass(frozen=True, slots=True)
class _Fine:
    """What a close look at one span found; ``looked`` is None where nothing decoded."""

    signals: tuple[FrameSignal, ...]
    cuts_s: tuple[float, ...]
    looked: Span | None


def _closely(before: Scan, spans: Sequence[Span], crew: Crew, tell: Progress) -> Scan:
    """The scan with more spans of fine signals, in place of the coarse ones there."""
    fps = float(before.source.fps)

    def one(desk: Desk, span: Span, say: Progress) -> _Fine:
        return _fine(desk, _look(span, spans, before.refined, fps), fps, say)

    result = before
    for fine in crew.each(one, spans, tell):
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

    The frames just before tell of a cut; of a dissolve only as much as one lasts. Of two looks that
    meet, the later one sees to it.
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


def _fine(desk: Desk, look: _Look, fps: float, say: Progress) -> _Fine:
    span = look.span
    fine: list[FrameSignal] = []
    cuts: list[float] = []
    detector, melting, lookout = CutDetector(), DissolveDetector(), Lookout()
    last: tuple[float, Picture] | None = None
    due_s = end_s = span.start_s
    patience = _SMALL_LOOKS
    before_s = span.start_s
    for shot in desk.reader.span(look.compared.start_s, look.compared.end_s):
        thumb = desk.reader.thumb(shot)
        is_cut = detector.is_cut(thumb, frames_since=(shot.t_s - before_s) * fps)
        before_s = shot.t_s
        if is_cut:
            melting.restart()
            lookout.restart()
        melting.look(shot.t_s, thumb)
        if not span.start_s - 1e-6 <= shot.t_s < span.end_s:
            continue
        if is_cut:
            cuts.append(shot.t_s)
        end_s = shot.t_s + 1 / fps
        if shot.t_s < due_s - 1e-6 and not is_cut:
            continue
        due_s = shot.t_s + 1 / FINE_PER_S
        picture = desk.reader.picture(shot)
        # Small faces are looked for at first, while they are found, and every so often.
        small = patience > 0 or len(fine) % _SMALL_LOOKS == 0
        seen = fitted(picture, desk.faces, small=small)
        patience = _SMALL_LOOKS if seen else patience - 1
        motion = 0.0 if is_cut else motion_since(last, shot.t_s, thumb)
        if any(is_person(face) for face in seen):
            figure = None
            lookout.restart()
        else:
            figure = lookout.figure(shot.t_s, picture)
        fine.append(signal(shot.t_s, picture, seen, motion=motion, fine=True, figure=figure))
        last = (shot.t_s, thumb)
        say((shot.t_s - span.start_s) / max(1e-6, span.end_s - span.start_s))
    cuts += [edge_s for melt in melting.found() for edge_s in (melt.start_s, melt.end_s)]
    looked = look.seen(fine[0].t_s, end_s) if fine else None
    return _Fine(tuple(fine), tuple(cuts), looked)


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
