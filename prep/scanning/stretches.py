"""Footage divided into parts, and the stretches that deserve a close look: pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from types import MappingProxyType

from screentest.prep.core.values import FrameSignal, Scan, Span
from screentest.prep.scanning.interest import Interest

# How long a stretch is at least, and by how much it is longer than the window that it is to hold.
_SHORTEST_S = 6.0
_ROOM_S = 2.0
# Coarse samples are mostly of keyframes. A look that begins just after one has the frames before it,
# which tell of a cut, at the least decoding.
_AFTER_SAMPLE_S = 0.45
_FACE_PROMISE = 0.15
_CONFIRMED = 0.3
# What shows just outside a span shows inside it too, most likely.
EDGE_S = 0.5
_SEAM_S = 1.0
# What would be left of the footage after a stretch is looked at with it.
_TAIL_S = 1.5
# How much more a window may score than its samples promise: detected ones, those with a mesh.
_HOPE, _KNOWN_HOPE = 1.25, 1.01
MAX_STRETCHES = 6

# What the samples promise, by time, that the mesh was fitted to.
Fitted = Mapping[float, float]


def stretch_s(window_s: float) -> float:
    """How long a stretch is looked at closely for a window of some length."""
    return max(_SHORTEST_S, window_s + _ROOM_S)


def divided(whole: Span, parts: int, keyframes_s: Sequence[float]) -> tuple[Span, ...]:
    """A span in so many parts of about one length, or fewer.

    They are divided at keyframes where these are known: decoding has to begin at one.
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


def promising(
    coarse: Scan, interest: Interest, *, most: int, fitted: Fitted = MappingProxyType({})
) -> tuple[Stretch, ...]:
    """Up to ``most`` stretches that do not overlap, best first.

    ``fitted``: the others are taken to keep as much of what they promise as these samples do. Judged
    by faces; where none promises anything, half of them by figures in sharp, lit and calm pictures.
    """
    by_face = _ranked(_by_face(coarse, interest, fitted), most)
    if by_face and by_face[0].promise >= _FACE_PROMISE:
        return tuple(s for s in by_face if s.promise > 0.02)
    moments = _candidates(coarse, interest.of_moment, interest.window_s, known=False)
    half = max(1, most // 2)
    faces = by_face[: most - half]
    others = [m for m in moments if all(_apart(m.span, face.span) for face in faces)]
    return (*faces, *_ranked(others, half))


def shows_faces(coarse: Scan, interest: Interest) -> bool:
    """Whether some stretch promises a face."""
    return any(stretch.promise >= _FACE_PROMISE for stretch in _by_face(coarse, interest, {}))


def confirmed(coarse: Scan, interest: Interest, fitted: Fitted) -> bool:
    """Whether what the mesh was fitted to still promises a good window with a face."""
    stretches = _by_face(coarse, interest, fitted)
    return any(s.promise > _CONFIRMED and s.ceiling > 2 * _CONFIRMED for s in stretches)


def _by_face(coarse: Scan, interest: Interest, fitted: Fitted) -> list[Stretch]:
    def detected(signal: FrameSignal) -> float:
        there = coarse.source_of(signal)
        return max((interest.of_face(f, there) for f in signal.faces), default=0.0)

    hopes = [(detected(s), fitted[s.t_s]) for s in coarse.signals if s.t_s in fitted]
    kept = median(min(1.0, known / max(0.01, hoped)) for hoped, known in hopes) if hopes else 1.0

    def worth(signal: FrameSignal) -> float:
        known = fitted.get(signal.t_s)
        return kept * detected(signal) if known is None else known

    return _candidates(coarse, worth, interest.window_s, known=bool(fitted))


def _ranked(candidates: Sequence[Stretch], most: int) -> tuple[Stretch, ...]:
    """Stretches by promise; greedy, each apart from the ones before or joined to them."""
    chosen: list[Stretch] = []
    for stretch in sorted(candidates, key=lambda s: (-s.promise, s.span.start_s)):
        if len(chosen) >= most:
            break
        if all(_apart(stretch.span, other.span) for other in chosen):
            chosen.append(replace(stretch, span=_joined(stretch.span, [c.span for c in chosen])))
    return tuple(chosen)


def _candidates(
    coarse: Scan, worth: Callable[[FrameSignal], float], window_s: float, *, known: bool
) -> list[Stretch]:
    length_s = stretch_s(window_s)
    signals = coarse.signals
    times_s = [s.t_s for s in signals]
    worths = [worth(s) for s in signals]
    first_s, end_s = coarse.source.video_start_s, coarse.end_s
    found: list[Stretch] = []
    last_s = max(first_s, end_s - length_s)
    for start_s in (first_s, *(t_s + _AFTER_SAMPLE_S for t_s in times_s), last_s):
        if start_s > last_s:
            continue
        past_s = start_s + length_s
        span = Span(start_s, end_s if past_s + _TAIL_S > end_s else past_s)
        first = bisect_left(times_s, span.start_s - EDGE_S)
        past = bisect_left(times_s, span.end_s + EDGE_S)
        inside = worths[first:past]
        hopes = (
            [_KNOWN_HOPE * _promise(worths[i:j]) for i, j in _runs(times_s, first, past, window_s)]
            if known
            else [_HOPE * w for w in inside]
        )
        found.append(Stretch(span, _promise(inside), min(1.0, max(hopes, default=0.0))))
    return [s for s in found if s.promise > 0]


def _runs(times_s: Sequence[float], first: int, past: int, window_s: float) -> list[tuple[int, int]]:
    """The samples that a window shows, for each that it may begin with."""
    return [(i, min(past, bisect_left(times_s, times_s[i] + window_s))) for i in range(first, past)]


def _promise(worths: Sequence[float]) -> float:
    """What samples promise together, 0 of none."""
    return 0.7 * sum(worths) / len(worths) + 0.3 * min(worths) if worths else 0.0


def _apart(a: Span, b: Span) -> bool:
    return a.end_s <= b.start_s + _SEAM_S or b.end_s <= a.start_s + _SEAM_S


def _joined(span: Span, others: Sequence[Span]) -> Span:
    """The span drawn to its neighbours, so that no window is lost in a seam, nor in what is left."""
    starts = [o.end_s for o in others if -_TAIL_S <= o.end_s - span.start_s <= _SEAM_S]
    ends = [o.start_s for o in others if -_SEAM_S <= o.start_s - span.end_s <= _TAIL_S]
    return Span(max(starts, default=span.start_s), min(ends, default=span.end_s))
