"""What hides a face, drawn over a real portrait, by the real models."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.covers import EYES_HIDDEN
from screentest.prep.vision.mesh import FaceStack

RIGHT_EYE, LEFT_EYE = (202, 101), (246, 103)
Drawn = Callable[[Picture], None]


@pytest.fixture(scope="module")
def stack() -> FaceStack:
    return FaceStack()


def covered(picture: Picture, stack: FaceStack) -> float:
    (face,) = fitted(picture, stack, small=True)
    return face.covered


def bar(picture: Picture) -> None:
    cv2.rectangle(picture, (180, 92), (268, 112), (8, 8, 8), -1)


def white_bar(picture: Picture) -> None:
    cv2.rectangle(picture, (180, 92), (268, 112), (250, 250, 250), -1)


def patch_over_one_eye(picture: Picture) -> None:
    cv2.circle(picture, RIGHT_EYE, 16, (20, 20, 20), -1)


def dark_glasses(picture: Picture) -> None:
    for eye in (RIGHT_EYE, LEFT_EYE):
        cv2.ellipse(picture, eye, (19, 14), 0, 0, 360, (24, 20, 20), -1)


def mask(picture: Picture) -> None:
    edge = np.array([[182, 118], [220, 108], [262, 118], [256, 160], [224, 178], [190, 160]])
    cv2.fillPoly(picture, [edge], (200, 160, 110))


def glasses(picture: Picture) -> None:
    for eye in (RIGHT_EYE, LEFT_EYE):
        cv2.ellipse(picture, eye, (19, 14), 0, 0, 360, (30, 30, 30), 2)


def shut_eyes(picture: Picture) -> None:
    for x, y in (RIGHT_EYE, LEFT_EYE):
        cv2.ellipse(picture, (x, y), (12, 7), 0, 0, 360, (130, 160, 205), -1)
        cv2.ellipse(picture, (x, y), (11, 5), 0, 15, 165, (60, 70, 95), 1)


def beard(picture: Picture) -> None:
    hair = np.random.default_rng(2).normal(55, 18, picture.shape[:2]).clip(0, 255)
    chin = np.zeros(picture.shape[:2], np.uint8)
    cv2.ellipse(chin, (220, 158), (44, 26), 0, 0, 180, 255, -1)
    picture[chin > 0] = np.stack([hair * 0.7, hair * 0.85, hair], axis=-1)[chin > 0]


def microphone(picture: Picture) -> None:
    cv2.circle(picture, (222, 178), 14, (40, 40, 42), -1)


def changed(portrait: Picture, drawn: Drawn) -> Picture:
    picture = portrait.copy()
    drawn(picture)
    return picture


@pytest.mark.parametrize("hides", [bar, white_bar, patch_over_one_eye, dark_glasses])
def test_what_hides_an_eye_hides_the_face(hides: Drawn, portrait: Picture, stack: FaceStack) -> None:
    assert covered(changed(portrait, hides), stack) >= EYES_HIDDEN


def test_a_mask_covers_a_face_but_no_eye(portrait: Picture, stack: FaceStack) -> None:
    assert 0.3 <= covered(changed(portrait, mask), stack) < EYES_HIDDEN


@pytest.mark.parametrize("bares", [glasses, shut_eyes, beard, microphone, lambda picture: None])
@pytest.mark.parametrize("light", [1.0, 0.35])
def test_what_belongs_to_a_face_does_not_cover_it(
    bares: Drawn, light: float, portrait: Picture, stack: FaceStack
) -> None:
    picture = np.asarray(changed(portrait, bares) * light, np.uint8)
    assert covered(picture, stack) == 0


def test_a_face_too_small_to_tell_is_not_called_covered(portrait: Picture, stack: FaceStack) -> None:
    small = cv2.resize(changed(portrait, bar), None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    assert [face.covered for face in fitted(np.asarray(small, np.uint8), stack, small=True)] == [0]
