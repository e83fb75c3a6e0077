"""The face recogniser: SFace, run by onnxruntime, which loads it in a quarter of OpenCV's time.

What goes in follows OpenCV's ``FaceRecognizerSF`` (modules/objdetect/src/face_recognize.cpp): a face
turned, scaled and moved so that its five points come to lie where the model has learnt them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.vision.detector import Detection
from screentest.prep.vision.pose import Points
from screentest.prep.vision.sessions import session
from screentest.prep.vision.weights import IDENTITY

Identity = NDArray[np.float32]

_SIDE_PX = 112
# Right eye, left eye, nose, right and left corner of the mouth.
_LEARNT_POINTS = np.array(
    [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ],
    np.float64,
)


def embed(picture: Picture, face: Detection) -> Identity:
    """The face's identity, a unit vector of 128; needs faces of at least 32 pixels.

    Safe in several threads at once.
    """
    model = session(IDENTITY)
    blob = cv2.dnn.blobFromImage(aligned(picture, face.points), swapRB=True)
    (found,) = model.run(None, {model.get_inputs()[0].name: blob})
    feature = np.asarray(found, np.float32).ravel()
    return feature / max(float(np.linalg.norm(feature)), 1e-9)


def aligned(picture: Picture, points: Points) -> Picture:
    """112 x 112 pixels of a face, its five points (5 x 2) as near to the learnt ones as they come."""
    to_learnt = _similarity(np.asarray(points, np.float64), _LEARNT_POINTS)
    return np.asarray(cv2.warpAffine(picture, to_learnt, (_SIDE_PX, _SIDE_PX)), np.uint8)


def _similarity(points: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 2 x 3 matrix that turns, scales and moves points nearest to those wanted, by least squares.

    In the complex plane turning and scaling are one factor.
    """
    here, there = (p[:, 0] + 1j * p[:, 1] for p in (points, wanted))
    around, to = here.mean(), there.mean()
    spread = float(np.sum(np.abs(here - around) ** 2))
    factor = np.sum(np.conj(here - around) * (there - to)) / max(spread, 1e-9)
    shift = to - factor * around
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
