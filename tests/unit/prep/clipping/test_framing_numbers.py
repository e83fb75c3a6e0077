"""Heads in fractions of other pictures, and how high a face is in the clip."""

from __future__ import annotations

import pytest

from screentest.prep.clipping.canvas import canvas_for
from screentest.prep.clipping.framing import (
    company_warning,
    face_height_px,
    framed,
    heads_inside,
    no_crop_warning,
)
from screentest.prep.core.crop import Crop
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2
from screentest.prep.core.values import Box, Heads

HEADS = Heads(Box(0.5, 0.4, 0.1, 0.2), 0.2, others=(Box(0.2, 0.4, 0.1, 0.2),))


def test_inside_the_whole_picture_heads_are_where_they_were() -> None:
    assert heads_inside(HEADS, Box(0, 0, 1, 1)) == HEADS
    assert heads_inside(None, Box(0, 0, 1, 1)) is None


def test_inside_a_half_everything_is_twice_as_large_and_counts_from_its_corner() -> None:
    made = heads_inside(HEADS, Box(0.25, 0.25, 0.5, 0.5))
    assert made is not None
    assert (made.person.x, made.person.y) == pytest.approx((0.5, 0.3))
    assert (made.person.width, made.person.height, made.face_height) == pytest.approx((0.2, 0.4, 0.4))
    assert made.others[0].x == pytest.approx(-0.1), "half outside, and still told"


def test_half_a_face_in_a_bar_that_is_taken_off_is_nobody() -> None:
    made = heads_inside(HEADS, Box(0.34, 0.0, 0.32, 1.0))
    assert made is not None
    assert made.others == ()


@pytest.mark.parametrize(
    ("size", "shown_px", "wanted"),
    [
        ((1280, 720), 720, 144),
        ((3840, 2160), 2160, 216),
        ((3840, 2160), 1080, 432),
        ((640, 480), 480, 144),
    ],
)
def test_a_face_of_a_fifth_of_the_picture_is_as_high_as_that_in_the_clip(
    size: tuple[int, int], shown_px: int, wanted: int
) -> None:
    canvas = canvas_for(*size, spec=SORA_2)
    assert face_height_px(HEADS, canvas, height_px=size[1], shown_px=shown_px) == wanted
    assert face_height_px(None, canvas, height_px=size[1], shown_px=shown_px) is None


def test_an_upright_picture_gets_an_upright_crop() -> None:
    head = Heads(Box(0.4, 0.2, 0.05, 0.05), 0.05)
    crop = framed(head, width_px=2160, height_px=3840, spec=SORA_2, fit="crop")
    assert crop is not None
    assert (crop.width_px, crop.height_px) == (720, 1280)


def test_a_square_picture_is_cropped_to_the_orientation_asked_for() -> None:
    head = Heads(Box(0.4, 0.2, 0.05, 0.05), 0.05)
    crop = framed(head, width_px=3000, height_px=3000, spec=SORA_2, fit="crop", orientation="portrait")
    assert crop is not None
    assert crop.height_px > crop.width_px


def test_a_model_of_one_size_gets_crops_of_at_least_that() -> None:
    head = Heads(Box(0.4, 0.2, 0.02, 0.04), 0.04)
    crop = framed(head, width_px=3840, height_px=2160, spec=KLING_ELEMENTS, fit="crop")
    assert crop is not None
    assert crop.height_px >= 1080


@pytest.mark.parametrize("x", [0.0, 0.97])
def test_a_head_at_the_edge_of_the_picture_gets_a_crop_that_stays_inside(x: float) -> None:
    head = Heads(Box(x, 0.0, 0.03, 0.08), 0.08)
    crop = framed(head, width_px=3840, height_px=2160, spec=SORA_2, fit="crop")
    assert crop is not None
    assert crop.left_px == (0 if x == 0 else 3840 - crop.width_px)
    assert crop.top_px == 0


def test_there_is_more_room_below_a_head_than_above_it() -> None:
    head = Heads(Box(0.5, 0.5, 0.03, 0.08), 0.08)
    crop = framed(head, width_px=3840, height_px=2160, spec=SORA_2, fit="crop")
    assert crop is not None
    above = 0.54 * 2160 - crop.top_px
    assert above < crop.height_px / 2


def test_somebody_outside_of_the_crop_is_no_company() -> None:
    shown = Crop(1920, 0, 1920, 1080)
    assert company_warning(HEADS, shown, width_px=3840, height_px=2160, spec=SORA_2) is None
    assert company_warning(HEADS, None, width_px=3840, height_px=2160, spec=SORA_2) is not None


def test_a_face_cut_at_its_middle_shows_and_is_warned_of() -> None:
    over_the_edge = Heads(Box(0.5, 0.4, 0.1, 0.2), 0.2, others=(Box(-0.04, 0.4, 0.1, 0.2),))
    assert company_warning(over_the_edge, None, width_px=1280, height_px=720, spec=SORA_2) is not None


def test_a_crop_without_a_face_is_refused_with_what_to_do() -> None:
    said = no_crop_warning(None, width_px=3840, height_px=2160, spec=SORA_2)
    assert "no face" in said
    assert "Choose a window" in said


def test_the_size_that_a_crop_takes_is_the_model_s_own() -> None:
    said = no_crop_warning(HEADS, width_px=1280, height_px=720, spec=KLING_ELEMENTS)
    assert "1920x1080 pixels at least" in said
