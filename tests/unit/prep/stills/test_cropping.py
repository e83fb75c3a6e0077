"""What a still shows: the whole head, nobody else's, and enough pixels for the model."""

from __future__ import annotations

import pytest

from screentest.prep.core.crop import Crop
from screentest.prep.core.spec import KLING_STILLS
from screentest.prep.core.values import Box
from screentest.prep.stills.cropping import Cropped, crop_around, crop_of_figure
from screentest.prep.stills.values import Framing

HEAD = Box(0.45, 0.3, 0.1, 0.2)
WIDE, HIGH = 1920, 1080


def cropped(
    *others: Box,
    face: Box = HEAD,
    framing: Framing = "bust",
    yaw_deg: float = 0.0,
    size_px: tuple[int, int] = (WIDE, HIGH),
) -> Cropped:
    width_px, height_px = size_px
    return crop_around(
        face,
        others=others,
        yaw_deg=yaw_deg,
        width_px=width_px,
        height_px=height_px,
        framing=framing,
        spec=KLING_STILLS,
    )


def holds(crop: Crop, box: Box) -> bool:
    left, top = box.x * WIDE, box.y * HIGH
    right, bottom = left + box.width * WIDE, top + box.height * HIGH
    return (
        crop.left_px <= left
        and crop.top_px <= top
        and right <= crop.left_px + crop.width_px
        and bottom <= crop.top_px + crop.height_px
    )


def test_each_framing_shows_more_than_the_one_before() -> None:
    head, bust, full = (cropped(framing=framing).crop for framing in ("head", "bust", "full"))
    assert holds(head, HEAD)
    assert head.height_px < bust.height_px < full.height_px == HIGH
    assert (full.left_px, full.width_px) == (0, WIDE)
    assert bust.height_px > 3 * HEAD.height * HIGH, "shoulders"


@pytest.mark.parametrize("x", [0.25, 0.62])
@pytest.mark.parametrize("framing", ["head", "bust", "full"])
def test_a_head_beside_the_person_is_left_out(x: float, framing: Framing) -> None:
    found = cropped(Box(x, 0.3, 0.1, 0.2), framing=framing)
    assert not found.company
    assert holds(found.crop, HEAD)


def test_a_head_that_cannot_be_left_out_is_said() -> None:
    found = cropped(Box(0.52, 0.3, 0.1, 0.2))
    assert found.company
    assert holds(found.crop, HEAD)


def test_a_profile_has_room_for_the_back_of_the_head() -> None:
    ahead, aside = cropped(framing="head").crop, cropped(framing="head", yaw_deg=-85).crop
    assert aside.left_px + aside.width_px > ahead.left_px + ahead.width_px
    assert holds(aside, HEAD)


def test_a_smallish_head_is_shown_with_more_around_it_instead_of_fewer_pixels() -> None:
    crop = cropped(face=Box(0.5, 0.5, 0.05, 0.1), framing="head").crop
    assert 300 <= min(crop.width_px, crop.height_px) <= 302


@pytest.mark.parametrize(
    ("height", "size_px"), [(0.04, (WIDE, HIGH)), (0.3, (480, 270))], ids=["far away", "few pixels"]
)
def test_a_head_that_is_too_small_all_the_same_never_becomes_a_speck(
    height: float, size_px: tuple[int, int]
) -> None:
    crop = cropped(face=Box(0.4, 0.5, height / 2, height), framing="head", size_px=size_px).crop
    assert height * size_px[1] > 0.4 * crop.height_px


def test_a_head_that_fills_the_picture_is_not_a_wide_still() -> None:
    crop = cropped(face=Box(0.6, 0.1, 0.35, 0.8)).crop
    assert crop.width_px <= crop.height_px


@pytest.mark.parametrize("size_px", [(3200, 400), (400, 3200)])
def test_no_still_is_longer_than_the_model_takes(size_px: tuple[int, int]) -> None:
    crop = cropped(framing="full", size_px=size_px).crop
    sides = sorted((crop.width_px, crop.height_px))
    assert sides[1] <= 2.5 * sides[0]


def test_a_figure_is_shown_whole() -> None:
    figure = Box(0.2, 0.4, 0.3, 0.5)
    found = crop_of_figure(figure, width_px=WIDE, height_px=HIGH, framing="bust", spec=KLING_STILLS)
    assert holds(found.crop, figure)
    assert found.crop.width_px < WIDE / 2


def test_a_picture_without_a_figure_is_shown_whole() -> None:
    found = crop_of_figure(None, width_px=WIDE, height_px=HIGH, framing="head", spec=KLING_STILLS)
    assert found.crop == Crop(0, 0, WIDE, HIGH)
