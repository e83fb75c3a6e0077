"""Picking for somebody: a person by number, or whoever a photo shows."""

from __future__ import annotations

import os
from dataclasses import dataclass

from screentest.prep.core.errors import NobodyMatches, NoUsableSegment, PickError
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import Scan, Segment, Subject, TrackKey
from screentest.prep.people.grouping import Person, company, matching, matching_times_s, numbered
from screentest.prep.people.splices import MOST_CUTS, hidden_cut_s, with_cuts
from screentest.prep.picking.pick import pick
from screentest.prep.scanning.scan import looked_closer
from screentest.prep.scanning.stretches import STRETCH_S

_CLOSER_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Casting:
    """Who is wanted; nothing set means whoever has the best window.

    ``subject``: insist on a face, or look for none. ``person``: the number that a scan lists.
    ``match``: a photo of the person.
    """

    subject: Subject | None = None
    person: int | None = None
    match: str | os.PathLike[str] | None = None


def cast(
    scan: Scan,
    casting: Casting,
    *,
    spec: ClipSpec = SORA_2,
    length_s: float | None = None,
) -> Segment:
    """The best window of whoever is wanted, one person throughout where it has a face.

    Raises what ``pick`` raises; NoSuchPerson, NobodyMatches, or FootageError for an unusable photo.
    """
    scan = _looked_long(scan, spec)
    choice = _choice(scan, casting, spec=spec, length_s=length_s)
    if casting == Casting() and length_s is None and spec == SORA_2:
        return choice.segment  # the scan itself was held against this window
    for _ in range(MOST_CUTS):
        cut_s = hidden_cut_s(choice.scan, choice.segment, tracks=choice.tracks)
        if cut_s is None:
            break
        scan = with_cuts(choice.scan, [cut_s])
        choice = _choice(scan, casting, spec=spec, length_s=length_s)
    return choice.segment


@dataclass(frozen=True, slots=True)
class _Choice:
    """A segment, the scan it was picked from, and the tracks it was picked from among, None for all."""

    segment: Segment
    scan: Scan
    tracks: frozenset[TrackKey] | None = None


def _choice(scan: Scan, casting: Casting, *, spec: ClipSpec, length_s: float | None) -> _Choice:
    if casting.match is not None:
        return _matched(scan, casting.match, spec=spec, length_s=length_s)
    if casting.person is None:
        segment = pick(scan, spec=spec, length_s=length_s, subject=casting.subject)
        return _Choice(segment, scan)
    found = company(scan)
    person = numbered(found.people, casting.person)
    return _of_person(found.scan, person, spec=spec, length_s=length_s)


def _of_person(scan: Scan, person: Person, *, spec: ClipSpec, length_s: float | None) -> _Choice:
    return _Choice(pick(scan, spec=spec, length_s=length_s, person=person), scan, person.tracks)


def _looked_long(scan: Scan, spec: ClipSpec) -> Scan:
    """The scan with a close look on both sides of its best window, for models that want longer ones."""
    if spec.target_length_s <= STRETCH_S - 1:
        return scan
    try:
        best = pick(scan)
    except PickError:
        return scan
    return looked_closer(scan, [best.start_s - STRETCH_S / 2, best.end_s + STRETCH_S / 2])


def _matched(
    scan: Scan, photo: str | os.PathLike[str], *, spec: ClipSpec, length_s: float | None
) -> _Choice:
    """The window of the person in a photo; looks closer where only glimpses showed that person."""
    try:
        found = company(scan, photo=photo)
        return _of_person(found.scan, matching(found.people), spec=spec, length_s=length_s)
    except (NobodyMatches, NoUsableSegment):
        closer = _closer(scan, photo)
        if closer is None:
            raise
    found = company(closer, photo=photo)
    return _of_person(found.scan, matching(found.people), spec=spec, length_s=length_s)


def _closer(scan: Scan, photo: str | os.PathLike[str]) -> Scan | None:
    """The scan with a close look where glimpses show the person; None where none does."""
    times_s: list[float] = []
    for t_s, _ in matching_times_s(scan, photo):
        if all(abs(t_s - other) > 4.0 for other in times_s):
            times_s.append(t_s)
    return looked_closer(scan, times_s[:_CLOSER_LOOKS]) if times_s else None
