"""Hidden cuts: where one person's face becomes another's in the same place and size.

Tracks follow a face by place and size, and the cut detector compares layouts. A jump cut from one
person to another in the same framing, as in a locked-off interview, passes both. So a few faces of the
window that is about to win are held against one another by identity; where they differ, the frame at
which one face becomes another is found, and is a cut from then on.

Measured within chosen windows of real footage: faces a fifth of a second apart are alike by 0.59 at
least and mostly by 0.8, strangers by 0.39 at most. A face that turns away, or is too small to be read
well, changes by degrees and makes no cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2

from screentest.prep.core.picture import Picture
from screentest.prep.core.process import pool_of
from screentest.prep.core.values import Box, Face, FrameSignal, Scan, Source
from screentest.prep.media.frames import ANALYSIS_SIDE_PX, FrameReader, reading
from screentest.prep.media.pictures import pictures_at
from screentest.prep.people.likeness import SAME_PERSON, face_near
from screentest.prep.people.recogniser import Identity, embed
from screentest.prep.vision.facing import is_person
from screentest.prep.vision.sessions import session
from screentest.prep.vision.weights import IDENTITY

# More than there are shots in what is looked at closely.
MOST_CUTS = 18
# How pictures are read that show at some moments: see ``prep.media.pictures.pictures_at``.
PicturesAt = Callable[[FrameReader, Sequence[float]], Iterator[tuple[float, Picture]]]
_COMPARED = 3
_THREADS = 2
_MIN_FACE_PX = 32


def with_cuts(scan: Scan, cuts_s: Iterable[float]) -> Scan:
    """The scan with more cuts."""
    return replace(scan, cuts_s=tuple(sorted({*scan.cuts_s, *cuts_s})))


def hidden_cut_s(
    source: Source, sightings: Sequence[Sighting], *, pictures: PicturesAt = pictures_at
) -> float | None:
    """When another person takes the face's place among some sightings, None where none does.

    ``sightings``: of one track, in order of time. ``pictures``: reads those at some moments, and may
    look at others in passing; called once. Costs the decoding of what lies between the first and the
    last, and about five identities, which a second core works out meanwhile.
    """
    cv2.setNumThreads(1)
    with reading(source) as reader:
        seen = _identified(reader, _to_compare(sightings), pictures)
        return hidden_cut_among_s(reader, sightings, seen)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One moment that shows a face, and where. ``motion``: see ``FrameSignal``."""

    t_s: float
    box: Box
    motion: float = 0.0


@dataclass(frozen=True, slots=True)
class Identified:
    """A sighting and whose face it is."""

    sighting: Sighting
    identity: Identity

    @property
    def t_s(self) -> float:
        return self.sighting.t_s


def similarity(one: Identified, other: Identified) -> float:
    """How alike two faces are, a cosine in [-1, 1]."""
    return float(one.identity @ other.identity)


def sightings_of(moments: Iterable[tuple[FrameSignal, Face]], source: Source) -> list[Sighting]:
    """The moments whose face is turned to the camera and large enough to identify."""
    scale = min(1.0, ANALYSIS_SIDE_PX / max(source.width_px, source.height_px))
    least = _MIN_FACE_PX / scale / source.height_px
    return [
        Sighting(signal.t_s, face.box, signal.motion)
        for signal, face in moments
        if is_person(face) and face.box.height >= least
    ]


def _to_compare(sightings: Sequence[Sighting]) -> list[Sighting]:
    """A few over the window, and both sides of its greatest change."""
    if len(sightings) < 2:
        return []
    last = len(sightings) - 1
    chosen = {round(k * last / (_COMPARED - 1)) for k in range(_COMPARED)}
    sharpest = max(range(1, len(sightings)), key=lambda i: sightings[i].motion)
    return [sightings[i] for i in sorted({*chosen, sharpest - 1, sharpest})]


def _identified(
    reader: FrameReader, sightings: Sequence[Sighting], pictures: PicturesAt
) -> list[Identified]:
    """The identities of the faces; those that are not found in the picture are left out."""
    found = _pictures(reader, sightings, pictures)
    if not sightings:
        list(found)
        return []  # nobody to compare: the model need not be loaded
    # This thread decodes while others compute identities.
    with pool_of(_THREADS, name="identity") as pool:
        pool.submit(session, IDENTITY)  # loads while the first picture is decoded
        identified = pool.map(lambda pair: identify(pair[1], pair[0]), found)
        return [one for one in identified if one is not None]


def _pictures(
    reader: FrameReader, sightings: Sequence[Sighting], pictures: PicturesAt = pictures_at
) -> Iterator[tuple[Sighting, Picture]]:
    by_time = {s.t_s: s for s in sightings}
    return ((by_time[t_s], picture) for t_s, picture in pictures(reader, list(by_time)))


def identify(picture: Picture, sighting: Sighting) -> Identified | None:
    """Whose face a picture shows where one was seen; None where no face is found there."""
    face = face_near(picture, sighting.box)
    return Identified(sighting, embed(picture, face)) if face is not None else None


def hidden_cut_among_s(
    reader: FrameReader, sightings: Sequence[Sighting], seen: Sequence[Identified]
) -> float | None:
    """The first frame of a second person among ``seen``, moments of one track in order of time.

    None where all are one, or where one face becomes the other by degrees. ``sightings``: of the track.
    """
    for before, after in pairwise(seen):
        if similarity(before, after) < SAME_PERSON:
            found_s = _located_cut_s(reader, sightings, before, after)
            if found_s is not None:
                return found_s
    return None


def _located_cut_s(
    reader: FrameReader, sightings: Sequence[Sighting], before: Identified, after: Identified
) -> float | None:
    """Looks at half of what is left each time, first of the samples, then of the frames between two."""
    inner = [s for s in sightings if before.t_s < s.t_s < after.t_s]
    before, after = _narrowed(reader, inner, before, after)
    times_s = reader.frame_times_s(before.t_s, after.t_s)
    frames = [Sighting(t_s, before.sighting.box) for t_s in times_s if before.t_s < t_s < after.t_s]
    before, after = _narrowed(reader, frames, before, after)
    return after.t_s if similarity(before, after) < SAME_PERSON else None


def _narrowed(
    reader: FrameReader,
    inner: Sequence[Sighting],
    before: Identified,
    after: Identified,
) -> tuple[Identified, Identified]:
    """The last moment that is more like ``before`` and the first that is more like ``after``."""
    left = list(_pictures(reader, inner))
    first, last = before, after
    while left:
        middle = len(left) // 2
        sighting, picture = left[middle]
        identified = identify(picture, sighting)
        if identified is None:
            del left[middle]
        elif similarity(identified, first) >= similarity(identified, last):
            before, left = identified, left[middle + 1 :]
        else:
            after, left = identified, left[:middle]
    return before, after
