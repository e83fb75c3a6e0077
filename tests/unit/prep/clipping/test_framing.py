"""Cropping around the head: when, and how much."""

from __future__ import annotations

from typing import TypedDict

import pytest

from screentest.prep.clipping.canvas import canvas_for
from screentest.prep.clipping.framing import band_warning, company_warning, framed, no_crop_warning
from screentest.prep.core.geometry import clusters, enclosing
from screentest.prep.core.spec import SORA_2, ClipSpec, Fit, Orientation
from screentest.prep.core.values import Box, Heads


class Footage(TypedDict):
    width_px: int
    height_px: int
    spec: ClipSpec


FAR = Heads(Box(0.6, 0.3, 0.03, 0.08), 0.08)
NEAR = Heads(Box(0.4, 0.2, 0.2, 0.5), 0.5)
UHD = Footage(width_px=3840, height_px=2160, spec=SORA_2)


def test_a_small_face_in_a_4k_frame_is_cropped_to_the_smallest_canvas() -> None:
    crop = framed(FAR, **UHD, fit="auto")
    assert crop is not None
    assert (crop.width_px, crop.height_px) == (1280, 720)
    assert crop.left_px < 0.6 * 3840
    assert crop.left_px + crop.width_px > 0.63 * 3840


def test_the_default_pads_and_crops_nothing() -> None:
    assert framed(FAR, **UHD, fit="pad") is None


def test_a_close_face_is_left_alone() -> None:
    assert framed(NEAR, **UHD, fit="auto") is None


def test_720p_footage_has_no_pixels_to_spare() -> None:
    assert framed(FAR, width_px=1280, height_px=720, spec=SORA_2, fit="crop") is None


def test_without_a_face_there_is_nothing_to_crop_around() -> None:
    assert framed(None, **UHD, fit="crop") is None


def test_auto_leaves_the_frame_where_a_crop_would_lose_somebody() -> None:
    pair = Heads(FAR.person, 0.08, others=(Box(0.02, 0.3, 0.03, 0.08), Box(0.9, 0.8, 0.03, 0.08)))
    assert framed(pair, **UHD, fit="auto") is None
    assert framed(pair, **UHD, fit="crop") is not None


def test_a_head_that_wanders_gets_a_frame_that_holds_all_of_it() -> None:
    wandering = Heads(Box(0.2, 0.3, 0.5, 0.1), 0.08)
    crop = framed(wandering, **UHD, fit="crop")
    assert crop is not None
    assert crop.width_px >= 0.5 * 3840


BETWEEN = Heads(
    Box(0.5, 0.4, 0.03, 0.08),
    0.08,
    others=(Box(0.42, 0.4, 0.03, 0.08), Box(0.6, 0.41, 0.03, 0.07)),
)


def test_auto_comes_closer_to_a_group_and_loses_nobody() -> None:
    crop = framed(BETWEEN, **UHD, fit="auto")
    assert crop is not None
    assert crop.left_px <= 0.42 * 3840
    assert crop.left_px + crop.width_px >= 0.63 * 3840
    assert crop.height_px < 2160 / 1.3


def test_people_who_stand_apart_have_a_place_each() -> None:
    left, same, right = Box(0.1, 0.1, 0.1, 0.2), Box(0.15, 0.12, 0.1, 0.2), Box(0.7, 0.1, 0.1, 0.2)
    assert clusters([left, right, same]) == (right, enclosing([left, same]))


def test_a_second_face_is_warned_of_with_the_crop_that_leaves_it_out() -> None:
    pair = Heads(FAR.person, 0.08, others=(Box(0.1, 0.3, 0.03, 0.08),))
    said = company_warning(pair, None, **UHD)
    assert said is not None
    assert "Cropping around the head leaves them out" in said
    assert company_warning(pair, framed(pair, **UHD, fit="crop"), **UHD) is None


def test_where_no_crop_helps_a_second_face_is_warned_of_with_another_way_out() -> None:
    pair = Heads(NEAR.person, 0.5, others=(Box(0.7, 0.2, 0.2, 0.5),))
    said = company_warning(pair, None, **UHD)
    assert said is not None
    assert "Choose a window without them" in said
    assert "--fit crop" not in said


def test_one_person_alone_is_not_warned_of() -> None:
    assert company_warning(FAR, None, **UHD) is None
    assert company_warning(None, None, **UHD) is None


def test_a_crop_that_small_footage_does_not_give_is_told_with_the_size_it_takes() -> None:
    said = no_crop_warning(FAR, width_px=640, height_px=360, spec=SORA_2)
    assert "1280x720" in said
    assert "640x360" in said


def test_footage_with_pixels_to_spare_is_told_what_else_keeps_it_whole() -> None:
    lively = Heads(Box(0.05, 0.3, 0.85, 0.2), 0.15)
    for heads, why in ((NEAR, "fills 50% of the picture's height already"), (lively, "moves less")):
        assert framed(heads, **UHD, fit="crop") is None
        said = no_crop_warning(heads, **UHD)
        assert why in said
        assert "pixels at least" not in said
    assert "moves" not in no_crop_warning(NEAR, **UHD)
    assert "1280x720" in no_crop_warning(FAR, width_px=2400, height_px=600, spec=SORA_2)


# The other shape

HD = Footage(width_px=1920, height_px=1080, spec=SORA_2)
TALKING = Heads(Box(0.58, 0.2, 0.14, 0.33), 0.33)


@pytest.mark.parametrize("fit", ["crop", "auto"])
def test_a_talking_head_asked_upright_is_cropped_around_it_though_pixels_are_few(fit: Fit) -> None:
    crop = framed(TALKING, **HD, fit=fit, orientation="portrait")
    assert crop is not None
    assert (crop.width_px, crop.height_px) == (606, 1078), "all of the height, as 9:16"
    assert not canvas_for(606, 1078, spec=SORA_2, orientation="portrait").is_padded
    assert crop.left_px < 0.58 * 1920
    assert crop.left_px + crop.width_px > 0.72 * 1920


def test_a_shape_that_footage_has_anyway_changes_no_crop() -> None:
    for heads in (FAR, TALKING):
        asked = framed(heads, **HD, fit="crop", orientation="landscape")
        assert asked == framed(heads, **HD, fit="crop")


def test_a_face_far_away_is_cropped_upright_to_no_less_than_the_canvas() -> None:
    crop = framed(FAR, **UHD, fit="auto", orientation="portrait")
    assert crop is not None
    assert (crop.width_px, crop.height_px) == (720, 1280)


def test_a_head_too_large_or_too_lively_for_the_other_shape_is_padded_and_that_is_said() -> None:
    huge, lively = Heads(Box(0.2, 0.1, 0.5, 0.8), 0.8), Heads(Box(0.1, 0.3, 0.5, 0.2), 0.2)
    for heads in (huge, lively):
        assert framed(heads, **HD, fit="crop", orientation="portrait") is None
        said = no_crop_warning(heads, **HD, orientation="portrait")
        assert "cannot hold the whole head" in said
        assert "pixels at least" not in said


def test_auto_cuts_nobody_off_for_the_other_shape() -> None:
    pair = Heads(TALKING.person, 0.33, others=(Box(0.1, 0.2, 0.14, 0.33),))
    assert framed(pair, **HD, fit="auto", orientation="portrait") is None
    near = Heads(Box(0.5, 0.4, 0.05, 0.15), 0.15, others=(Box(0.58, 0.4, 0.05, 0.15),))
    both = framed(near, **HD, fit="auto", orientation="portrait")
    assert both is not None
    assert both.left_px <= 0.5 * 1920
    assert both.left_px + both.width_px >= 0.63 * 1920


def test_a_square_is_neither_shape_and_is_cropped_to_either() -> None:
    asked: tuple[Orientation | None, ...] = (None, "landscape", "portrait")
    for orientation in asked:
        crop = framed(
            TALKING, width_px=1080, height_px=1080, spec=SORA_2, fit="crop", orientation=orientation
        )
        assert crop is not None
        assert (crop.height_px > crop.width_px) == (orientation == "portrait")


def test_a_band_of_picture_is_said_with_the_crop_that_fills_the_clip() -> None:
    canvas = canvas_for(1920, 1080, spec=SORA_2, orientation="portrait")
    said = band_warning(TALKING, canvas, **HD)
    assert said == (
        "The footage is landscape and the clip portrait: the picture fills 32% of it. "
        "Cropping around the head fills all of it."
    )
    assert band_warning(None, canvas, **HD) == said.split(" Cropping")[0]
    assert band_warning(TALKING, canvas_for(1920, 1080, spec=SORA_2), **HD) is None
    square = canvas_for(900, 900, spec=SORA_2, orientation="portrait")
    assert band_warning(TALKING, square, width_px=900, height_px=900, spec=SORA_2) is None
