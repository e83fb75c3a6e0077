"""Finds one of the people of a scan: by number, or by a photo."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import cv2

from screentest.prep.core.errors import NobodyMatches, NoSuchPerson
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import FrameSignal, Scan
from screentest.prep.media.frames import FrameReader, reading
from screentest.prep.media.pictures import picture_at
from screentest.prep.people.grouping import Person
from screentest.prep.people.likeness import SAME_PERSON, face_near, identity_in
from screentest.prep.people.recogniser import Identity, embed

_NOBODY_SHOWS = (
    Remedy("footage", words="use footage in which the person faces the camera"),
    Remedy("without", ("person", "match")),
)


def numbered(found: Sequence[Person], number: int) -> Person:
    """The person of a number. Raises NoSuchPerson."""
    for person in found:
        if person.number == number:
            return person
    if not found:
        raise NoSuchPerson(
            f"There is no person {number}: nobody shows their face for long enough.", *_NOBODY_SHOWS
        )
    count = f"{len(found)} people were" if len(found) > 1 else "one person was"
    raise NoSuchPerson(
        f"There is no person {number}: {count} found.",
        Remedy("list_people"),
    )


def matching(found: Sequence[Person]) -> Person:
    """The person most like the photo. Raises NobodyMatches, with the best similarity."""
    best = max(found, key=lambda p: p.similarity or -1.0, default=None)
    if best is None:
        raise NobodyMatches(
            "Nobody in the footage shows their face for long enough to match a photo.", *_NOBODY_SHOWS
        )
    if (best.similarity or -1.0) >= SAME_PERSON:
        return best
    raise NobodyMatches(
        f"Nobody in the footage matches the photo: the best similarity is {best.similarity:.2f}, and "
        f"{SAME_PERSON} is needed.",
        Remedy("photo", words="try a sharper, frontal photo of the person alone"),
        Remedy("person"),
    )


def matching_times_s(
    scan: Scan, photo: str | os.PathLike[str], *, most: int = 60
) -> tuple[tuple[float, float], ...]:
    """(time, similarity) of coarse samples that show somebody like the photo, best first."""
    cv2.setNumThreads(1)
    wanted = identity_in(photo)
    seen = [s for s in scan.signals if s.faces]
    chosen = seen[:: max(1, -(-len(seen) // most))]
    found: list[tuple[float, float]] = []
    with reading(scan.source) as reader:
        for signal in chosen:
            alike = [float(wanted @ i) for i in _identities_at(reader, signal)]
            if alike and max(alike) >= SAME_PERSON:
                found.append((signal.t_s, max(alike)))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def _identities_at(reader: FrameReader, signal: FrameSignal) -> Iterator[Identity]:
    picture = picture_at(reader, signal.t_s)
    if picture is not None:
        for face in signal.faces:
            found = face_near(picture, face.box)
            if found is not None:
                yield embed(picture, found)
