"""Finds one of the people of a scan by number, by a photo or by identity, and where else they show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2

from screentest.prep.core.errors import NobodyMatches, NoSuchPerson
from screentest.prep.core.progress import Progress
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Face, FrameSignal, Scan, Source
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import pictures_at
from screentest.prep.people.closeups import Memory, Place
from screentest.prep.people.grouping import Person
from screentest.prep.people.likeness import SAME_PERSON, face_near
from screentest.prep.people.recogniser import Identity, embed
from screentest.prep.people.splices import sightings_of

# At some 0.05 s each.
MOST_SAMPLES = 200
# Times nearer than this are the same.
_EDGE_S = 1e-3
_APART_S = 10.0

# A moment and those of its faces that are in question.
_Sample = tuple[FrameSignal, list[Face]]

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


def lost(number: int) -> NoSuchPerson:
    """The error of a person of the list whom a closer look does not make out."""
    return NoSuchPerson(
        f"Person {number} was not made out again where they were looked at closely.",
        Remedy("list_people"),
    )


def the_one(found: Sequence[Person], wanted: Identity) -> Person | None:
    """The person most like an identity; None where nobody is like it enough."""
    best = max(found, key=lambda p: float(p.identity @ wanted), default=None)
    return best if best is not None and float(best.identity @ wanted) >= SAME_PERSON else None


@dataclass(frozen=True, slots=True)
class Spotted:
    """A coarse sample that shows somebody. ``face``: theirs, only detected."""

    signal: FrameSignal
    face: Face

    @property
    def t_s(self) -> float:
        return self.signal.t_s


def spotted_in(
    scan: Scan,
    wanted: Identity,
    promises: Callable[[Face, Source], bool],
    *,
    memory: Memory,
    progress: Progress,
    most: int = MOST_SAMPLES,
) -> tuple[Spotted, ...]:
    """The coarse samples that show somebody, in order of time.

    ``promises``: whether a face there is worth it. Of more than ``most`` such samples, so many are
    looked at, evenly spread.
    """
    cv2.setNumThreads(1)
    seen: list[_Sample] = [
        (signal, faces)
        for signal in scan.signals
        if not signal.fine and (faces := _worthwhile(scan, signal, promises))
    ]
    chosen = [seen[k * len(seen) // most] for k in range(most)] if len(seen) > most else seen
    _identify(scan.source, chosen, memory, progress)
    found: list[Spotted] = []
    for signal, faces in chosen:
        alike = [(_likeness(signal, face, wanted, memory), face) for face in faces]
        likeness, face = max(alike, key=lambda pair: pair[0])
        if likeness >= SAME_PERSON:
            found.append(Spotted(signal, face))
    return tuple(found)


def _worthwhile(
    scan: Scan, signal: FrameSignal, promises: Callable[[Face, Source], bool]
) -> list[Face]:
    """The faces of a sample that are large enough to identify and promise something."""
    there = scan.source_of(signal)
    large = {sighting.box for sighting in sightings_of([(signal, f) for f in signal.faces], there)}
    return [face for face in signal.faces if face.box in large and promises(face, there)]


def _identify(source: Source, chosen: Sequence[_Sample], memory: Memory, progress: Progress) -> None:
    """Remembers whose faces these are; what hangs on one keyframe is decoded in one go."""
    new = [one for one in chosen if any(_place(one[0], f) not in memory.identities for f in one[1])]
    if not new:
        return

    def keyframe(one: _Sample) -> tuple[int, int]:
        """Where no keyframe is known of for long, what lies apart is sought by itself."""
        t_s = one[0].t_s
        return bisect_right(source.keyframes_s, t_s + _EDGE_S), int(t_s / _APART_S)

    with reading(source) as reader:
        done = 0
        for _, group in groupby(new, keyframe):
            waiting = {signal.t_s: (signal, faces) for signal, faces in group}
            for t_s, picture in pictures_at(reader, list(waiting)):
                signal, faces = waiting[t_s]
                for face in faces:
                    near = face_near(picture, face.box)
                    known = embed(picture, near) if near is not None else None
                    memory.identities[_place(signal, face)] = known
                done += 1
                progress(done / len(new))


def _place(signal: FrameSignal, face: Face) -> Place:
    return (signal.t_s, face.box)


def _likeness(signal: FrameSignal, face: Face, wanted: Identity, memory: Memory) -> float:
    identity = memory.identities.get(_place(signal, face))
    return float(identity @ wanted) if identity is not None else -1.0
