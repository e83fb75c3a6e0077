"""What one picture shows, by the real models on a real portrait."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Figure
from screentest.prep.vision.analysis import detected, fitted, motion_since, signal
from screentest.prep.vision.mesh import FaceStack
from tests.made_up import face


@pytest.fixture(scope="module")
def stack() -> FaceStack:
    return FaceStack()


def grey_canvas(width_px: int, height_px: int) -> Picture:
    return np.full((height_px, width_px, 3), (90, 110, 120), np.uint8)


def scaled(picture: Picture, scale: float) -> Picture:
    smaller = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=smaller), np.uint8)


def test_a_portrait_holds_one_face_with_a_mesh(portrait: Picture, stack: FaceStack) -> None:
    (found,) = fitted(portrait, stack, small=True)
    assert found.presence > 0.9
    assert abs(found.yaw_deg) < 25
    assert abs(found.roll_deg) < 15
    assert found.eyes_open > 0.8
    assert 0.2 < found.exposure < 0.9
    assert found.sharpness > 10


def test_a_coarse_sample_finds_the_same_face_and_says_nothing_of_its_turn(
    portrait: Picture, stack: FaceStack
) -> None:
    (coarse,) = detected(portrait)
    (close,) = fitted(portrait, stack, small=True)
    assert coarse.box.centre == pytest.approx(close.box.centre, abs=0.02)
    assert (coarse.yaw_deg, coarse.pitch_deg, coarse.roll_deg) == (0, 0, 0)
    assert coarse.presence == coarse.clarity > 0.8


@pytest.mark.parametrize("scale", [0.5, 1.5, 2.5])
def test_the_size_of_the_picture_moves_no_box(
    scale: float, portrait: Picture, stack: FaceStack
) -> None:
    (whole,) = fitted(portrait, stack, small=True)
    (other,) = fitted(scaled(portrait, scale), stack, small=True)
    assert other.box.centre == pytest.approx(whole.box.centre, abs=0.02)
    assert other.box.height == pytest.approx(whole.box.height, rel=0.15)
    assert other.yaw_deg == pytest.approx(whole.yaw_deg, abs=6)


def test_in_a_mirror_a_face_is_turned_the_other_way(portrait: Picture, stack: FaceStack) -> None:
    (straight,) = fitted(portrait, stack, small=True)
    (mirrored,) = fitted(np.ascontiguousarray(portrait[:, ::-1]), stack, small=True)
    assert mirrored.yaw_deg == pytest.approx(-straight.yaw_deg, abs=6)
    assert mirrored.roll_deg == pytest.approx(-straight.roll_deg, abs=6)
    assert mirrored.nose_offset == pytest.approx(-straight.nose_offset, abs=0.1)


def test_a_tilted_head_reads_as_tilted_clockwise(portrait: Picture, stack: FaceStack) -> None:
    turn = cv2.getRotationMatrix2D((256, 256), -15, 1.0)
    tilted = np.asarray(cv2.warpAffine(portrait, turn, (512, 512)), np.uint8)
    (straight,) = fitted(portrait, stack, small=True)
    (found,) = fitted(tilted, stack, small=True)
    assert found.roll_deg - straight.roll_deg == pytest.approx(15, abs=4)


def test_a_far_face_is_found_where_small_ones_are_looked_for(
    portrait: Picture, stack: FaceStack
) -> None:
    far = grey_canvas(1280, 720)
    far[200:328, 500:628] = scaled(portrait, 0.25)
    assert len(fitted(far, stack, small=True)) == 1
    assert fitted(far, stack, small=False) == ()


def test_an_extra_in_the_background_gets_no_mesh(portrait: Picture, stack: FaceStack) -> None:
    scene = grey_canvas(1024, 512)
    scene[:, :512] = portrait
    scene[300:428, 800:928] = scaled(portrait, 0.25)
    assert len(detected(scene)) == 2
    assert len(fitted(scene, stack, small=True)) == 1


def test_a_wall_shows_nobody(stack: FaceStack) -> None:
    assert detected(grey_canvas(640, 360)) == ()
    assert fitted(grey_canvas(640, 360), stack, small=True) == ()


def test_a_moment_says_how_its_picture_is_and_who_was_seen() -> None:
    somebody, something = face(), Figure(face().box, 0.8)
    bright = np.full((180, 320, 3), 204, np.uint8)
    made = signal(7.5, bright, (somebody,), motion=0.3, fine=True, figure=something)
    assert (made.t_s, made.faces, made.figure) == (7.5, (somebody,), something)
    assert (made.motion, made.fine) == (0.3, True)
    assert made.exposure == pytest.approx(0.8)
    assert (made.sharpness, made.detail) == (0, 0)


def grey(value: int) -> Picture:
    return np.full((36, 64), value, np.uint8)


def test_motion_counts_by_the_second_whatever_the_rate() -> None:
    slow = motion_since((1.0, grey(0)), 1.2, grey(51))
    fast = motion_since((1.0, grey(0)), 1.1, grey(51))
    assert slow == pytest.approx(1.0)
    assert fast == pytest.approx(2.0)


def test_a_shot_s_first_picture_has_not_moved() -> None:
    assert motion_since(None, 5.0, grey(200)) == 0


def test_two_pictures_of_one_time_are_not_endless_motion() -> None:
    assert motion_since((1.0, grey(0)), 1.0, grey(255)) == pytest.approx(20)


def group(portrait: Picture, count: int, *, face_px: int) -> Picture:
    """So many copies of the portrait side by side, in a picture 360 pixels high."""
    (found,) = detected(portrait)
    head = scaled(portrait, face_px / (found.box.height * portrait.shape[0]))
    canvas = grey_canvas(head.shape[1] * count, 360)
    canvas[: head.shape[0]] = np.hstack([head] * count)[:360]
    return canvas


def test_five_people_at_a_table_are_five_faces_with_a_mesh(portrait: Picture, stack: FaceStack) -> None:
    found = fitted(group(portrait, 5, face_px=60), stack, small=True)
    assert len(found) == 5
    assert all(one.presence > 0.9 for one in found)


def test_a_crowd_costs_no_more_than_its_nearest_faces(portrait: Picture, stack: FaceStack) -> None:
    assert len(fitted(group(portrait, 7, face_px=60), stack, small=True)) == 6
    assert len(fitted(group(portrait, 5, face_px=26), stack, small=True)) == 3
