"""The picture around one face, brought to one size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.vision.mesh import Mesh
from screentest.prep.vision.pose import Points

# Mesh points beyond these are the irises'.
_FACE_POINTS = 468
# From the middle of the points to the hairline, in their root mean square distances.
REACH = 1.45


@dataclass(frozen=True, slots=True)
class FacePatch:
    """What is around a face. ``points``: of its mesh, 468 x 2, in pixels of ``picture``.

    ``centre``, ``radius``: of the points in the whole picture, in its pixels.
    """

    picture: Picture
    points: Points
    centre: Points
    radius: float


def patch_of(picture: Picture, mesh: Mesh, *, half_px: float, margin_px: float) -> FacePatch | None:
    """A face with ``half_px`` from its middle to the hairline, or fewer where it has fewer.

    ``margin_px``: what is kept beyond, in pixels of the result. None where hardly any of it lies in the
    picture.
    """
    points = mesh.points[:_FACE_POINTS, :2]
    centre = points.mean(axis=0)
    radius = float(np.sqrt(((points - centre) ** 2).sum(axis=1).mean()))
    scale = min(1.0, half_px / (REACH * max(1e-3, radius)))
    reach = REACH * radius + margin_px / scale
    height, width = picture.shape[:2]
    left, top = (max(0, int(v)) for v in centre - reach)
    right, bottom = min(width, int(centre[0] + reach) + 1), min(height, int(centre[1] + reach) + 1)
    least = margin_px / scale
    if right - left < least or bottom - top < least:
        return None
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    small = cv2.resize(picture[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    scales = np.array([size[0] / (right - left), size[1] / (bottom - top)])
    placed = (points - (left, top) + 0.5) * scales - 0.5
    return FacePatch(np.asarray(small, np.uint8), placed.astype(np.float32), centre, radius)
