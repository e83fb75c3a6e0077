"""What lies between the samples of a first pass, and which of these gaps are worth a look: pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from screentest.prep.core.values import Source, Span

# The longest that goes by without a sample where a gap is looked into: shorter than a window.
UNSEEN_S = 3.6
# So many gaps are looked into, best first, where a face as good as this shows at some keyframe; all of
# them where none does, and those that tell of too little by their ends.
_MOST = 40
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


def gaps_worth_a_look(
    source: Source, seen: Sequence[tuple[float, float]], *, every_s: float
) -> tuple[Span, ...]:
    """The gaps to look into, in order of time; each begins at a keyframe.

    There is nothing to look for in one without keyframes that is no longer than ``UNSEEN_S``, nor
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
            least_s = _NEAR * every_s if keyframe_inside(source, Span(start_s, end_s)) else UNSEEN_S
            if end_s - start_s > least_s + _SAME_S:
                found.append((max(before, after), Span(start_s, end_s)))
    if max((promise for _, promise in seen), default=0.0) >= _FAIR:
        best = sorted((gap for gap in found if gap[0] > 0), key=lambda gap: -gap[0])[:_MOST]
        found = [gap for gap in found if gap in best or gap[1].end_s - gap[1].start_s > _LONG_S]
    return tuple(span for _, span in found)
