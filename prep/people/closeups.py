"""Closer looks at the tracks of a scan: whose face each shows, and the moment that shows it best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.shots import shots_of
from screentest.prep.core.values import Box, Face, FrameSignal, Scan, Source, TrackKey
from screentest.prep.media.frames import FrameReader
from screentest.prep.media.pictures import picture_at
from screentest.prep.people.recogniser import Identity
from screentest.prep.people.splices import Identified, Sighting, identify
from screentest.prep.people.tracks import tracks_of
from screentest.prep.scoring.faces import Weights, factors
from screentest.prep.scoring.usual import usual_of
from screentest.prep.vision.facing import is_person

# Of a portrait: nothing moves in it, and whoever else shows is cut off.
_PORTRAIT = Weights(gaze=0.5, alone=0.0, steady=0.0)
_CLOSEUPS = 3
# Crowds break into hundreds; the least prominent are left out.
_MOST_TRACKS = 60
_THUMB_PX = 160

# A moment that shows a face: when, and until when it stands for what is seen.
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TrackMoments:
    """One track and its moments with the face turned to the camera, in order of time; at least one.

    ``shot_s``: when its shot begins. ``source``: shaped as it is there.
    """

    key: TrackKey
    moments: tuple[tuple[FrameSignal, Face], ...]
    shown: frozenset[Interval]
    shot_s: float
    source: Source

    @property
    def weight(self) -> float:
        """How prominent: how long the face shows, by the largest height of it."""
        return sum(end_s - start_s for start_s, end_s in self.shown) * self.height

    @property
    def height(self) -> float:
        """Of the largest face, as a share of the picture's."""
        return max(face.box.height for _, face in self.moments)


@dataclass(frozen=True, slots=True)
class Closeup:
    """One moment of a track, looked at again for who it is.

    ``worth``: how good a portrait it is, in [0, 1]: turned to the camera, eyes open, uncovered, sharp.
    ``thumbnail``: see ``prep.people.grouping.Person``.
    """

    t_s: float
    face: Face
    worth: float
    identified: Identified
    thumbnail: Picture


# A face of a scan: when it shows, and where.
Place = tuple[float, Box]


@dataclass(frozen=True, slots=True)
class Memory:
    """What was found out about the faces of one piece of footage, so that none is looked at twice.

    None stands for a face that is not found again. It holds identities: it is forgotten with the work
    that it was made for.
    """

    closeups: dict[Place, Closeup | None] = field(default_factory=dict)
    identities: dict[Place, Identity | None] = field(default_factory=dict)


def tracks_in(scan: Scan) -> tuple[TrackMoments, ...]:
    """The tracks that show a face turned to the camera, in order of time."""
    found = list(_every_track(scan))
    prominent = sorted(found, key=lambda seen: -seen.weight)[:_MOST_TRACKS]
    return tuple(seen for seen in found if seen in prominent)


@dataclass(frozen=True, slots=True)
class FaceMoment:
    """A moment of a track. ``worth``: see ``Closeup``."""

    signal: FrameSignal
    face: Face
    worth: float


def best_moments(seen: TrackMoments) -> tuple[FaceMoment, ...]:
    """The best moment of each part of a track, in order of time."""
    usual = usual_of([face for _, face in seen.moments])

    def one(signal: FrameSignal, face: Face) -> FaceMoment:
        known = factors(face, seen.source, usual=usual, speed=0.0)
        return FaceMoment(signal, face, known.score(_PORTRAIT))

    rated = [one(*moment) for moment in seen.moments]
    parts = min(_CLOSEUPS, len(rated))
    edges = [len(rated) * k // parts for k in range(parts + 1)]
    return tuple(max(rated[a:b], key=lambda one: one.worth) for a, b in pairwise(edges))


def closeups_of(seen: TrackMoments, reader: FrameReader, memory: Memory) -> list[Closeup]:
    """The best moments of a track, in order of time, where the face is found again."""
    known, rated = memory.closeups, best_moments(seen)
    for one in rated:
        if _place(one) not in known:
            known[_place(one)] = _closeup(one, reader)
    found = (known[_place(one)] for one in rated)
    return [closeup for closeup in found if closeup is not None]


def _place(one: FaceMoment) -> Place:
    return (one.signal.t_s, one.face.box)


def _every_track(scan: Scan) -> Iterator[TrackMoments]:
    for shot in shots_of(scan):
        ends_s = [*(s.t_s for s in shot.signals[1:]), shot.span.end_s]
        for track in tracks_of(shot.signals, aspect=shot.aspect):
            seen = sorted(i for i, face in track.faces.items() if is_person(face))
            if not seen:
                continue
            moments = tuple((shot.signals[i], track.faces[i]) for i in seen)
            shown = frozenset((shot.signals[i].t_s, ends_s[i]) for i in seen)
            yield TrackMoments(track.key(shot.signals), moments, shown, shot.span.start_s, shot.source)


def _closeup(one: FaceMoment, reader: FrameReader) -> Closeup | None:
    t_s, box = one.signal.t_s, one.face.box
    picture = picture_at(reader, t_s)
    identified = identify(picture, Sighting(t_s, box)) if picture is not None else None
    if picture is None or identified is None:
        return None
    return Closeup(t_s, one.face, one.worth, identified, _thumbnail(picture, box))


def _thumbnail(picture: Picture, box: Box) -> Picture:
    """Head and shoulders, at most 160 pixels high."""
    height, width = picture.shape[:2]
    x, y = box.centre
    half = 0.9 * box.height * height
    left, right = max(0, int(x * width - half)), min(width, int(x * width + half))
    top, bottom = max(0, int(y * height - half)), min(height, int(y * height + half))
    inside = picture[top:bottom, left:right]
    scale = min(1.0, _THUMB_PX / max(1, inside.shape[0]))
    size = (max(1, round(inside.shape[1] * scale)), max(1, round(inside.shape[0] * scale)))
    return np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), np.uint8)
