"""The canvas: which box a picture of a given size goes into."""

from __future__ import annotations

import pytest

from screentest.prep.clipping.canvas import boxes, canvas_for, is_upscaled
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2


@pytest.mark.parametrize(
    ("width_px", "height_px", "canvas"),
    [
        (1280, 720, (1280, 720)),
        (1920, 1080, (1920, 1080)),
        (3840, 2160, (1920, 1080)),
        (640, 360, (1280, 720)),
        (1080, 1920, (1080, 1920)),
        (2160, 3840, (1080, 1920)),
        (204, 360, (720, 1280)),
        (1281, 720, (1312, 738)),
        (1440, 1080, (1920, 1080)),
        (1544, 516, (1568, 882)),
        (700, 700, (1280, 720)),
        (16, 16, (1280, 720)),
        (7680, 4320, (1920, 1080)),
    ],
)
def test_the_smallest_box_that_holds_the_picture_is_taken(
    width_px: int, height_px: int, canvas: tuple[int, int]
) -> None:
    made = canvas_for(width_px, height_px, spec=SORA_2)
    assert (made.width_px, made.height_px) == canvas


def test_a_square_picture_goes_where_it_is_asked_to() -> None:
    made = canvas_for(900, 900, spec=SORA_2, orientation="portrait")
    assert (made.width_px, made.height_px) == (900, 1600)


def test_a_picture_inside_the_bounds_keeps_its_own_pixels() -> None:
    made = canvas_for(1544, 516, spec=SORA_2)
    assert (made.picture_width_px, made.picture_height_px) == (1544, 516)


def test_the_picture_is_centred_on_chroma_samples() -> None:
    made = canvas_for(400, 300, spec=SORA_2)
    assert (made.picture_width_px, made.picture_height_px) == (960, 720)
    assert (made.left_px, made.top_px) == (160, 0)


def test_small_footage_is_said_to_be_scaled_up_and_large_is_not() -> None:
    assert is_upscaled(400, 300, canvas_for(400, 300, spec=SORA_2))
    assert not is_upscaled(3840, 2160, canvas_for(3840, 2160, spec=SORA_2))
    assert not is_upscaled(1544, 516, canvas_for(1544, 516, spec=SORA_2))


def test_a_model_with_one_size_has_one_box() -> None:
    assert boxes(KLING_ELEMENTS, "landscape") == [(1920, 1080)]


def test_every_sora_box_is_32j_by_18j() -> None:
    assert boxes(SORA_2, "landscape") == [(32 * j, 18 * j) for j in range(40, 61)]
