"""Picks for the person wanted, and checks by identity that a window shows one person throughout."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from screentest.prep.core.errors import NobodyMatches, NoUsableSegment, PickError
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import Choice, Scan, Segment, TrackKey
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.people.grouping import Person, find_people
from screentest.prep.people.matching import matching, matching_times_s, numbered
from screentest.prep.people.splices import MOST_CUTS, with_cuts
from screentest.prep.picking.finalists import looked_over, set_aside
from screentest.prep.picking.pick import pick
from screentest.prep.picking.windows import window_behind
from screentest.prep.scanning.scan import looked_closer
from screentest.prep.scanning.stretches import stretch_s

_CLOSER_LOOKS = 4
_APART_S = 4.0


def cast(scan: Scan, wishes: Wishes = NO_WISHES, *, spec: ClipSpec = SORA_2) -> Choice:
    """The best window of the subject or person wanted; one with a face shows one person throughout.

    ``wishes``: ``subject``, ``person``, ``match`` and ``length_s`` are used; a number is one of the
    people of this very scan. Raises what ``pick`` raises; NoSuchPerson, NobodyMatches, or FootageError
    for an unusable photo.
    """
    found = _of_one_person(scan, lambda looked: _found(looked, wishes, spec))
    return Choice(found.scan, found.segment)


def with_hidden_cuts(scan: Scan, *, spec: ClipSpec = SORA_2) -> Scan:
    """The scan with a cut wherever its best window would join two people, and that window's eyes."""
    scan = set_aside(scan)
    for _ in range(MOST_CUTS):
        try:
            best = pick(scan, spec=spec)
        except PickError:
            return scan
        looked, cut_s = looked_over(scan, window_behind(scan, best))
        if cut_s is None and looked.eyes == scan.eyes:
            return looked
        scan = with_cuts(looked, [cut_s] if cut_s is not None else [])
    return scan


@dataclass(frozen=True, slots=True)
class _Found:
    """A segment, the scan it was picked from, and the tracks it was picked from among, None for all.

    ``again``: picks from a scan that knows more of the same people.
    """

    scan: Scan
    segment: Segment
    again: Callable[[Scan], Segment]
    tracks: frozenset[TrackKey] | None = None


def _of_one_person(scan: Scan, find: Callable[[Scan], _Found]) -> _Found:
    """What is found once one person is shown throughout, whose eyes were measured."""
    found = find(set_aside(scan))
    for _ in range(MOST_CUTS):
        window = window_behind(found.scan, found.segment, tracks=found.tracks)
        looked, cut_s = looked_over(found.scan, window)
        if cut_s is not None:
            found = find(with_cuts(looked, [cut_s]))
        elif looked.eyes != found.scan.eyes:
            found = replace(found, scan=looked, segment=found.again(looked))
        else:
            return replace(found, scan=looked)
    return found


def _found(scan: Scan, wishes: Wishes, spec: ClipSpec) -> _Found:
    if wishes.match is not None:
        return _matched(scan, wishes.match, wishes, spec)
    if wishes.person is None:

        def again(looked: Scan) -> Segment:
            return pick(looked, spec=spec, length_s=wishes.length_s, subject=wishes.looks_for)

        return _Found(scan, again(scan), again)
    who = find_people(_looked_long(scan, spec))
    return _of_person(who.scan, numbered(who.people, wishes.person), wishes, spec)


def _looked_long(scan: Scan, spec: ClipSpec) -> Scan:
    """The scan with a close look on both sides of its best window, for a model that wants longer ones.

    People are numbered by one list for all models, so the scan was made for shorter windows.
    """
    try:
        best = pick(scan)
    except PickError:
        return scan
    room_s = stretch_s(best.length_s)
    if stretch_s(float(spec.target_length_s)) <= room_s:
        return scan
    around_s = [best.start_s - room_s / 2, best.end_s + room_s / 2]
    return looked_closer(scan, around_s, window_s=best.length_s)


def _of_person(scan: Scan, person: Person, wishes: Wishes, spec: ClipSpec) -> _Found:
    def again(looked: Scan) -> Segment:
        return pick(looked, spec=spec, length_s=wishes.length_s, person=person)

    return _Found(scan, again(scan), again, person.tracks)


def _matched(scan: Scan, photo: str | os.PathLike[str], wishes: Wishes, spec: ClipSpec) -> _Found:
    """The window of the person in a photo; looks closer where only coarse samples show that person."""
    try:
        who = find_people(scan, photo=photo)
        return _of_person(who.scan, matching(who.people), wishes, spec)
    except (NobodyMatches, NoUsableSegment):
        closer = _closer(scan, photo, spec)
        if closer is None:
            raise
    who = find_people(closer, photo=photo)
    return _of_person(who.scan, matching(who.people), wishes, spec)


def _closer(scan: Scan, photo: str | os.PathLike[str], spec: ClipSpec) -> Scan | None:
    """The scan with a close look where coarse samples show the person; None where none does."""
    times_s: list[float] = []
    for t_s, _ in matching_times_s(scan, photo):
        if all(abs(t_s - other) > _APART_S for other in times_s):
            times_s.append(t_s)
    if not times_s:
        return None
    return looked_closer(scan, times_s[:_CLOSER_LOOKS], window_s=float(spec.target_length_s))
