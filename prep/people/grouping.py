"""The people in the footage: tracks grouped by face identity.

Identities (``prep.people.likeness``) are averaged over a person's most frontal moments.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.shots import shots_of
from screentest.prep.core.values import Box, Face, FrameSignal, Scan, TrackKey
from screentest.prep.media.frames import FrameReader, reading
from screentest.prep.media.pictures import picture_at
from screentest.prep.people.likeness import (
    SAME_PERSON,
    identity_in,
    mean_identity,
)
from screentest.prep.people.recogniser import Identity
from screentest.prep.people.splices import (
    MOST_CUTS,
    Identified,
    Sighting,
    hidden_cut_among_s,
    identify,
    sightings_of,
    with_cuts,
)
from screentest.prep.people.tracks import tracks_of
from screentest.prep.scoring.life import is_picture
from screentest.prep.vision.facing import is_person, turn_deg

_CLOSEUPS = 3
_MIN_SAMPLES = 3
_THUMB_PX = 160


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a scan.

    ``number``: from 1 on, most prominent first. ``tracks``: where the person is, see
    ``prep.core.values.TrackKey``. ``seen_s``: how long the face shows in what was looked at closely; a
    moment that shows it twice, as beside a mirror, counts once.
    ``height``: the largest face's height as a share of the picture. ``best_s``/``box``: the most
    frontal moment. ``thumbnail``: BGR, of that moment. ``similarity``: to the photo asked for, in
    [-1, 1]; None where none was.
    """

    number: int
    tracks: frozenset[TrackKey]
    seen_s: float
    height: float
    best_s: float
    box: Box
    thumbnail: Picture
    similarity: float | None = None


# A moment that shows a face: when, and until when it stands for what is seen.
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Appearance:
    """One track with its identity."""

    key: TrackKey
    shown: frozenset[Interval]
    height: float
    best_s: float
    best: Face
    thumbnail: Picture
    identity: Identity
    is_picture: bool

    @property
    def weight(self) -> float:
        """How prominent: the largest face by the time it shows."""
        return _length_s(self.shown) * self.height


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The people of a scan, most prominent first, and the scan that their tracks are of.

    ``scan`` has one more cut wherever one person replaces another in the same framing
    (``prep.people.splices``).
    """

    scan: Scan
    people: tuple[Person, ...]


def people(scan: Scan, *, photo: str | os.PathLike[str] | None = None) -> tuple[Person, ...]:
    """The people of a scan, see ``find_people``."""
    return find_people(scan, photo=photo).people


def find_people(scan: Scan, *, photo: str | os.PathLike[str] | None = None) -> FoundPeople:
    """Who is in a scan.

    ``photo``: a picture of a person, whom each person found is compared with. Raises FootageError where
    the photo cannot be read or shows no face.
    """
    cv2.setNumThreads(1)
    wanted = identity_in(photo) if photo is not None else None
    with reading(scan.source) as reader:
        for rounds_left in reversed(range(MOST_CUTS)):
            known = [(seen, _closeups(seen, reader)) for seen in _tracks(scan)]
            cuts_s = [_hidden_cut_s(*pair, scan, reader) for pair in known]
            hidden_s = [cut_s for cut_s in cuts_s if cut_s is not None]
            if not hidden_s or not rounds_left:
                break
            scan = with_cuts(scan, hidden_s)
    groups = _living(_grouped([_appearance(seen, closeups) for seen, closeups in known if closeups]))
    groups.sort(key=lambda group: -sum(a.weight for a in group))
    return FoundPeople(scan, tuple(_person(n, group, wanted) for n, group in enumerate(groups, 1)))


@dataclass(frozen=True, slots=True)
class _TrackMoments:
    """One track and its moments with the face turned to the camera, in order of time."""

    key: TrackKey
    moments: tuple[tuple[FrameSignal, Face], ...]
    shown: frozenset[Interval]


@dataclass(frozen=True, slots=True)
class _Closeup:
    """One moment of a track, looked at again for who it is."""

    t_s: float
    face: Face
    identified: Identified
    picture: Picture


def _tracks(scan: Scan) -> Iterator[_TrackMoments]:
    for shot in shots_of(scan):
        ends_s = [*(s.t_s for s in shot.signals[1:]), shot.span.end_s]
        for track in tracks_of(shot.signals, aspect=shot.aspect):
            seen = sorted(i for i, face in track.faces.items() if is_person(face))
            if len(seen) >= _MIN_SAMPLES:
                moments = tuple((shot.signals[i], track.faces[i]) for i in seen)
                shown = frozenset((shot.signals[i].t_s, ends_s[i]) for i in seen)
                yield _TrackMoments(track.key(shot.signals), moments, shown)


def _closeups(seen: _TrackMoments, reader: FrameReader) -> list[_Closeup]:
    """The most frontal moment of each part of a track, in order of time, where it is found again."""
    count = len(seen.moments)
    parts = [
        seen.moments[count * k // _CLOSEUPS : count * (k + 1) // _CLOSEUPS] for k in range(_CLOSEUPS)
    ]
    closeups = []
    for signal, face in (min(part, key=lambda moment: _turned(moment[1])) for part in parts):
        picture = picture_at(reader, signal.t_s)
        if picture is None:
            continue
        identified = identify(picture, Sighting(signal.t_s, face.box))
        if identified is not None:
            closeups.append(_Closeup(signal.t_s, face, identified, picture))
    return closeups


def _turned(face: Face) -> float:
    return turn_deg(face) + abs(face.roll_deg) / 2


def _hidden_cut_s(
    seen: _TrackMoments, closeups: Sequence[_Closeup], scan: Scan, reader: FrameReader
) -> float | None:
    """When the track goes over from one person to another; None where it is one throughout."""
    sightings = sightings_of(seen.moments, scan.source_of(seen.moments[0][0]))
    large = {s.t_s for s in sightings}
    return hidden_cut_among_s(
        reader, sightings, [one.identified for one in closeups if one.t_s in large]
    )


def _appearance(seen: _TrackMoments, closeups: Sequence[_Closeup]) -> _Appearance:
    """``closeups``: at least one."""
    best = min(closeups, key=lambda one: _turned(one.face))
    return _Appearance(
        key=seen.key,
        shown=seen.shown,
        height=max(f.box.height for _, f in seen.moments),
        best_s=best.t_s,
        best=best.face,
        thumbnail=_thumbnail(best.picture, best.face.box),
        identity=mean_identity([one.identified.identity for one in closeups]),
        is_picture=is_picture([s.t_s for s, _ in seen.moments], [f for _, f in seen.moments]),
    )


def _length_s(shown: Iterable[Interval]) -> float:
    return sum(end_s - start_s for start_s, end_s in shown)


def _grouped(appearances: Sequence[_Appearance]) -> list[list[_Appearance]]:
    """Appearances of one person together: each joins the group it is most like, if enough so."""
    groups: list[list[_Appearance]] = []
    for appearance in sorted(appearances, key=lambda a: -a.weight):
        means = [float(mean_identity([a.identity for a in g]) @ appearance.identity) for g in groups]
        best = int(np.argmax(means)) if means else -1
        if best >= 0 and means[best] >= SAME_PERSON:
            groups[best].append(appearance)
        else:
            groups.append([appearance])
    return groups


def _living(groups: list[list[_Appearance]]) -> list[list[_Appearance]]:
    """Those who are not mere pictures, as on a wall; everybody where nobody else is there."""
    return [group for group in groups if not all(a.is_picture for a in group)] or groups


def _person(number: int, group: Sequence[_Appearance], wanted: Identity | None) -> Person:
    best = max(group, key=lambda a: a.weight)
    person = Person(
        number=number,
        tracks=frozenset(a.key for a in group),
        seen_s=_length_s(frozenset().union(*(a.shown for a in group))),
        height=max(a.height for a in group),
        best_s=best.best_s,
        box=best.best.box,
        thumbnail=best.thumbnail,
    )
    if wanted is None:
        return person
    return replace(person, similarity=float(mean_identity([a.identity for a in group]) @ wanted))


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
