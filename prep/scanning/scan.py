"""scan: a ``Source`` becomes a ``Scan``, its signals over time.

Looks twice. First sparsely (``prep.scanning.coarse``), for where faces are and how they are turned;
then closely (``prep.scanning.close``) at the stretches that promise most, best first, until the next
cannot beat what was found. Short footage is looked at closely from end to end.

Two threads share the work: decoder and face models run outside Python's lock, and a thread costs
none of the start-up that a process would. What is looked at does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from screentest.prep.core.errors import Unreadable
from screentest.prep.core.progress import Progress, unwatched
from screentest.prep.core.text import shown_name
from screentest.prep.core.values import Scan, Source, Span, united
from screentest.prep.scanning.close import blank, looked_closely
from screentest.prep.scanning.coarse import coarse_scan
from screentest.prep.scanning.interest import Interest
from screentest.prep.scanning.stretches import (
    MAX_STRETCHES,
    Fitted,
    Stretch,
    divided,
    promising,
    stretch_s,
)
from screentest.prep.scanning.workers import Workers

SHORT_S = 20.0
_AT_ONCE = 2
# Pictures so large that decoding them takes as long as measuring: one look keeps two cores busy, and
# the next is not begun before it is known to be needed.
_LARGE_PX = 900_000
_GOOD_ENOUGH = 0.96
# A window that begins or ends this near to the edge of what was looked at might be better beyond.
_EDGE_S = 0.3
_COARSE_SHARE = 0.6
_FAIR_SHARE = 0.35
# Less than this between two looks is not looked at by itself: it holds a sample at most.
_SLIVER_S = 0.1


def scan(source: Source, interest: Interest, *, progress: Progress | None = None) -> Scan:
    """The signals of a source's pictures over time, fine where it matters to ``interest``.

    ``progress`` is called with the share done, 0 to 1. Raises NotAVideo or Unreadable where the file
    has changed, and Unreadable where no picture decodes.
    """
    progress = progress or unwatched
    cv2.setNumThreads(1)
    result = _scanned(source, interest, progress)
    progress(1.0)
    if not result.signals:
        raise Unreadable(
            f"No frame of {shown_name(source.path)} can be decoded.",
            "The file is damaged; export it again.",
        )
    return result


def looked_closer(
    before: Scan, around_s: Sequence[float], *, window_s: float, progress: Progress | None = None
) -> Scan:
    """The scan with a closer look around some moments, where there was none yet.

    ``window_s``: how long a window is to fit in there.
    """
    new = united(part for t_s in around_s for part in unseen_around(before, t_s, window_s=window_s))
    if not new:
        return before
    cv2.setNumThreads(1)
    with Workers(before.source, count=_AT_ONCE) as workers:
        return looked_closely(before, new, workers, progress or unwatched)


def unseen_around(before: Scan, t_s: float, *, window_s: float) -> tuple[Span, ...]:
    """What a closer look around a moment would look at: what was not looked at yet, in order."""
    around = _around(before, t_s, stretch_s(window_s))
    start_s, unseen = around.start_s, []
    for looked in before.looked_at:
        if looked.end_s > start_s and looked.start_s < around.end_s:
            unseen.append(Span(start_s, looked.start_s))
            start_s = max(start_s, looked.end_s)
    unseen.append(Span(start_s, around.end_s))
    return tuple(span for span in unseen if span.end_s - span.start_s > _SLIVER_S)


def look_at(
    source: Source, *, start_s: float, length_s: float, progress: Progress | None = None
) -> Scan:
    """A scan of one stretch alone, looked at closely. Raises Unreadable where it does not decode."""
    cv2.setNumThreads(1)
    with Workers(source, count=1) as workers:
        span = Span(start_s, start_s + length_s)
        return looked_closely(blank(source), [span], workers, progress or unwatched)


def _around(scan_: Scan, t_s: float, length_s: float) -> Span:
    latest_s = min(t_s - length_s / 2, scan_.end_s - length_s)
    start_s = max(scan_.source.video_start_s, latest_s)
    return Span(start_s, min(start_s + length_s, scan_.end_s))


def _scanned(source: Source, interest: Interest, progress: Progress) -> Scan:
    whole = Span(source.video_start_s, source.video_start_s + source.duration_s)
    if source.duration_s <= SHORT_S:
        parts = _shared_out(whole, source)
        with Workers(source, count=len(parts)) as workers:
            return looked_closely(blank(source), parts, workers, progress)
    with Workers(source, count=_AT_ONCE, quick=True) as workers:
        coarse, fitted = coarse_scan(
            source, interest, whole, workers, lambda share: progress(share * _COARSE_SHARE)
        )
    with Workers(source, count=_AT_ONCE) as workers:

        def rest(share: float) -> None:
            progress(_COARSE_SHARE + (1 - _COARSE_SHARE) * share)

        return _refined(coarse, fitted, interest, workers, rest)


def _shared_out(whole: Span, source: Source) -> tuple[Span, ...]:
    """Short footage in two, where a keyframe near its middle lets a second thread begin there."""
    halves = divided(whole, _AT_ONCE, source.keyframes_s) if source.keyframes_s else (whole,)
    shortest_s = min(half.end_s - half.start_s for half in halves)
    return halves if shortest_s > _FAIR_SHARE * source.duration_s else (whole,)


def _refined(
    coarse: Scan, fitted: Fitted, interest: Interest, workers: Workers, progress: Progress
) -> Scan:
    """The scan with its promising stretches looked at closely, best first, two at a time at most."""
    result, at_once = coarse, _at_once(coarse.source)
    stretches = promising(coarse, interest, most=MAX_STRETCHES, fitted=fitted)
    for done in range(0, len(stretches), at_once):
        batch = stretches[done : done + at_once]
        if done and _settled(result, interest, batch):
            break

        def of_batch(share: float, done: int = done, count: int = len(batch)) -> None:
            progress((done + share * count) / len(stretches))

        result = looked_closely(result, [stretch.span for stretch in batch], workers, of_batch)
    beyond = _beyond(result, interest)
    return looked_closely(result, beyond, workers, unwatched) if beyond else result


def _at_once(source: Source) -> int:
    """How many stretches are looked at before it is asked whether the next could be better."""
    return 1 if source.width_px * source.height_px >= _LARGE_PX else _AT_ONCE


def _beyond(looked: Scan, interest: Interest) -> list[Span]:
    """What lies beyond the edge of a look that the best window touches: a better may lie across it.

    Nothing beyond a cut, or an end of the footage.
    """
    best = interest.best_window(looked)
    inside = next((s for s in looked.looked_at if best and s.start_s <= best.start_s < s.end_s), None)
    if best is None or inside is None:
        return []
    first_s, past_s, half_s = inside.start_s, inside.end_s, interest.window_s / 2
    found: list[Span] = []
    if best.start_s - first_s < _EDGE_S and not _cut_at(looked, first_s):
        found.append(Span(max(looked.source.video_start_s, first_s - half_s), first_s))
    if past_s - best.end_s < _EDGE_S and not _cut_at(looked, past_s):
        found.append(Span(past_s, min(looked.end_s, past_s + half_s)))
    return [span for span in found if span.end_s - span.start_s > _EDGE_S]


def _cut_at(looked: Scan, t_s: float) -> bool:
    return any(abs(cut_s - t_s) < _EDGE_S for cut_s in looked.cuts_s)


def _settled(looked: Scan, interest: Interest, batch: Sequence[Stretch]) -> bool:
    """Whether what was found is nearly the most that these stretches can score."""
    most = max(stretch.ceiling for stretch in batch)
    return interest.best_so_far(looked) >= _GOOD_ENOUGH * most
