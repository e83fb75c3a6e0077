"""Who is in the footage: tracks made people by identity, and a photo matched to one of them.

Identities are SFace vectors, averaged over a person's most frontal moments. They are biometric: made
only when somebody asks for people, and never stored. Measured across clips: the same person 0.69 mean
cosine, strangers at most 0.39; 0.42 parts them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from prep.errors import FootageError, NobodyMatches, NoSuchPerson
from prep.faces import Detection, FaceStack, Picture
from prep.frames import FrameReader, reading
from prep.media import regular_file
from prep.score import is_person, turn_deg
from prep.text import shown
from prep.tracks import Track, tracks_of
from prep.values import Box, Face, FrameSignal, Scan, TrackKey
from prep.windows import shots_of

SAME_PERSON = 0.42
_LOOKS = 3
_MIN_SAMPLES = 3
_LOOK_FOR_S = 1.0
_THUMB_PX = 160
_PHOTO_SIDE_PX = 1280
_PHOTO_BYTES = 64 << 20
_MIN_PHOTO_SIDE_PX = 16

Identity = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a scan.

    ``number``: from 1 on, most prominent first. ``tracks``: where the person is, see
    ``prep.values.TrackKey``. ``seen_s``: how long the face shows in what was looked at closely.
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


@dataclass(frozen=True, slots=True)
class _Appearance:
    """One track with its identity, or without one where no face of it could be read."""

    key: TrackKey
    seen_s: float
    height: float
    best_s: float
    best: Face
    thumbnail: Picture
    identity: Identity


def people(scan: Scan, *, photo: str | os.PathLike[str] | None = None) -> tuple[Person, ...]:
    """The people of a scan, most prominent first.

    ``photo``: a picture of somebody, to tell how like each person is to it. Raises FootageError where
    the photo cannot be read or shows no face.
    """
    cv2.setNumThreads(1)
    stack = FaceStack()
    wanted = _identity_in(photo, stack) if photo is not None else None
    with reading(scan.source) as reader:
        appearances = [a for track in _tracks(scan) if (a := _appearance(track, reader, stack))]
    groups = _grouped(appearances)
    groups.sort(key=lambda group: -sum(a.seen_s * a.height for a in group))
    return tuple(_person(n, group, wanted) for n, group in enumerate(groups, 1))


def numbered(found: Sequence[Person], number: int) -> Person:
    """The person of a number. Raises NoSuchPerson."""
    for person in found:
        if person.number == number:
            return person
    count = f"{len(found)} people were" if len(found) != 1 else "one person was"
    raise NoSuchPerson(
        f"There is no person {number}: {count} found.",
        "`screentest scan` lists them, with a picture each.",
    )


def matching(found: Sequence[Person]) -> Person:
    """The person most like the photo. Raises NobodyMatches, with the best similarity."""
    best = max(found, key=lambda p: p.similarity or -1.0, default=None)
    if best is not None and (best.similarity or -1.0) >= SAME_PERSON:
        return best
    closest = f"the closest is like it by {best.similarity:.2f}" if best else "nobody was found at all"
    raise NobodyMatches(
        f"Nobody in the footage matches the photo: {closest}, {SAME_PERSON} is wanted.",
        "Try a sharper, frontal photo of the person alone, or choose with --person.",
    )


def matching_times_s(
    scan: Scan, photo: str | os.PathLike[str], *, most: int = 60
) -> tuple[tuple[float, float], ...]:
    """(time, similarity) of coarse samples that show somebody like the photo, best first."""
    cv2.setNumThreads(1)
    stack = FaceStack()
    wanted = _identity_in(photo, stack)
    seen = [s for s in scan.signals if s.faces]
    chosen = seen[:: max(1, -(-len(seen) // most))]
    found: list[tuple[float, float]] = []
    with reading(scan.source) as reader:
        for signal in chosen:
            alike = [float(wanted @ i) for i in _identities_at(reader, stack, signal)]
            if alike and max(alike) >= SAME_PERSON:
                found.append((signal.t_s, max(alike)))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


@dataclass(frozen=True, slots=True)
class _Seen:
    """One track and its moments with the face turned to the camera, most frontal first."""

    track: Track
    key: TrackKey
    moments: tuple[tuple[FrameSignal, Face], ...]
    per_s: float


def _tracks(scan: Scan) -> Iterator[_Seen]:
    aspect = scan.source.width_px / scan.source.height_px
    for shot in shots_of(scan):
        length_s = max(1e-3, shot.span.end_s - shot.span.start_s)
        for track in tracks_of(shot.signals, aspect=aspect):
            moments = [(shot.signals[i], f) for i, f in track.faces.items() if is_person(f)]
            if len(moments) < _MIN_SAMPLES:
                continue
            moments.sort(key=lambda pair: turn_deg(pair[1]) + abs(pair[1].roll_deg) / 2)
            key = track.key(shot.signals)
            yield _Seen(track, key, tuple(moments), len(shot.signals) / length_s)


def _appearance(seen: _Seen, reader: FrameReader, stack: FaceStack) -> _Appearance | None:
    identities: list[Identity] = []
    thumbnail: Picture | None = None
    for signal, face in seen.moments[:_LOOKS]:
        picture = _picture_at(reader, signal.t_s)
        detection = _nearest(picture, face.box, stack) if picture is not None else None
        if picture is None or detection is None:
            continue
        identities.append(stack.embed(picture, detection))
        if thumbnail is None:
            thumbnail = _thumbnail(picture, face.box)
    if thumbnail is None:
        return None
    best_signal, best = seen.moments[0]
    return _Appearance(
        key=seen.key,
        seen_s=len(seen.moments) / seen.per_s,
        height=max(f.box.height for _, f in seen.moments),
        best_s=best_signal.t_s,
        best=best,
        thumbnail=thumbnail,
        identity=_mean(identities),
    )


def _picture_at(reader: FrameReader, t_s: float) -> Picture | None:
    shot = next(reader.span(t_s - 1e-4, t_s + _LOOK_FOR_S), None)
    return reader.picture(shot) if shot is not None else None


def _nearest(picture: Picture, box: Box, stack: FaceStack) -> Detection | None:
    """The face detected nearest to where one was seen."""
    height, width = picture.shape[:2]
    x, y = box.centre

    def distance(found: Detection) -> float:
        dx = found.x + found.width / 2 - x * width
        dy = found.y + found.height / 2 - y * height
        return float(np.hypot(dx, dy))

    best = min(stack.detect(picture), key=distance, default=None)
    return best if best is not None and distance(best) < best.height else None


def _identities_at(reader: FrameReader, stack: FaceStack, signal: FrameSignal) -> Iterator[Identity]:
    picture = _picture_at(reader, signal.t_s)
    if picture is not None:
        for face in signal.faces:
            found = _nearest(picture, face.box, stack)
            if found is not None:
                yield stack.embed(picture, found)


def _mean(identities: Sequence[Identity]) -> Identity:
    total = np.sum(identities, axis=0, dtype=np.float32)
    return np.asarray(total / max(1e-9, float(np.linalg.norm(total))), np.float32)


def _grouped(appearances: Sequence[_Appearance]) -> list[list[_Appearance]]:
    """Appearances of one person together: each joins the group it is most like, if enough so."""
    groups: list[list[_Appearance]] = []
    for appearance in sorted(appearances, key=lambda a: -a.seen_s * a.height):
        means = [float(_mean([a.identity for a in g]) @ appearance.identity) for g in groups]
        best = int(np.argmax(means)) if means else -1
        if best >= 0 and means[best] >= SAME_PERSON:
            groups[best].append(appearance)
        else:
            groups.append([appearance])
    return groups


def _person(number: int, group: Sequence[_Appearance], wanted: Identity | None) -> Person:
    best = max(group, key=lambda a: a.seen_s * a.height)
    person = Person(
        number=number,
        tracks=frozenset(a.key for a in group),
        seen_s=sum(a.seen_s for a in group),
        height=max(a.height for a in group),
        best_s=best.best_s,
        box=best.best.box,
        thumbnail=best.thumbnail,
    )
    if wanted is None:
        return person
    return replace(person, similarity=float(_mean([a.identity for a in group]) @ wanted))


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


def _identity_in(photo: str | os.PathLike[str], stack: FaceStack) -> Identity:
    """The identity of the largest face in a photo."""
    picture = _photo(photo)
    found = stack.detect(picture)
    if not found:
        raise FootageError(
            f"No face was found in the photo {shown(photo)}.",
            "Use a sharp, frontal photo of the person alone.",
        )
    return stack.embed(picture, found[0])


def _photo(photo: str | os.PathLike[str]) -> Picture:
    path = regular_file(photo)
    unreadable = FootageError(
        f"{shown(photo)} is not a picture that can be read.", "Give a JPEG or PNG file."
    )
    if not 0 < path.stat().st_size <= _PHOTO_BYTES:
        raise unreadable
    try:
        decoded = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:  # a header that claims more pixels than OpenCV allows
        raise unreadable from error
    if decoded is None or min(decoded.shape[:2]) < _MIN_PHOTO_SIDE_PX:
        raise unreadable
    scale = min(1.0, _PHOTO_SIDE_PX / max(decoded.shape[:2]))
    size = tuple(max(1, round(side * scale)) for side in decoded.shape[1::-1])
    return np.asarray(cv2.resize(decoded, size, interpolation=cv2.INTER_AREA), np.uint8)
