"""Whether a window shows one person throughout, where place and size alone cannot tell.

Tracks follow a face by place and size, and the cut detector compares layouts. A jump cut from one
person to another in the same framing, as in a locked-off interview, passes both. So a few faces of the
window that is about to win are held against one another by identity; where they differ, the frame at
which one face becomes another is found, and is a cut from then on.

Measured within chosen windows of real footage: faces a fifth of a second apart are alike by 0.59 at
least and mostly by 0.8, strangers by 0.39 at most. A face that turns away, or is too small to be read
well, changes by degrees and makes no cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2

from prep.detector import Picture
from prep.errors import PickError
from prep.faces import FaceStack
from prep.frames import ANALYSIS_SIDE_PX, FrameReader, reading
from prep.likeness import SAME_PERSON, Identity, face_near
from prep.moments import pictures_at
from prep.score import is_person
from prep.segment import pick
from prep.values import Box, Scan, Segment, Source, TrackKey
from prep.windows import Window, window_behind

MOST_CUTS = 4
_LOOKS = 4
_MIN_FACE_PX = 32


def with_hidden_cuts(scan: Scan) -> Scan:
    """The scan with a cut wherever its best window would join two people."""
    for _ in range(MOST_CUTS):
        try:
            best = pick(scan)
        except PickError:
            return scan
        cut_s = hidden_cut_s(scan, best)
        if cut_s is None:
            return scan
        scan = with_cut(scan, cut_s)
    return scan


def with_cut(scan: Scan, cut_s: float) -> Scan:
    """The scan with one more cut."""
    return replace(scan, cuts_s=tuple(sorted({*scan.cuts_s, cut_s})))


def hidden_cut_s(
    scan: Scan, segment: Segment, *, tracks: frozenset[TrackKey] | None = None
) -> float | None:
    """When another person takes the face's place inside a segment, None where nobody does.

    ``tracks``: of the person that the segment was picked for. Costs the decoding of the segment and
    about six identities.
    """
    window = window_behind(scan, segment, tracks=tracks)
    if window is None or window.track is None:
        return None
    sightings = _sightings(window, scan.source)
    cv2.setNumThreads(1)
    stack = FaceStack()
    with reading(scan.source) as reader:
        seen = _known(reader, stack, _looked_at(sightings))
        for before, after in pairwise(seen):
            if _alike(before, after) < SAME_PERSON:
                cut_s = _step_s(reader, stack, sightings, before, after)
                if cut_s is not None:
                    return cut_s
    return None


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One moment that shows the face, and where. ``motion``: see ``FrameSignal``."""

    t_s: float
    box: Box
    motion: float = 0.0


@dataclass(frozen=True, slots=True)
class _Known:
    """A sighting and whose face it is."""

    sighting: _Sighting
    identity: Identity

    @property
    def t_s(self) -> float:
        return self.sighting.t_s


def _alike(one: _Known, other: _Known) -> float:
    return float(one.identity @ other.identity)


def _sightings(window: Window, source: Source) -> list[_Sighting]:
    """The window's samples whose face is large enough to be told from another's."""
    faces = window.track.faces if window.track is not None else {}
    scale = min(1.0, ANALYSIS_SIDE_PX / max(source.width_px, source.height_px))
    found = [(signal, faces.get(i)) for i, signal in enumerate(window.signals, window.first)]
    return [
        _Sighting(signal.t_s, face.box, signal.motion)
        for signal, face in found
        if face is not None
        and is_person(face)
        and face.box.height * source.height_px * scale >= _MIN_FACE_PX
    ]


def _looked_at(sightings: Sequence[_Sighting]) -> list[_Sighting]:
    """A few over the window, and both sides of its greatest change."""
    if len(sightings) < 2:
        return []
    last = len(sightings) - 1
    chosen = {round(k * last / (_LOOKS - 1)) for k in range(_LOOKS)}
    sharpest = max(range(1, len(sightings)), key=lambda i: sightings[i].motion)
    return [sightings[i] for i in sorted({*chosen, sharpest - 1, sharpest})]


def _known(reader: FrameReader, stack: FaceStack, sightings: Sequence[_Sighting]) -> list[_Known]:
    """Whose faces they are; those that are not found again are left out."""
    found = _pictures(reader, sightings)
    known = (_recognised(picture, sighting, stack) for sighting, picture in found)
    return [one for one in known if one is not None]


def _pictures(
    reader: FrameReader, sightings: Sequence[_Sighting]
) -> Iterator[tuple[_Sighting, Picture]]:
    by_time = {s.t_s: s for s in sightings}
    return ((by_time[t_s], picture) for t_s, picture in pictures_at(reader, list(by_time)))


def _recognised(picture: Picture, sighting: _Sighting, stack: FaceStack) -> _Known | None:
    face = face_near(picture, sighting.box)
    return _Known(sighting, stack.embed(picture, face)) if face is not None else None


def _step_s(
    reader: FrameReader,
    stack: FaceStack,
    sightings: Sequence[_Sighting],
    before: _Known,
    after: _Known,
) -> float | None:
    """The first frame of the second person; None where one face becomes the other by degrees.

    Looks at half of what is left each time, first of the samples, then of the frames between two.
    """
    inner = [s for s in sightings if before.t_s < s.t_s < after.t_s]
    before, after = _narrowed(reader, stack, inner, before, after)
    times_s = reader.frame_times_s(before.t_s, after.t_s)
    frames = [_Sighting(t_s, before.sighting.box) for t_s in times_s if before.t_s < t_s < after.t_s]
    before, after = _narrowed(reader, stack, frames, before, after)
    return after.t_s if _alike(before, after) < SAME_PERSON else None


def _narrowed(
    reader: FrameReader,
    stack: FaceStack,
    inner: Sequence[_Sighting],
    before: _Known,
    after: _Known,
) -> tuple[_Known, _Known]:
    """The last moment that is more like ``before`` and the first that is more like ``after``."""
    left = list(_pictures(reader, inner))
    first, last = before, after
    while left:
        middle = len(left) // 2
        sighting, picture = left[middle]
        known = _recognised(picture, sighting, stack)
        if known is None:
            del left[middle]
        elif _alike(known, first) >= _alike(known, last):
            before, left = known, left[middle + 1 :]
        else:
            after, left = known, left[:middle]
    return before, after
