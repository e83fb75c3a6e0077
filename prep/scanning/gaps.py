"""What lies between the samples of a first pass, and which of these gaps are worth a look: pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from screentest.prep.core.values import Source, Span

# Gaps are chosen among where a face as good as this shows at some keyframe. Those so long that their
# ends tell of too little are always looked into.
_FAIR = 0.5
_LONG_S = 12.0
_NEAR = 1.35
# A keyframe this near to a sample shows much the same.
_APART_S = 0.5
_SAME_S = 1e-3


def keyframe_inside(source: Source, gap: Span) -> bool:
    """Whether the index tells of a keyframe well inside a gap."""
    after = bisect_left(source.keyframes_s, gap.start_s + _APART_S)
    return bisect_left(source.keyframes_s, gap.end_s - _APART_S) > after


def gaps_between(
    source: Source,
    seen: Sequence[tuple[float, float]],
    *,
    every_s: float,
    unseen_s: float,
    best: float,
) -> tuple[Span, ...]:
    """The gaps to look into, in order of time, the ``best`` of them; each begins at a keyframe.

    There is nothing to look for in one without keyframes that is no longer than ``unseen_s``, nor
    where samples lie little more than ``every_s`` apart. ``seen``: when the keyframes show that were
    looked at, in order, and what each promises, in [0, 1]. A gap promises what the better of its ends
    does: somebody who comes in between two keyframes that show nobody is missed where others show
    well elsewhere.
    """
    times_s = [t_s for t_s, _ in seen]
    found: list[tuple[float, Span]] = []
    for recording in source.recordings:
        first = bisect_left(times_s, recording.video_start_s - _SAME_S)
        inside = list(seen[first : bisect_left(times_s, recording.end_s - _SAME_S)])
        for (start_s, before), (end_s, after) in pairwise([*inside, (recording.end_s, 0.0)]):
            least_s = _NEAR * every_s if keyframe_inside(source, Span(start_s, end_s)) else unseen_s
            if end_s - start_s > least_s + _SAME_S:
                found.append((max(before, after), Span(start_s, end_s)))
    if len(found) > best and max(promise for _, promise in seen) >= _FAIR:
        least = sorted((promise for promise, _ in found), reverse=True)[int(best) - 1]
        found = [
            (promise, gap)
            for promise, gap in found
            if promise >= max(least, _SAME_S) or gap.end_s - gap.start_s > _LONG_S
        ]
    return tuple(gap for _, gap in found)
