"""How open one face's eyes are, measured often enough to tell a blink from eyes that stay shut.

The close look measures five pictures a second and finds the face in each. Between them the face moves
in a straight line, and the mesh is fitted only where the eyes look different from when it was fitted
last: most pictures of a face show the same eyes as the one before.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import EyesTrace, Face, Span, TrackKey
from screentest.prep.media.frames import FrameReader
from screentest.prep.vision.facing import MIN_PRESENCE, is_person
from screentest.prep.vision.mesh import MESH_MARGIN, FaceStack, Mesh, Region

# A slot lasts so long: the first picture of each is measured. Parts of six are measured whole, so that
# what is found in one does not depend on what was asked for.
PER_S = 15
_SLOTS = 6
# What lies further from a moment that shows the face was not followed.
_NEAR_S = 0.25
_EDGE_S = 1e-3
_LOOK_FOR_S = 1.0
# Corners of the eyes among the points of the mesh, the outer ones first.
_CORNERS = (33, 263, 133, 362)
_PATCH_PX = (64, 24)
_PATCH_EYES = 1.4
_BLOCKS = (4, 3)
# Footage: of pictures whose eyes differ by an eighth of their opening, 97 % differ by so much.
_CHANGED = 0.22
_LEAST_CONTRAST = 4.0


def part_of(t_s: float) -> int:
    """The number of the part of the footage in which a time lies."""
    return _slot_of(t_s) // _SLOTS


def _slot_of(t_s: float) -> int:
    return math.floor((t_s + _EDGE_S) * PER_S)


def within(trace: EyesTrace, parts: Container[int]) -> EyesTrace:
    """What of a trace lies in some parts."""
    pairs = zip(trace.times_s, trace.eyes_open, strict=True)
    return _trace(trace.track, [pair for pair in pairs if part_of(pair[0]) in parts])


def _trace(track: TrackKey, pairs: Sequence[tuple[float, float]]) -> EyesTrace:
    return EyesTrace(track, tuple(t_s for t_s, _ in pairs), tuple(value for _, value in pairs))


class EyesWatch:
    """Measures one face's eyes in the pictures of a stretch. For one pass over one reader.

    ``track``: whose face. ``moments``: all that show it, in order of time; at least one of them turned
    to the camera. ``parts``: the first and the last to measure. ``end_s``: when its shot ends.
    """

    def __init__(
        self,
        track: TrackKey,
        moments: Sequence[tuple[float, Face]],
        *,
        parts: tuple[int, int],
        end_s: float,
    ) -> None:
        self._track = track
        self._path = _Path([(t_s, face) for t_s, face in moments if is_person(face)])
        first, past = parts[0] * _SLOTS / PER_S, (parts[1] + 1) * _SLOTS / PER_S
        self._span = Span(max(first, moments[0][0]), min(past, end_s))
        self._last: _Measured | None = None
        self._slot = -1
        self._faces = FaceStack()
        self._seen: list[tuple[float, float]] = []

    def pictures_at(
        self, reader: FrameReader, times_s: Sequence[float]
    ) -> Iterator[tuple[float, Picture]]:
        """What ``prep.media.pictures.pictures_at`` gives; the eyes are measured in passing."""
        waiting = list(times_s)
        start_s = min([self._span.start_s, *waiting])
        latest_s = max([self._span.end_s, *(t_s + _LOOK_FOR_S for t_s in waiting)])
        for frame in reader.span(start_s - _EDGE_S, latest_s):
            due = self._is_due(frame.t_s)
            asked = bool(waiting) and frame.t_s >= waiting[0] - _EDGE_S
            if due or asked:
                picture = reader.picture(frame)
                if due:
                    self._look(frame.t_s, picture)
                while waiting and frame.t_s >= waiting[0] - _EDGE_S:
                    yield waiting.pop(0), picture
            if not waiting and frame.t_s >= self._span.end_s:
                return

    def trace(self) -> EyesTrace:
        """What was measured."""
        return _trace(self._track, self._seen)

    def _is_due(self, t_s: float) -> bool:
        """Whether a picture is the first of a slot, and shows the face."""
        if not self._span.start_s - _EDGE_S <= t_s < self._span.end_s - _EDGE_S:
            return False
        return _slot_of(t_s) != self._slot and self._path.is_near(t_s)

    def _look(self, t_s: float, picture: Picture) -> None:
        slot = _slot_of(t_s)
        if slot // _SLOTS != self._slot // _SLOTS:
            self._last = None
        self._slot = slot
        self._seen.append((t_s, self._eyes_open(t_s, picture)))

    def _eyes_open(self, t_s: float, picture: Picture) -> float:
        region = self._path.region_at(t_s, picture)
        if self._last is not None and not self._last.is_changed(picture, region):
            return self._last.eyes_open
        mesh = self._faces.fit(picture, region)
        if mesh.presence <= MIN_PRESENCE:
            return self._path.nearest(t_s).eyes_open
        eyes_open = self._faces.expression(mesh).eyes_open
        self._last = _Measured.of(picture, region, mesh, eyes_open)
        return eyes_open


@dataclass(frozen=True, slots=True)
class _Measured:
    """Eyes that the mesh was fitted to. ``eyes``: where in the region; ``patch``: their looks there."""

    eyes_open: float
    eyes: _Place
    patch: NDArray[np.float32]

    @classmethod
    def of(cls, picture: Picture, region: Region, mesh: Mesh, eyes_open: float) -> _Measured:
        eyes = _Place.of(mesh, region)
        return cls(eyes_open, eyes, _patch(picture, region, eyes))

    def is_changed(self, picture: Picture, region: Region) -> bool:
        """Whether the eyes look different now."""
        return difference(self.patch, _patch(picture, region, self.eyes)) > _CHANGED


def difference(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """How much two patches differ where they differ most, as a share of what is to see in the first."""
    where = cv2.resize(np.abs(before - after), _BLOCKS, interpolation=cv2.INTER_AREA)
    return float(where.max()) / max(_LEAST_CONTRAST, float(before.std()))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the eyes are in a region: the point between them, and their width, in its sides."""

    x: float
    y: float
    width: float

    @classmethod
    def of(cls, mesh: Mesh, region: Region) -> _Place:
        corners = mesh.points[list(_CORNERS), :2] - (region.x, region.y)
        cos, sin = math.cos(region.angle), math.sin(region.angle)
        local = corners @ np.array([[cos, -sin], [sin, cos]]) / region.side
        x, y = local.mean(axis=0)
        return cls(float(x), float(y), float(np.ptp(local[:, 0])))


def _patch(picture: Picture, region: Region, eyes: _Place) -> NDArray[np.float32]:
    """The luma of the eyes as they stand in a region, reduced to a few pixels."""
    width, height = _PATCH_PX
    scale = eyes.width * region.side * _PATCH_EYES / width
    cos, sin = math.cos(region.angle), math.sin(region.angle)
    x = region.x + region.side * (eyes.x * cos - eyes.y * sin)
    y = region.y + region.side * (eyes.x * sin + eyes.y * cos)
    axes = np.array([[cos, -sin], [sin, cos]]) * scale
    corner = np.array([x, y]) - axes @ (width / 2, height / 2)
    to_picture = np.hstack((axes, corner[:, None]))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.cvtColor(cv2.warpAffine(picture, to_picture, _PATCH_PX, flags=flags), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(seen, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)


class _Path:
    """Where a face is at any time, between the moments that show it."""

    def __init__(self, moments: Sequence[tuple[float, Face]]) -> None:
        self._times_s = [t_s for t_s, _ in moments]
        self._faces = [face for _, face in moments]

    def is_near(self, t_s: float) -> bool:
        """Whether the face was seen just before or after a time."""
        return abs(self._times_s[self._nearest(t_s)] - t_s) <= _NEAR_S

    def nearest(self, t_s: float) -> Face:
        """The face of the nearest moment."""
        return self._faces[self._nearest(t_s)]

    def region_at(self, t_s: float, picture: Picture) -> Region:
        """Where to fit the mesh at a time: see ``prep.vision.mesh.region_of_detection``."""
        past = min(len(self._faces) - 1, bisect_left(self._times_s, t_s))
        first = max(0, past - 1)
        before_s, after_s = self._times_s[first], self._times_s[past]
        share = 0.0 if first == past else (t_s - before_s) / (after_s - before_s)
        height_px, width_px = picture.shape[:2]

        def at(value: Callable[[Face], float]) -> float:
            one, other = value(self._faces[first]), value(self._faces[past])
            return one + min(1.0, max(0.0, share)) * (other - one)

        return Region(
            x=at(lambda face: face.box.centre[0]) * width_px,
            y=at(lambda face: face.box.centre[1]) * height_px,
            side=MESH_MARGIN
            * max(at(lambda f: f.box.width) * width_px, at(lambda f: f.box.height) * height_px),
            angle=math.radians(at(lambda face: face.roll_deg)),
        )

    def _nearest(self, t_s: float) -> int:
        return min(range(len(self._times_s)), key=lambda i: abs(self._times_s[i] - t_s))
