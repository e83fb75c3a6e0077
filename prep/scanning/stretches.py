"""What to look at: footage in parts, and the stretches that deserve a close look: pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from screentest.prep.core.values import FrameSignal, Scan, Source, Span
from screentest.prep.scoring.faceless import plain_moment
from screentest.prep.scoring.faces import glimpse

STRETCH_S = 6.0
# Glimpses are mostly of keyframes. A look that begins just after one has the frames before it, which
# tell of a cut, at the least decoding.
_AFTER_GLIMPSE_S = 0.35
_FACE_PROMISE = 0.15
# What shows just outside a span shows inside it too, most likely.
_EDGE_S = 0.5
_SEAM_S = 1.0
# What would be left of the footage after a stretch is looked at with it.
_TAIL_S = 1.5
_HOPE = 1.25


def divided(whole: Span, parts: int, keyframes_s: Sequence[float]) -> tuple[Span, ...]:
    """A span in so many parts of about one length, or fewer.

    They part at keyframes as far as these are known: decoding has to begin at one.
    """
    step_s = (whole.end_s - whole.start_s) / parts
    wanted_s = [whole.start_s + step_s * k for k in range(1, parts)]
    nearest_s = (min(keyframes_s, key=lambda k: abs(k - w), default=w) for w in wanted_s)
    inside_s = {edge_s for edge_s in nearest_s if whole.start_s < edge_s < whole.end_s}
    edges_s = [whole.start_s, *sorted(inside_s), whole.end_s]
    return tuple(Span(start_s, end_s) for start_s, end_s in pairwise(edges_s))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span, what it promises and the most that a window in it is believed to score."""

    span: Span
    promise: float
    ceiling: float


def promising(coarse: Scan, *, most: int) -> tuple[Stretch, ...]:
    """Up to ``most`` stretches that do not overlap, best first.

    Judged by faces; where none promises anything, by figures in sharp, lit and calm pictures.
    """
    by_face = _ranked(coarse, lambda s: _face_promise(s, coarse.source), most)
    if by_face and by_face[0].promise >= _FACE_PROMISE:
        return tuple(s for s in by_face if s.promise > 0.02)
    by_picture = _ranked(coarse, plain_moment, max(1, most // 2))
    return (*by_face[: most - len(by_picture)], *by_picture) if by_face else by_picture


def shows_faces(coarse: Scan) -> bool:
    """Whether some stretch promises a face."""
    candidates = _candidates(coarse, lambda s: _face_promise(s, coarse.source))
    return any(stretch.promise >= _FACE_PROMISE for stretch in candidates)


def _face_promise(signal: FrameSignal, source: Source) -> float:
    return max((glimpse(face, source) for face in signal.faces), default=0.0)


def _ranked(coarse: Scan, worth: Callable[[FrameSignal], float], most: int) -> tuple[Stretch, ...]:
    """Stretches by promise; greedy, each at least its own length from the ones before."""
    candidates = sorted(_candidates(coarse, worth), key=lambda s: (-s.promise, s.span.start_s))
    chosen: list[Stretch] = []
    for stretch in candidates:
        if len(chosen) >= most:
            break
        if all(_apart(stretch.span, other.span) for other in chosen):
            chosen.append(replace(stretch, span=_joined(stretch.span, [c.span for c in chosen])))
    return tuple(chosen)


def _candidates(coarse: Scan, worth: Callable[[FrameSignal], float]) -> list[Stretch]:
    signals = coarse.signals
    times_s = [s.t_s for s in signals]
    worths = [worth(s) for s in signals]
    first_s, end_s = coarse.source.video_start_s, coarse.end_s
    found: list[Stretch] = []
    for start_s in (first_s, *(t_s + _AFTER_GLIMPSE_S for t_s in times_s)):
        if start_s > first_s and start_s + STRETCH_S / 2 >= end_s:
            break
        past_s = start_s + STRETCH_S
        span = Span(start_s, end_s if past_s + _TAIL_S > end_s else past_s)
        first = bisect_left(times_s, span.start_s - _EDGE_S)
        past = bisect_left(times_s, span.end_s + _EDGE_S)
        found.append(_stretch(span, worths[first:past]))
    return [s for s in found if s.promise > 0]


def _stretch(span: Span, inside: list[float]) -> Stretch:
    if not inside:
        return Stretch(span, 0.0, 0.0)
    mean, worst = sum(inside) / len(inside), min(inside)
    promise = 0.7 * mean + 0.3 * worst
    return Stretch(span, promise, min(1.0, max(inside) * _HOPE))


def _apart(a: Span, b: Span) -> bool:
    return a.end_s <= b.start_s + _SEAM_S or b.end_s <= a.start_s + _SEAM_S


def _joined(span: Span, others: Sequence[Span]) -> Span:
    """The span drawn to its neighbours, so that no window is lost in a seam."""
    starts = [o.end_s for o in others if abs(o.end_s - span.start_s) <= _SEAM_S]
    ends = [o.start_s for o in others if abs(o.start_s - span.end_s) <= _SEAM_S]
    return Span(max(starts, default=span.start_s), min(ends, default=span.end_s))
