"""Picking for somebody: a person by number, or whoever a photo shows."""

from __future__ import annotations

import os
from dataclasses import dataclass

from prep.errors import NobodyMatches, NoUsableSegment, PickError
from prep.people import matching, matching_times_s, numbered, people
from prep.segment import pick
from prep.signals import looked_closer
from prep.spec import SORA_2, ClipSpec
from prep.stretches import STRETCH_S
from prep.values import Scan, Segment, Subject

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
    """The best window of whoever is wanted.

    Raises what ``pick`` raises; NoSuchPerson, NobodyMatches, or FootageError for an unusable photo.
    """
    scan = _looked_long(scan, spec)
    if casting.match is not None:
        return _matched(scan, casting.match, spec=spec, length_s=length_s)
    person = numbered(people(scan), casting.person) if casting.person is not None else None
    return pick(scan, spec=spec, length_s=length_s, subject=casting.subject, person=person)


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
) -> Segment:
    """The window of the person in a photo; looks closer where only glimpses showed that person."""
    try:
        person = matching(people(scan, photo=photo))
        return pick(scan, spec=spec, length_s=length_s, person=person)
    except (NobodyMatches, NoUsableSegment):
        closer = _closer(scan, photo)
        if closer is None:
            raise
    person = matching(people(closer, photo=photo))
    return pick(closer, spec=spec, length_s=length_s, person=person)


def _closer(scan: Scan, photo: str | os.PathLike[str]) -> Scan | None:
    """The scan with a close look where glimpses show the person; None where none does."""
    times_s: list[float] = []
    for t_s, _ in matching_times_s(scan, photo):
        if all(abs(t_s - other) > 4.0 for other in times_s):
            times_s.append(t_s)
    return looked_closer(scan, times_s[:_CLOSER_LOOKS]) if times_s else None
