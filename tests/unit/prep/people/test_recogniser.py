"""Who a face is taken for: onnxruntime's reading of the model, against OpenCV's own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.people.recogniser import aligned, embed
from screentest.prep.vision.detector import Detection, detect
from screentest.prep.vision.weights import IDENTITY, weights


@pytest.fixture(scope="module")
def opencv() -> cv2.FaceRecognizerSF:
    model = np.frombuffer(weights(IDENTITY), np.uint8)
    return cv2.FaceRecognizerSF.create("onnx", model, np.empty(0, np.uint8))


def turned(picture: Picture, degrees: float) -> Picture:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.8)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)


def row(face: Detection) -> NDArray[np.float32]:
    box = (face.x, face.y, face.width, face.height)
    return np.asarray((*box, *face.points.ravel(), face.score), np.float32)


@pytest.mark.parametrize("degrees", [0, -25, 20])
def test_a_face_is_laid_as_the_model_learnt_it(
    portrait: Picture, opencv: cv2.FaceRecognizerSF, degrees: float
) -> None:
    picture = turned(portrait, degrees)
    face = detect(picture)[0]
    theirs = np.asarray(opencv.alignCrop(picture, row(face)), np.int32)
    assert np.abs(aligned(picture, face.points) - theirs).mean() < 1.0


@pytest.mark.parametrize("degrees", [0, -25, 20])
def test_an_identity_is_what_opencv_makes_of_the_same_model(
    portrait: Picture, opencv: cv2.FaceRecognizerSF, degrees: float
) -> None:
    picture = turned(portrait, degrees)
    face = detect(picture)[0]
    theirs = np.asarray(opencv.feature(opencv.alignCrop(picture, row(face))), np.float32).ravel()
    assert float(embed(picture, face) @ theirs) / np.linalg.norm(theirs) > 0.999


def test_a_face_stays_who_it_is_when_it_is_tilted_and_dim(portrait: Picture) -> None:
    dim = np.asarray(turned(portrait, 15) * 0.6, np.uint8)
    alike = embed(portrait, detect(portrait)[0]) @ embed(dim, detect(dim)[0])
    assert alike > 0.7
