"""A head whose pose is known: a portrait laid over the canonical face mesh, turned and drawn.

The portrait is NASA's picture of Eileen Collins, in the public domain, which scikit-image carries as
``skimage.data.astronaut``. The mesh is MediaPipe's canonical face, 468 points in centimetres, from the
metadata, ``canonical_face.binarypb``; hair and the back of the head are rings around its rim.

Axes of the head: x to the viewer's right, y up, z out of the face. Angles carry the signs that
``prep.core.values.Face`` documents: yaw to the viewer's right, chin up and a clockwise tilt are
positive.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

from screentest.prep.core.picture import Picture
from screentest.prep.vision.detector import detect
from screentest.prep.vision.mesh import FaceStack, region_of_detection
from screentest.prep.vision.weights import CANONICAL_FACE, weights
from tests.known_pose.mien import CALM, Mien, painted

Array = NDArray[np.float64]

# The portrait is drawn enlarged, so that eyelids can be painted on it smoothly.
TEXTURE_SCALE = 3
# Top of the forehead to the chin, canonical points 10 and 152.
FACE_HEIGHT_CM = 17.67
_CAMERA_CM = 110.0
_VERTEX_FLOATS = 5

# Rings behind the rim: (share of the hair's reach, depth in cm, share of the reach in the portrait).
_RINGS = ((0.5, 1.0, 0.5), (0.9, -1.5, 0.8), (1.0, -5.0, 0.4), (0.9, -8.5, 0.6), (0.5, -11.5, 0.3))
_AXIS_CM = (0.0, 1.0)
# The joint of the jaw, y and z, and what is upper and lower lip.
_JOINT_CM = (-1.0, -3.0)
# fmt: off
_UPPER_LIP = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 78, 191, 80, 81, 82, 13, 312, 311, 310, 415,
)
# fmt: on
_LOWER_LIP = (146, 91, 181, 84, 17, 314, 405, 321, 375, 95, 88, 178, 87, 14, 317, 402, 318, 324)
_HAIR_REACH = 1.5
_SKIN_REACH = 0.93


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees; see the module for signs."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    def rotation(self) -> Array:
        """Head axes to viewer's axes: tilted first, then nodded, then turned."""
        yaw, pitch, roll = (math.radians(a) for a in (self.yaw_deg, self.pitch_deg, self.roll_deg))
        turn = [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
        nod = [
            [1, 0, 0],
            [0, math.cos(pitch), math.sin(pitch)],
            [0, -math.sin(pitch), math.cos(pitch)],
        ]
        tilt = [[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
        rotation: Array = np.asarray(turn) @ np.asarray(nod) @ np.asarray(tilt)
        return rotation


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn head: colours, coverage in [0, 1], and where the head's origin lies in it, in pixels."""

    picture: Picture
    alpha: NDArray[np.float32]
    origin_px: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Head:
    """``vertices``: n x 3, cm. ``texture``: n x 2, pixels of the portrait. ``triangles``: m x 3."""

    vertices: Array
    texture: Array
    triangles: NDArray[np.int64]


@lru_cache(maxsize=16)
def portrait(mien: Mien = CALM) -> Picture:
    """The enlarged portrait, BGR, with a mien painted on it."""
    picture = _as_published()
    if mien == CALM:
        size = (picture.shape[1] * TEXTURE_SCALE, picture.shape[0] * TEXTURE_SCALE)
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    points = landmarks()
    per_cm = float(np.hypot(*(points[152] - points[10]))) / FACE_HEIGHT_CM
    return painted(portrait(), points, mien, per_cm=per_cm)


def _as_published() -> Picture:
    rgb: Picture = astronaut()
    return np.ascontiguousarray(rgb[:, :, ::-1])


@cache
def landmarks() -> Array:
    """Where the 468 mesh points lie in the enlarged portrait, pixels."""
    faces = FaceStack()
    picture = _as_published()
    mesh = faces.fit(picture, region_of_detection(detect(picture)[0]))
    return mesh.points[:468, :2].astype(np.float64) * TEXTURE_SCALE


# A pose that is held is drawn once, and put into every picture; a blink comes back to it.
@lru_cache(maxsize=48)
def drawn(
    pose: Pose, *, height_px: float, mien: Mien = CALM, mirrored: bool = False, depth: float = 1.0
) -> Sprite:
    """The head in a pose, its face ``height_px`` high when frontal; seen from 1.1 m.

    ``depth``: how deep the head is, in those of the average one.
    """
    head = _head()
    seen = _moved(head.vertices, mien) * (1, 1, depth) @ pose.rotation().T
    scale = height_px / FACE_HEIGHT_CM
    nearer = _CAMERA_CM / (_CAMERA_CM - seen[:, 2])
    flat = seen[:, :2] * nearer[:, None] * (scale, -scale)
    corner = np.floor(flat.min(0)) - 2
    points = flat - corner
    width, height = (int(v) for v in np.ceil(points.max(0)) + 3)
    which = _visible(points, seen[:, 2], head.triangles, (height, width))
    picture = _coloured(which, points, head, portrait(mien))
    alpha = cv2.GaussianBlur((which > 0).astype(np.float32), (3, 3), 0)
    origin = (float(-corner[0]), float(-corner[1]))
    if mirrored:
        picture, alpha = np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(alpha[:, ::-1])
        origin = (width - 1 - origin[0], origin[1])
    return Sprite(picture, np.asarray(alpha, np.float32), origin)


def _visible(
    points: Array, depth: Array, triangles: NDArray[np.int64], size: tuple[int, int]
) -> NDArray[np.int32]:
    """Which triangle shows in each pixel, counted from 1; 0 is nothing. Painted from far to near."""
    corners = points[triangles]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    towards = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0  # y is down: counter-clockwise in the mesh
    order = np.argsort(depth[triangles].mean(1))
    which = np.zeros(size, np.int32)
    shift = 4
    fixed = np.round(corners * 2**shift).astype(np.int32)
    for index in order[towards[order]]:
        cv2.fillConvexPoly(which, fixed[index], int(index) + 1, cv2.LINE_8, shift)
    return which


def _coloured(which: NDArray[np.int32], points: Array, head: _Head, texture: Picture) -> Picture:
    """Every pixel's colour: each triangle takes its part of the portrait by its own affine map."""
    corners = np.concatenate([points[head.triangles], np.ones((len(head.triangles), 3, 1))], 2)
    flat = np.abs(np.linalg.det(corners)) < 1e-9
    corners[flat] = np.eye(3)
    maps = np.linalg.solve(corners, head.texture[head.triangles])  # m x 3 x 2
    rows, columns = np.nonzero(which)
    chosen = maps[which[rows, columns] - 1]
    where = columns[:, None] * chosen[:, 0] + rows[:, None] * chosen[:, 1] + chosen[:, 2]
    found = np.zeros((*which.shape, 2), np.float32)
    found[rows, columns] = where
    return np.asarray(cv2.remap(texture, found[..., 0], found[..., 1], cv2.INTER_LINEAR), np.uint8)


@cache
def _head() -> _Head:
    face, triangles = _canonical_mesh()
    rim = _rim(triangles)
    vertices, texture = [face], [landmarks()]
    outwards = _reaches(face, rim)
    first = len(face)
    rings = [np.asarray(rim)]
    for reach, depth_cm, portrait_reach in _RINGS:
        vertices.append(_ring(face[rim], outwards, reach, depth_cm))
        texture.append(_ring(landmarks()[rim], outwards, portrait_reach, None))
        rings.append(np.arange(first, first + len(rim)))
        first += len(rim)
    vertices.append(np.asarray([[*_AXIS_CM, _RINGS[-1][1] - 1]]))
    texture.append(texture[-1].mean(0, keepdims=True))
    around = np.concatenate([_band(a, b) for a, b in pairwise(rings)])
    cap = [(a, first, b) for a, b in zip(rings[-1], np.roll(rings[-1], -1), strict=True)]
    all_triangles = np.concatenate([triangles, around, np.asarray(cap)])
    return _Head(np.concatenate(vertices), np.concatenate(texture), all_triangles)


def _moved(vertices: Array, mien: Mien) -> Array:
    """The head with its jaw dropped and its mouth drawn aside; skin near the lips follows."""
    if not mien.jaw_deg and not mien.pulled_cm:
        return vertices
    moved = vertices.copy()
    face = moved[:468]
    corner = face[[61, 291]].mean(0)
    if mien.pulled_cm:
        away = np.hypot((face[:, 0] - 0.8) / 4.2, (face[:, 1] - corner[1]) / 3.2)
        near = np.exp(-(away**2) * 1.5)
        face[:, 0] += mien.pulled_cm * near
        # One corner goes up.
        face[:, 1] += 0.5 * mien.pulled_cm * near * np.clip(face[:, 0] / 3, -1, 1)
    if mien.jaw_deg:
        low = np.clip((corner[1] + 0.2 - face[:, 1]) / 1.2, 0, 1)
        low[list(_UPPER_LIP)] = 0
        low[list(_LOWER_LIP)] = np.clip(1.3 - np.abs(face[list(_LOWER_LIP), 0]) / 2.6, 0, 1)
        turn = np.radians(mien.jaw_deg) * low
        # About the joint before the ears.
        up, out = face[:, 1] - _JOINT_CM[0], face[:, 2] - _JOINT_CM[1]
        face[:, 1] = _JOINT_CM[0] + up * np.cos(turn) - out * np.sin(turn)
        face[:, 2] = _JOINT_CM[1] + up * np.sin(turn) + out * np.cos(turn)
    return moved


def _ring(rim: Array, outwards: Array, share: float, depth_cm: float | None) -> Array:
    """The rim moved out from its middle: a share of the way to each point's own reach."""
    middle = rim[:, :2].mean(0)
    factor = 1 + (outwards - 1) * share
    flat = middle + (rim[:, :2] - middle) * factor[:, None]
    if depth_cm is None:
        return np.asarray(flat)
    # Not past the rim itself, where the jaw lies deeper than the first ring.
    depth = np.minimum(rim[:, 2] - 0.5, depth_cm)
    return np.column_stack([flat, depth])


def _reaches(face: Array, rim: list[int]) -> Array:
    """How far the head goes on beyond each point of the rim: hair above the ears, skin below."""
    height = face[rim][:, 1]
    low, high = -3.5, 1.0
    hair = np.clip((height - low) / (high - low), 0, 1)
    return _SKIN_REACH + (_HAIR_REACH - _SKIN_REACH) * hair


def _band(inner: NDArray[np.int64], outer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles between two rings, facing outwards."""
    inner_next, outer_next = np.roll(inner, -1), np.roll(outer, -1)
    first = np.column_stack([inner, outer, outer_next])
    second = np.column_stack([inner, outer_next, inner_next])
    return np.concatenate([first, second])


def _rim(triangles: NDArray[np.int64]) -> list[int]:
    """The mesh's outer edge as a loop, in the direction its triangles run."""
    edges = [(int(t[i]), int(t[(i + 1) % 3])) for t in triangles for i in range(3)]
    known = set(edges)
    after = {a: b for a, b in edges if (b, a) not in known}
    loop = [10]  # the top of the forehead
    while (following := after[loop[-1]]) != loop[0]:
        loop.append(following)
    return loop


def _canonical_mesh() -> tuple[Array, NDArray[np.int64]]:
    """All 468 points and 898 triangles of MediaPipe's ``FaceGeometryMetadata`` message."""
    mesh = b"".join(v for n, v in _fields(weights(CANONICAL_FACE)) if n == 1 and isinstance(v, bytes))
    fields = _fields(mesh)
    floats = [struct.unpack("<f", v)[0] for n, v in fields if n == 3 and isinstance(v, bytes)]
    corners = [v for n, v in fields if n == 4]
    vertices = np.asarray(floats, np.float64).reshape(-1, _VERTEX_FLOATS)[:, :3]
    return vertices, np.asarray(corners, np.int64).reshape(-1, 3)


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """A protobuf message as (field number, value); fixed32 and nested ones stay bytes."""
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 == 0:
            value, at = _varint(message, at)
            found.append((tag >> 3, value))
            continue
        length, at = _varint(message, at) if tag & 7 == 2 else (4, at)
        found.append((tag >> 3, message[at : at + length]))
        at += length
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
