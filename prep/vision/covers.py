"""How much of a face something hides that is not a face.

The mesh guesses what it does not see, with all its belief: under a bar it reads open eyes, under a mask
a closed mouth. So the pixels are asked. An eye, open or shut, has contrast; a bar or a dark glass has
none. The nose has the colour of the skin around the eyes; a mask has its own.

Measured on 45 clips of real footage: the contrast of an eye, against the light on the skin, is 0.03 at
least and mostly above 0.08, glasses, lids and low light included; under a bar 0 to 0.015. The nose is
at most 14 from the skin in Cb and Cr, with a hand over it and in stage light too; a blue mask 55. What
has the colour of skin, a hand, is not seen here: the detector's score drops for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.vision.measures import ramp
from screentest.prep.vision.mesh import Mesh
from screentest.prep.vision.patch import FacePatch, patch_of
from screentest.prep.vision.pose import Points

# From this on, the eyes are hidden, or one of them.
EYES_HIDDEN = 0.55

_HALF_PX, _MARGIN_PX = 30.0, 4.0
# A smaller face, from its middle to the hairline, has too few pixels to tell.
_LEAST_HALF_PX = 20.0
# Corners of each eye.
_EYES = ((33, 133), (362, 263))
_EYE_PX = (12, 5)
# Forehead, between the eyes, and under them; then the nose.
_SKIN = (9, 151, 107, 336, 108, 337, 168, 6, 119, 348, 118, 347)
_NOSE = (1, 4, 5, 44, 274, 45, 275, 51, 281, 195)
_FLAT, _SEEN = 0.012, 0.03
_LIKE_SKIN, _UNLIKE = 16.0, 28.0
# One eye, both, and what is below them.
_ONE, _BOTH, _BELOW = 0.6, 1.0, 0.5
# What keeps dark skin in the dark from being divided by nothing.
_DARK = 15.0


def covered(picture: Picture, mesh: Mesh) -> float:
    """How much of a face is hidden, in [0, 1]: ``EYES_HIDDEN`` or more where an eye is.

    0 for a face too small to tell. ``picture``: BGR.
    """
    close = patch_of(picture, mesh, half_px=_HALF_PX, margin_px=_MARGIN_PX)
    if close is None or len(close.picture) < 2 * _LEAST_HALF_PX:
        return 0.0
    soft = cv2.cvtColor(cv2.GaussianBlur(close.picture, (0, 0), 1.0), cv2.COLOR_BGR2YCrCb)
    skin, nose = (_colour(np.asarray(soft, np.uint8), close.points, ids) for ids in (_SKIN, _NOSE))
    one, other = sorted(_hidden(close, eye, light=float(skin[0]) + _DARK) for eye in _EYES)
    eyes = max(_ONE * other, _BOTH * one)
    unlike = float(np.hypot(*(nose - skin)[1:]))
    return max(eyes, _BELOW * ramp(unlike, _LIKE_SKIN, _UNLIKE))


def _colour(soft: Picture, points: Points, ids: Sequence[int]) -> NDArray[np.float64]:
    """The median Y, Cr and Cb at some mesh points."""
    height, width = soft.shape[:2]
    x, y = np.clip(np.rint(points[list(ids)]).astype(int), 0, (width - 1, height - 1)).T
    return np.asarray(np.median(soft[y, x].astype(np.float64), axis=0))


def _hidden(close: FacePatch, eye: tuple[int, int], *, light: float) -> float:
    """How surely an eye is hidden: by how little contrast lies between its corners."""
    outer, inner = (close.points[corner].astype(np.float64) for corner in eye)
    wide, high = _EYE_PX
    along = (inner - outer) / wide
    down = np.array([-along[1], along[0]])
    to_picture = np.column_stack((along, down, (outer + inner) / 2))
    to_picture[:, 2] -= to_picture[:, :2] @ ((wide - 1) / 2, (high - 1) / 2)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    within = cv2.warpAffine(
        close.picture, to_picture, _EYE_PX, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    contrast = float(cv2.cvtColor(within, cv2.COLOR_BGR2GRAY).std()) / light
    return 1 - ramp(contrast, _FLAT, _SEEN)
