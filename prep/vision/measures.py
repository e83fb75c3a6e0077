"""Measures of one small picture, or of a box in it: sharpness, exposure, detail, difference.

Pure functions of arrays. Luma is uint8, height x width.
"""

from __future__ import annotations

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box

_FACE_SIDE_PX = 96
_TEXTURE_CELLS = (16, 9)
_TEXTURE_STD = 6.0
_FLAT = 1.5


def luma(picture: Picture) -> Picture:
    """BGR to luma."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def sharpness(grey: Picture) -> float:
    """Variance of the Laplacian: above 100 is crisp, below 15 is soft; 0 of nothing."""
    if not grey.size:
        return 0.0
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def face_sharpness(grey: Picture, box: Box) -> float:
    """Sharpness inside a face brought to one size, so that near and far faces compare.

    A small face is enlarged and so reads as soft: it has fewer details to give.
    """
    inside = crop(grey, box)
    if inside.size < 64:
        return 0.0
    fixed = cv2.resize(inside, (_FACE_SIDE_PX, _FACE_SIDE_PX), interpolation=cv2.INTER_AREA)
    return sharpness(np.asarray(fixed, np.uint8))


def exposure(grey: Picture) -> float:
    """Mean luma in [0, 1]."""
    return float(grey.mean()) / 255 if grey.size else 0.0


def detail(grey: Picture) -> float:
    """Share of a 16 x 9 grid's cells that hold texture, in [0, 1]."""
    if min(grey.shape) < max(_TEXTURE_CELLS):
        return 0.0
    values = grey.astype(np.float32)
    mean = cv2.resize(values, _TEXTURE_CELLS, interpolation=cv2.INTER_AREA)
    mean_square = cv2.resize(values * values, _TEXTURE_CELLS, interpolation=cv2.INTER_AREA)
    return float((mean_square - mean * mean > _TEXTURE_STD**2).mean())


def difference(a: Picture, b: Picture) -> float:
    """Mean absolute luma difference of two thumbnails, in [0, 1]."""
    return float(cv2.norm(a, b, cv2.NORM_L1)) / (255 * max(1, a.size))


def correlation(a: Picture, b: Picture) -> float:
    """How alike two thumbnails are laid out, in [-1, 1], whatever their brightness.

    Flat pictures are laid out like one another and like nothing else.
    """
    x = a.astype(np.float32).ravel() - float(a.mean())
    y = b.astype(np.float32).ravel() - float(b.mean())
    flat = [float(np.abs(z).mean()) < _FLAT for z in (x, y)]
    if any(flat):
        return float(all(flat))
    return float(x @ y) / float(np.linalg.norm(x) * np.linalg.norm(y))


def ramp(value: float, low: float, high: float) -> float:
    """0 at or below ``low``, 1 at or above ``high``, straight between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def crop(grey: Picture, box: Box) -> Picture:
    """The part of a picture inside a box, cut at the picture's edges."""
    height, width = grey.shape[:2]
    left, top = max(0, int(box.x * width)), max(0, int(box.y * height))
    right = min(width, round((box.x + box.width) * width))
    bottom = min(height, round((box.y + box.height) * height))
    return grey[top : max(top, bottom), left : max(left, right)]
