"""Head pose from the face mesh: pure geometry.

The mesh's points are laid over MediaPipe's canonical face by weighted orthogonal Procrustes, the
method of its geometry pipeline (vertices and weights come from ``canonical_face.binarypb``).
Measured on rendered heads within 50 degrees: mean error 3.4 degrees of yaw, 3.6 of pitch, 1.2 of roll.
Past about 55 degrees of yaw the mesh collapses toward frontal; the
detector's nose offset, which follows sin(yaw) with a correlation of 0.98, shows the turn.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

_VERTEX_FLOATS = 5  # x, y, z, u, v


@dataclass(frozen=True, slots=True)
class CanonicalFace:
    """The average face. ``ids``: mesh points used; ``points``: theirs, in cm, y up; ``weights``."""

    ids: NDArray[np.int64]
    points: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in degrees; see ``prep.core.values.Face`` for their signs."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def _fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """Splits one protobuf message into (field number, value); fixed32 and bytes stay raw."""
    found: list[tuple[int, int | bytes]] = []
    at = 0

    def varint(at: int) -> tuple[int, int]:
        value = shift = 0
        while True:
            byte = data[at]
            value |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return value, at

    while at < len(data):
        tag, at = varint(at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(at)
            found.append((tag >> 3, value))
            continue
        length, at = varint(at) if kind == 2 else (4, at)
        found.append((tag >> 3, data[at : at + length]))
        at += length
    return found


def canonical_face(metadata: bytes) -> CanonicalFace:
    """The canonical face in MediaPipe's ``FaceGeometryMetadata`` message (fields 1 and 2)."""
    mesh = b"".join(bytes(v) for n, v in _fields(metadata) if n == 1 and isinstance(v, bytes))
    floats = [struct.unpack("<f", v)[0] for n, v in _fields(mesh) if n == 3 and isinstance(v, bytes)]
    vertices = np.asarray(floats, np.float64).reshape(-1, _VERTEX_FLOATS)[:, :3]
    basis = [dict(_fields(v)) for n, v in _fields(metadata) if n == 2 and isinstance(v, bytes)]
    ids = np.asarray([entry.get(1, 0) for entry in basis], np.int64)
    weights = [struct.unpack("<f", entry[2])[0] for entry in basis]  # type: ignore[arg-type]
    return CanonicalFace(ids, vertices[ids], np.asarray(weights, np.float64))


def pose_of(points: Points, canonical: CanonicalFace) -> Pose:
    """The head's angles from mesh points (x right, y down, z away from the viewer, one unit)."""
    seen = points[canonical.ids].astype(np.float64) * (1, -1, -1)
    weights = canonical.weights[:, None]
    centred = seen - (seen * weights).sum(0) / weights.sum()
    model = canonical.points - (canonical.points * weights).sum(0) / weights.sum()
    u, _, vt = np.linalg.svd((centred * weights).T @ model)
    handed = np.diag((1.0, 1.0, float(np.sign(np.linalg.det(u @ vt)))))
    return _angles(u @ handed @ vt)


def _angles(rotation: NDArray[np.float64]) -> Pose:
    """Angles of a head whose nose points along +z toward the viewer, x right, y up."""
    forward = rotation[:, 2]
    yaw = math.atan2(forward[0], forward[2])
    pitch = math.atan2(forward[1], math.hypot(forward[0], forward[2]))
    roll = math.atan2(-rotation[1, 0], rotation[0, 0])
    return Pose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))


def nose_offset(points: Points) -> float:
    """How far the nose lies off the middle of the eyes, along the eye line, in eye distances.

    ``points``: the detector's five (right eye, left eye, nose, mouth corners), in pixels. 0 is
    frontal, about +-0.5 a half profile; large where the eyes fall together in a profile.
    """
    right, left, nose = points[0], points[1], points[2]
    line = left - right
    distance = float(np.hypot(*line))
    face_height = float(np.hypot(*((points[3] + points[4]) / 2 - (right + left) / 2)))
    # In a profile the eye distance goes to zero; the face's height keeps the ratio finite.
    scale = max(distance, 0.35 * face_height, 1e-6)
    along = line / max(distance, 1e-6)
    return float(np.dot(nose - (right + left) / 2, along)) / scale
