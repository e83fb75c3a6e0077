"""What eyes and mouth do, as the real model reads a real portrait."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.vision.detector import detect
from screentest.prep.vision.mesh import Expression, FaceStack, region_of_detection


def expression(picture: Picture) -> Expression:
    stack = FaceStack()
    return stack.expression(stack.fit(picture, region_of_detection(detect(picture)[0])))


def with_irises_moved(picture: Picture, *across_px: int, up_px: int = 0) -> Picture:
    """The portrait with what lies inside each eye moved: first of the viewer's left eye."""
    moved = picture.copy()
    for (x, y), by in zip(detect(picture)[0].points[:2].round().astype(int), across_px, strict=True):
        eye = picture[y - 4 : y + 5, x - 8 : x + 9]
        moved[y - 4 - up_px : y + 5 - up_px, x - 8 + by : x + 9 + by] = eye
    return np.asarray(moved, np.uint8)


def test_a_portrait_looks_into_the_camera_with_open_eyes(portrait: Picture) -> None:
    found = expression(portrait)
    assert found.eyes_open > 0.8
    assert abs(found.gaze) < 0.45
    assert found.mouth_open < 0.3
    assert found.grimace < 0.2


def test_a_mouth_that_is_pulled_aside_is_a_grimace(portrait: Picture) -> None:
    height, width = portrait.shape[:2]
    corners = detect(portrait)[0].points[3:]
    mouth, across = corners.mean(axis=0), np.ptp(corners[:, 0])
    y, x = np.mgrid[:height, :width].astype(np.float32)
    near = np.exp(-(((x - mouth[0]) ** 2 + (y - mouth[1]) ** 2) / (0.7 * across) ** 2))
    pulled = cv2.remap(portrait, (x + 0.5 * across * near).astype(np.float32), y, cv2.INTER_LINEAR)
    assert expression(np.asarray(pulled, np.uint8)).grimace > expression(portrait).grimace + 0.2


def test_in_a_mirror_the_eyes_look_the_other_way(portrait: Picture) -> None:
    mirrored = np.ascontiguousarray(portrait[:, ::-1])
    assert expression(mirrored).gaze == pytest.approx(-expression(portrait).gaze, abs=0.3)


def test_eyes_moved_to_the_viewers_right_read_as_looking_there(portrait: Picture) -> None:
    left, right = (expression(with_irises_moved(portrait, px, px)).gaze for px in (-4, 4))
    assert right > left + 0.2


def test_eyes_moved_up_read_as_looking_up(portrait: Picture) -> None:
    up, down = (expression(with_irises_moved(portrait, 0, 0, up_px=px)).gaze_up for px in (3, -3))
    assert up > down + 0.2


def test_eyes_that_both_look_at_the_nose_are_crossed_and_others_are_not(portrait: Picture) -> None:
    straight = [expression(with_irises_moved(portrait, px, px)).crossed for px in (-4, 0, 4)]
    assert max(straight) < 0.1
    assert expression(with_irises_moved(portrait, 4, -4)).crossed > 0.3


def test_rounded_lips_are_hardly_a_grimace(portrait: Picture) -> None:
    """Rounded lips are speech: the mouth's pixels drawn together toward its middle."""
    height, width = portrait.shape[:2]
    corners = detect(portrait)[0].points[3:]
    mouth, across = corners.mean(axis=0), np.ptp(corners[:, 0])
    y, x = np.mgrid[:height, :width].astype(np.float32)
    near = np.exp(-(((x - mouth[0]) ** 2 + (y - mouth[1]) ** 2) / (0.6 * across) ** 2))
    drawn = cv2.remap(
        portrait, (x + 0.6 * (x - mouth[0]) * near).astype(np.float32), y, cv2.INTER_LINEAR
    )
    assert expression(np.asarray(drawn, np.uint8)).grimace < 0.26
