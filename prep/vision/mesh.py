"""The mesh of a detected face: how the head is turned, and what eyes and mouth do.

Pictures are BGR, uint8, height x width x 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.vision.detector import Detection
from screentest.prep.vision.facing import MIN_PRESENCE
from screentest.prep.vision.pose import CanonicalFace, Points, Pose, canonical_face, pose_of
from screentest.prep.vision.sessions import session
from screentest.prep.vision.weights import BLENDSHAPES, CANONICAL_FACE, MESH, weights

_MESH_SIDE_PX = 256
# The detector places the eyes of a tilted head as if it stood upright, and the mesh, in a square that
# is not tilted with the head, reads 30 degrees as 26, and 10 as 9.7.
_TILTED_DEG = 10.0
MESH_MARGIN = 1.5  # MediaPipe enlarges a face's square by half before it fits the mesh
# What a full smile takes off how open the eyes read, of eyes that are neither shut nor wide open.
_BY_SMILING = 0.15
_SHUT, _WIDE = 0.42, 0.85
# In MediaPipe's blendshape order (face_blendshapes_graph.cc).
_BLINKS = (9, 10)  # eyeBlinkLeft, eyeBlinkRight
_EYES_TO_THE_RIGHT = (15, 14)  # eyeLookOutLeft, eyeLookInRight
_EYES_TO_THE_LEFT = (13, 16)  # eyeLookInLeft, eyeLookOutRight
_EYES_UP = (17, 18)  # eyeLookUpLeft, eyeLookUpRight
_EYES_DOWN = (11, 12)  # eyeLookDownLeft, eyeLookDownRight
_SMILE = (44, 45)  # mouthSmileLeft, mouthSmileRight
_JAW_OPEN = 25
# cheekPuff, mouthLeft, mouthRight, noseSneerLeft, noseSneerRight. Not mouthFunnel and mouthRoll, which
# sounds like "sh" and "m" raise as well, nor jawLeft and jawRight, which go with any wide open mouth.
_GRIMACES = (6, 33, 39, 50, 51)
_PUCKER = 38
# A pout reads 0.5 to 1, but so do moments of speech: it counts as a mouth that is pulled a little.
_PUCKER_SHARE = 0.25
# Of each eye, right first: outer corner, inner corner, middle of the iris (MediaPipe's topology).
_EYES = ((33, 133, 468), (263, 362, 473))
# Eyes on something far or near read -0.2 to 0 together, eyes crossed for show up to 0.2.
_MOST_CROSSED = 0.2

# The 146 of 478 mesh points that MediaPipe's blendshape model reads (face_blendshapes_graph.cc).
# fmt: off
_BLENDSHAPE_POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66,
    67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145,
    146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176,
    178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283,
    284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324,
    332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385,
    386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472,
    473, 474, 475, 476, 477,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Mesh:
    """478 points in pixels of the picture (x, y) and z in the same unit; ``presence`` in [0, 1]."""

    points: Points
    presence: float


@dataclass(frozen=True, slots=True)
class Expression:
    """What a face does, as the blendshape model reads it.

    ``eyes_open``: see ``eyes_open_of``; open reads 0.8-0.98, shut below 0.4. ``gaze``: where
    the eyes look as seen from the head, -1 to 1, to the viewer's right being positive. ``mouth_open``
    in [0, 1]: speech reads up to 0.3, a mouth wide open 0.5 and more. ``grimace`` in [0, 1]: how far
    mouth or cheeks are drawn out of shape; speech, smiles and faces at rest read below 0.1,
    rounded lips and pouts up to 0.25, mouths pulled aside 0.2 to 0.9. ``gaze_up``: where the eyes
    look as seen from the head, -1 to 1, up being positive; level eyes read about -0.2, less the more
    the head is lifted. ``crossed`` in [0, 1]: how far the irises come nearer to each other than in
    any straight look, which reads 0.
    """

    eyes_open: float = 1.0
    gaze: float = 0.0
    mouth_open: float = 0.0
    grimace: float = 0.0
    gaze_up: float = 0.0
    crossed: float = 0.0


@dataclass(frozen=True, slots=True)
class Region:
    """A turned square in a picture: centre and side in pixels, angle in radians."""

    x: float
    y: float
    side: float
    angle: float

    def to_picture(self) -> NDArray[np.float64]:
        """The 2 x 3 matrix from mesh input pixels to picture pixels."""
        scale = self.side / _MESH_SIDE_PX
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        half = _MESH_SIDE_PX / 2
        return np.array(
            [
                [cos, -sin, self.x - half * cos + half * sin],
                [sin, cos, self.y - half * sin - half * cos],
            ]
        )


def region_of_detection(face: Detection) -> Region:
    """Where to fit the mesh for a detected face: its square, levelled by the eyes."""
    line = face.points[1] - face.points[0]
    side = max(face.width, face.height) * MESH_MARGIN
    centre = (face.x + face.width / 2, face.y + face.height / 2)
    return Region(*centre, side, float(np.arctan2(line[1], line[0])))


class FaceStack:
    """The models of a face, each loaded when first used. Safe in several threads at once."""

    @property
    def canonical(self) -> CanonicalFace:
        return _canonical()

    def fit(self, picture: Picture, region: Region) -> Mesh:
        """The mesh in a region; ``presence`` tells whether a face is there at all."""
        to_picture = region.to_picture()
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(picture, to_picture, (_MESH_SIDE_PX, _MESH_SIDE_PX), flags=flags)
        points, presence = _run(
            MESH, np.asarray(cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True), np.float32)
        )
        local = np.asarray(points, np.float64).reshape(-1, 3)
        placed = local[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        depth = local[:, 2:] * (region.side / _MESH_SIDE_PX)
        logit = float(np.asarray(presence).ravel()[0])
        return Mesh(np.hstack((placed, depth)).astype(np.float32), 1 / (1 + float(np.exp(-logit))))

    def fit_to(self, picture: Picture, face: Detection) -> Mesh:
        """The mesh of a detected face; fitted again to a head that stands tilted in its square."""
        region = region_of_detection(face)
        mesh = self.fit(picture, region)
        roll_deg = self.pose(mesh).roll_deg
        if mesh.presence <= MIN_PRESENCE or abs(roll_deg - np.degrees(region.angle)) < _TILTED_DEG:
            return mesh
        return self.fit(picture, replace(region, angle=float(np.radians(roll_deg))))

    def pose(self, mesh: Mesh) -> Pose:
        """The head's angles in degrees."""
        return pose_of(mesh.points, self.canonical)

    def expression(self, mesh: Mesh) -> Expression:
        """What the eyes, the mouth and the nose do."""
        chosen = mesh.points[list(_BLENDSHAPE_POINTS), :2]
        (found,) = _run(BLENDSHAPES, chosen[None].astype(np.float32))
        shapes = np.asarray(found, np.float64).ravel()
        right, left = shapes[list(_EYES_TO_THE_RIGHT)].mean(), shapes[list(_EYES_TO_THE_LEFT)].mean()
        pulled = max(shapes[i] for i in _GRIMACES)
        up, down = shapes[list(_EYES_UP)].mean(), shapes[list(_EYES_DOWN)].mean()
        return Expression(
            eyes_open=eyes_open_of(shapes),
            gaze=float(np.clip(right - left, -1, 1)),
            mouth_open=float(np.clip(shapes[_JAW_OPEN], 0, 1)),
            grimace=float(np.clip(max(pulled, _PUCKER_SHARE * shapes[_PUCKER]), 0, 1)),
            gaze_up=float(np.clip(up - down, -1, 1)),
            crossed=_crossed(mesh.points),
        )


@cache
def _canonical() -> CanonicalFace:
    return canonical_face(weights(CANONICAL_FACE))


def _run(model: str, given: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """What a model of one input makes of it."""
    loaded = session(model)
    found = loaded.run(None, {loaded.get_inputs()[0].name: given})
    return [np.asarray(values, np.float32) for values in found]


def _crossed(points: Points) -> float:
    """How far both irises lie toward the nose, in eye widths off the middles; told better than the
    blendshapes do, which take crossed eyes for straight ones in half of the pictures.
    """
    inward = sum(_inward(*(points[i, :2] for i in eye)) for eye in _EYES)
    return float(np.clip(inward / _MOST_CROSSED, 0, 1))


def _inward(outer: Points, inner: Points, iris: Points) -> float:
    across = inner - outer
    return float(np.dot(iris - (outer + inner) / 2, across) / max(float(np.dot(across, across)), 1e-6))


def eyes_open_of(shapes: NDArray[np.float64]) -> float:
    """How open the less open eye is, in [0, 1], from MediaPipe's 52 blendshapes.

    A smile narrows the eyes from below: footage that shows the irises of somebody who beams reads
    0.5-0.6, as lids half lowered do. Eyes that are shut in a smile read below 0.4, and are shut.
    """
    read = float(np.clip(1 - max(shapes[i] for i in _BLINKS), 0, 1))
    smile = float(np.clip(shapes[list(_SMILE)].mean(), 0, 1))
    narrowed = max(0.0, min(1.0, (read - _SHUT) / 0.1, (_WIDE - read) / 0.3))
    return read + _BY_SMILING * smile * narrowed
