"""Cropping around the head: when, and how much."""

from __future__ import annotations

from typing import TypedDict

from screentest.prep.clipping.framing import company_warning, framed, no_crop_warning
from screentest.prep.core.geometry import clusters, enclosing
from screentest.prep.core.spec import SORA_2, ClipSpec
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
