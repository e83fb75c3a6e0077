"""The face detector: YuNet, run by onnxruntime in a third of the time of OpenCV's dnn module.

What its numbers mean follows OpenCV's ``FaceDetectorYN`` (modules/objdetect/src/face_detect.cpp): three
grids of cells, 8, 16 and 32 pixels wide, each cell with a guess at one face.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.vision.pose import Points, nose_offset
from screentest.prep.vision.sessions import session
from screentest.prep.vision.weights import DETECTOR

Floats = NDArray[np.float32]

DETECTOR_SCORE = 0.6
_CELLS_PX = (8, 16, 32)
_OVERLAP = 0.3
_MOST = 50


@dataclass(frozen=True, slots=True)
class Detection:
    """One face found. Pixels of the picture; ``points``: 5 x 2, right eye, left eye, nose, mouth."""

    x: float
    y: float
    width: float
    height: float
    score: float
    points: Points

    @property
    def nose_offset(self) -> float:
        return nose_offset(self.points)

    def scaled(self, factor: float) -> Detection:
        """The same face in a picture ``factor`` times as large."""
        x, y, width, height = (v * factor for v in (self.x, self.y, self.width, self.height))
        return Detection(x, y, width, height, self.score, self.points * np.float32(factor))


def detect(picture: Picture, *, least: float = DETECTOR_SCORE) -> list[Detection]:
    """Every face of at least about 32 pixels, largest first. Safe in several threads at once.

    ``least``: the score from which a guess counts.
    """
    height, width = picture.shape[:2]
    most = _CELLS_PX[-1]
    padded = cv2.copyMakeBorder(
        picture, 0, -height % most, 0, -width % most, cv2.BORDER_CONSTANT, value=(0, 0, 0)
    )
    model = session(DETECTOR)
    found = model.run(list(_OUTPUTS), {model.get_inputs()[0].name: cv2.dnn.blobFromImage(padded)})
    outputs = dict(zip(_OUTPUTS, (np.asarray(o, np.float32)[0] for o in found), strict=True))
    guesses = np.vstack(
        [
            _guesses(outputs, cell_px, columns=padded.shape[1] // cell_px, least=least)
            for cell_px in _CELLS_PX
        ]
    )
    faces = [_detection(row) for row in _apart(guesses, least=least)]
    return sorted(faces, key=lambda face: -face.width * face.height)


_OUTPUTS = tuple(f"{what}_{cell}" for cell in _CELLS_PX for what in ("cls", "obj", "bbox", "kps"))


def _guesses(outputs: dict[str, Floats], cell_px: int, *, columns: int, least: float) -> Floats:
    """The believable faces of one grid, n x 15: box, five points, score; pixels."""
    sure = np.clip(outputs[f"cls_{cell_px}"], 0, 1) * np.clip(outputs[f"obj_{cell_px}"], 0, 1)
    score = np.sqrt(sure).ravel()
    (cells,) = np.nonzero(score >= least)
    at = np.stack((cells % columns, cells // columns), axis=1).astype(np.float32)
    box, points = outputs[f"bbox_{cell_px}"][cells], outputs[f"kps_{cell_px}"][cells]
    size = np.exp(box[:, 2:]) * cell_px
    corner = (at + box[:, :2]) * cell_px - size / 2
    placed = (points.reshape(-1, 5, 2) + at[:, None]) * cell_px
    return np.hstack((corner, size, placed.reshape(-1, 10), score[cells, None])).astype(np.float32)


def _apart(guesses: Floats, *, least: float) -> Floats:
    """The best of each group of guesses at one face."""
    if not len(guesses):
        return guesses
    boxes = guesses[:, :4].astype(np.int32).tolist()  # OpenCV overlaps whole pixels
    kept = cv2.dnn.NMSBoxes(boxes, guesses[:, 14].tolist(), least, _OVERLAP, 1.0, _MOST)
    return guesses[np.asarray(kept, np.int64).ravel()]


def _detection(row: Floats) -> Detection:
    x, y, width, height = (float(v) for v in row[:4])
    return Detection(x, y, width, height, float(row[14]), row[4:14].reshape(5, 2).copy())
