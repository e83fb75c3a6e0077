"""Black bars: found where they are, and never where there are none."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.clipping.bars import inside_bars, may_have_bars
from screentest.prep.core.picture import Picture

thicknesses = st.integers(min_value=6, max_value=60)
seeds = st.integers(min_value=0, max_value=2**16)


def textured(height: int, width: int, seed: int) -> Picture:
    return np.random.default_rng(seed).integers(40, 220, (height, width)).astype(np.uint8)


@given(thicknesses, thicknesses, seeds)
def test_bars_are_taken_off_whole_and_little_of_the_picture_with_them(
    high: int, wide: int, seed: int
) -> None:
    picture = np.full((180, 320), 16, np.uint8)
    picture[high : 180 - high, wide : 320 - wide] = textured(180 - 2 * high, 320 - 2 * wide, seed)
    assert may_have_bars(picture, full_range=False)
    crop = inside_bars([picture], full_range=False)
    assert crop is not None
    for begin, length, bar, size in (
        (crop.top_px, crop.height_px, high, 180),
        (crop.left_px, crop.width_px, wide, 320),
    ):
        assert begin % 2 == length % 2 == 0
        assert bar <= begin <= bar + 4
        assert bar <= size - begin - length <= bar + 4


@given(thicknesses, seeds)
def test_a_bar_on_one_side_only_is_part_of_the_scene(high: int, seed: int) -> None:
    picture = textured(180, 320, seed)
    picture[:high] = 16
    assert inside_bars([picture], full_range=False) is None


@given(thicknesses, seeds)
def test_bars_that_go_while_the_clip_runs_are_not_static(high: int, seed: int) -> None:
    whole = textured(180, 320, seed)
    barred = whole.copy()
    barred[:high] = barred[180 - high :] = 16
    assert inside_bars([barred, whole], full_range=False) is None


@given(seeds)
def test_noise_in_the_dark_is_not_a_bar(seed: int) -> None:
    picture = textured(180, 320, seed)
    dark = np.random.default_rng(seed).integers(16, 40, (40, 320)).astype(np.uint8)
    picture[:40] = picture[140:] = dark
    assert inside_bars([picture], full_range=False) is None
