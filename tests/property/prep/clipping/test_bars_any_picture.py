"""Bars, black or blurred: found where they are, and never where there are none."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.prep.clipping.bars import bars_in, inside_bars, may_have_bars
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


# Blurred copies


def scene(height: int, width: int, seed: int) -> Picture:
    """Shapes, large and small, as pictures have them."""
    random = np.random.default_rng(seed)
    coarse = random.integers(30, 220, (7, 7)).astype(np.uint8)
    made = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    noisy = made + random.integers(-25, 25, (height, width))
    return np.asarray(np.clip(noisy, 16, 235), np.uint8)


def between_copies(inner: Picture, *, width: int, dimmed: float = 1.0, zoom: float = 1.0) -> Picture:
    """A picture between blurred copies of itself, as apps fill a wider frame."""
    height = inner.shape[0]
    scale = zoom * width / inner.shape[1]
    high = round(height * scale)
    large = cv2.resize(inner, (round(width * zoom), high))
    top, left = (high - height) // 2, (large.shape[1] - width) // 2
    behind = cv2.GaussianBlur(large[top : top + height, left : left + width], (0, 0), 9) * dimmed
    made = behind.astype(np.uint8)
    at = (width - inner.shape[1]) // 2
    made[:, at : at + inner.shape[1]] = inner
    return made


@settings(deadline=None, max_examples=40)
@given(
    st.integers(60, 110).map(lambda half: 2 * half),
    st.sampled_from([1.0, 0.7]),
    st.sampled_from([1.0, 1.2]),
    st.booleans(),
    seeds,
)
def test_blurred_copies_are_taken_off_to_the_pixel(
    wide: int, dimmed: float, zoom: float, upright: bool, seed: int
) -> None:
    pictures = [
        between_copies(scene(240, wide, seed + n), width=426, dimmed=dimmed, zoom=zoom) for n in (0, 1)
    ]
    found = bars_in([p if upright else p.T for p in pictures], full_range=False)
    assert found is not None
    assert found.blurred
    crop, side = found.inside, (426 - wide) // 2
    begin, length = (crop.left_px, crop.width_px) if upright else (crop.top_px, crop.height_px)
    assert side <= begin <= side + 4
    assert side + wide - 4 <= begin + length <= side + wide
    assert (crop.height_px if upright else crop.width_px) == 240


@settings(deadline=None, max_examples=40)
@given(st.integers(60, 110).map(lambda half: 2 * half), seeds)
def test_a_soft_background_between_two_straight_edges_stays(wide: int, seed: int) -> None:
    # Somebody in a doorway, the rooms beside it out of focus: not a copy of what is between.
    picture = between_copies(scene(240, wide, seed), width=426)
    other = between_copies(scene(240, wide, seed + 1), width=426)
    at = (426 - wide) // 2
    picture[:, :at], picture[:, at + wide :] = other[:, :at], other[:, at + wide :]
    assert bars_in([picture], full_range=False) is None


@given(seeds)
def test_one_blurred_side_or_a_plain_wall_stays(seed: int) -> None:
    picture = between_copies(scene(240, 160, seed), width=426)
    one_sided = picture.copy()
    one_sided[:, 300:] = scene(240, 126, seed)
    wall = np.full_like(picture, 200)
    wall[:, 133:293] = picture[:, 133:293]
    assert bars_in([one_sided], full_range=False) is None
    assert bars_in([wall], full_range=False) is None
