"""Looks closer where coarse samples show somebody, until nothing is left that could be better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from screentest.prep.core.errors import PickError
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Face, Scan, Segment, Source, TrackKey
from screentest.prep.people.closeups import Memory
from screentest.prep.people.matching import Spotted, spotted_in
from screentest.prep.people.recogniser import Identity
from screentest.prep.scanning.scan import looked_closer
from screentest.prep.scanning.stretches import stretch_s
from screentest.prep.scoring.faces import CLEAN, coarse_score

# How often it is looked closer at most, and at how many places at once.
MOST_ROUNDS = 8
_AT_ONCE = 2
# A window may be so much better than a glimpse of it promises.
_HOPE = 1.25
_SPOTTING = 0.4
_NEARLY_S = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """A segment, the scan it was picked from, and the tracks it was picked from among, None for all."""

    scan: Scan
    segment: Segment
    tracks: frozenset[TrackKey] | None = None


# What looking for a window gave: the window, or why there is none.
Outcome = Found | PickError


@dataclass(frozen=True, slots=True)
class Aim:
    """What is looked for. ``any_will_do``: to know whether there is a window at all."""

    window_s: float
    any_will_do: bool = False

    def is_met(self, outcome: Outcome) -> bool:
        """Whether no closer look is needed: the window is long and clean."""
        if isinstance(outcome, PickError):
            return False
        segment = outcome.segment
        is_long = segment.length_s > self.window_s - _NEARLY_S
        return self.any_will_do or (is_long and segment.score >= CLEAN)

    def hoped(self, face: Face, source: Source) -> float:
        """The most good seconds that a window around a glimpse of a face may have."""
        return min(1.0, _HOPE * coarse_score(face, source)) ** 2 * self.window_s


def good_s(outcome: Outcome) -> float:
    """How many good seconds a window has, 0 without one: its length by its score squared."""
    if isinstance(outcome, PickError):
        return 0.0
    return outcome.segment.score**2 * outcome.segment.length_s


def searched(
    scan: Scan,
    wanted: Identity,
    again: Callable[[Scan], Outcome],
    *,
    aim: Aim,
    memory: Memory,
    progress: Progress,
) -> Found:
    """The best window of somebody, after a closer look wherever one could be better.

    ``again``: finds it in a scan, at first in ``scan``. Raises what it gave where there is none at all.
    """
    best = again(scan)
    if not aim.is_met(best):
        best = _searched(best, scan, wanted, again, aim, memory, progress)
    if isinstance(best, PickError):
        raise best
    return best


def _searched(
    best: Outcome,
    scan: Scan,
    wanted: Identity,
    again: Callable[[Scan], Outcome],
    aim: Aim,
    memory: Memory,
    progress: Progress,
) -> Outcome:
    spotted: Sequence[Spotted] = spotted_in(
        scan,
        wanted,
        lambda face, source: aim.hoped(face, source) > good_s(best),
        memory=memory,
        progress=lambda share: progress(share * _SPOTTING),
    )
    for done in range(MOST_ROUNDS):
        spotted = [
            one for one in spotted if aim.hoped(one.face, scan.source_of(one.signal)) > good_s(best)
        ]
        around_s = _most_promising_s(spotted, scan, aim)
        if not around_s or aim.is_met(best):
            break
        scan = looked_closer(scan, around_s, window_s=aim.window_s)
        best = max(again(scan), best, key=good_s)  # of two refusals, that of the closer look
        spotted = [
            one for one in spotted if all(abs(one.t_s - t_s) > _reach_s(aim) for t_s in around_s)
        ]
        progress(_SPOTTING + (1 - _SPOTTING) * (done + 1) / MOST_ROUNDS)
    return best


def _reach_s(aim: Aim) -> float:
    return stretch_s(aim.window_s) / 2


def _most_promising_s(spotted: Sequence[Spotted], scan: Scan, aim: Aim) -> list[float]:
    """Around which moments to look next: where the person shows most and best, apart."""

    def promise(at: Spotted) -> float:
        near = [one for one in spotted if abs(one.t_s - at.t_s) <= _reach_s(aim)]
        return sum(coarse_score(one.face, scan.source_of(one.signal)) for one in near)

    chosen: list[float] = []
    for one in sorted(spotted, key=promise, reverse=True):
        if all(abs(one.t_s - t_s) > 2 * _reach_s(aim) for t_s in chosen):
            chosen.append(one.t_s)
    return sorted(chosen[:_AT_ONCE])
