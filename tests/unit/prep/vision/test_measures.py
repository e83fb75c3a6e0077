"""What the measures of a picture say, on pictures whose answer is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box
from screentest.prep.vision.measures import (
    correlation,
    crop,
    detail,
    difference,
    exposure,
    face_sharpness,
    luma,
    sharpness,
)

WHOLE = Box(0, 0, 1, 1)
NOTHING = np.zeros((0, 0), np.uint8)


def flat(value: int, height: int = 180, width: int = 320) -> Picture:
    return np.full((height, width), value, np.uint8)


def board(cell_px: int = 4, height: int = 180, width: int = 320) -> Picture:
    y, x = np.mgrid[0:height, 0:width]
    return np.asarray(((x // cell_px + y // cell_px) % 2) * 160 + 40, np.uint8)


def blurred(picture: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def test_light_is_read_from_all_three_colours() -> None:
    pure = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    blue, green, red = (luma(np.full((4, 4, 3), bgr, np.uint8))[0, 0] for bgr in pure)
    assert int(blue) + int(green) + int(red) == pytest.approx(255, abs=2)
    assert blue < red < green, "pictures are in the order blue, green, red"


@pytest.mark.parametrize(("value", "wanted"), [(0, 0.0), (51, 0.2), (255, 1.0)])
def test_exposure_is_the_share_of_full_light(value: int, wanted: float) -> None:
    assert exposure(flat(value)) == pytest.approx(wanted)


def test_a_flat_picture_is_not_sharp_and_a_board_is() -> None:
    assert sharpness(flat(120)) == 0
    assert sharpness(board()) > 100


def test_each_further_blur_costs_sharpness() -> None:
    read = [sharpness(blurred(board(), sigma)) for sigma in (0.6, 1.0, 1.6, 2.5)]
    assert read == sorted(read, reverse=True)
    assert sharpness(board()) > read[0]


def test_of_nothing_nothing_is_said_and_nothing_fails() -> None:
    assert (sharpness(NOTHING), exposure(NOTHING), face_sharpness(NOTHING, WHOLE)) == (0, 0, 0)


def test_near_and_far_faces_compare_in_sharpness() -> None:
    near = blurred(board(16, 384, 384), 4.0)
    far = np.asarray(cv2.resize(near, (192, 192), interpolation=cv2.INTER_AREA), np.uint8)
    assert face_sharpness(far, WHOLE) == pytest.approx(face_sharpness(near, WHOLE), rel=0.1)


def test_a_face_of_a_few_pixels_has_no_sharpness_to_speak_of() -> None:
    assert face_sharpness(board(1), Box(0.5, 0.5, 0.02, 0.04)) == 0


def test_what_lies_beside_a_face_does_not_make_it_sharp() -> None:
    picture = board()
    picture[40:140, 60:160] = 120
    assert face_sharpness(picture, Box(80 / 320, 60 / 180, 60 / 320, 60 / 180)) == 0


def test_detail_is_the_share_of_the_picture_that_shows_some() -> None:
    half = board()
    half[:, 160:] = 120
    assert detail(flat(120)) == 0
    assert detail(half) == pytest.approx(0.5)
    assert detail(board()) == 1


def test_noise_of_a_sensor_is_not_detail() -> None:
    noisy = np.random.default_rng(1).normal(120, 3, (180, 320)).astype(np.uint8)
    assert detail(noisy) == 0


def test_a_picture_too_small_for_the_grid_has_no_detail() -> None:
    assert detail(board(1, 8, 300)) == 0


def test_black_and_white_differ_by_all_there_is() -> None:
    assert difference(flat(0), flat(255)) == 1
    assert difference(flat(100), flat(100)) == 0
    assert difference(flat(100), flat(151)) == pytest.approx(0.2)


def test_brighter_light_on_the_same_scene_is_laid_out_alike() -> None:
    scene = np.asarray(board(20) // 2, np.uint8)
    assert correlation(scene, np.asarray(scene + 60, np.uint8)) == pytest.approx(1)
    assert correlation(scene, np.asarray(scene * 1.6, np.uint8)) == pytest.approx(1, abs=0.01)


def test_a_negative_is_laid_out_the_other_way_round() -> None:
    assert correlation(board(20), np.asarray(255 - board(20), np.uint8)) == pytest.approx(-1, abs=0.01)


def test_black_frames_are_alike_and_unlike_any_scene() -> None:
    assert correlation(flat(0), flat(16)) == 1
    assert correlation(flat(16), board(20)) == 0


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        (Box(0.25, 0.5, 0.5, 0.25), (45, 160)),
        (Box(-0.2, -0.2, 0.4, 0.4), (36, 64)),
        (Box(0.9, 0.9, 0.5, 0.5), (18, 32)),
        (Box(1.5, 0.2, 0.1, 0.1), (18, 0)),
        (Box(-3.0, 0.0, 1.0, 1.0), (180, 0)),
    ],
)
def test_a_box_past_the_edge_is_cut_there(box: Box, shape: tuple[int, int]) -> None:
    assert crop(flat(9), box).shape == shape
