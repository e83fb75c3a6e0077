"""Whatever a picture shows, its measures stay in their bounds and mean the same from both sides."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box
from screentest.prep.vision.measures import (
    correlation,
    crop,
    detail,
    difference,
    exposure,
    face_sharpness,
    sharpness,
)


def thumb(seed: int, low: int, high: int) -> Picture:
    values = np.random.default_rng(seed).integers(min(low, high), max(low, high) + 1, (36, 64))
    return np.asarray(values, np.uint8)


thumbs = st.builds(thumb, st.integers(0, 2**16), st.integers(0, 255), st.integers(0, 255))
sides = st.floats(-2, 2)
boxes = st.builds(Box, sides, sides, st.floats(0, 3), st.floats(0, 3))


@given(thumbs, thumbs)
def test_two_pictures_compare_alike_in_either_order(a: Picture, b: Picture) -> None:
    assert difference(a, b) == difference(b, a)
    assert math.isclose(correlation(a, b), correlation(b, a), abs_tol=1e-5)


@given(thumbs, thumbs)
def test_comparisons_stay_in_their_bounds(a: Picture, b: Picture) -> None:
    assert 0 <= difference(a, b) <= 1
    assert -1.0001 <= correlation(a, b) <= 1.0001


@given(thumbs)
def test_a_picture_is_like_itself(a: Picture) -> None:
    assert difference(a, a) == 0
    assert correlation(a, a) > 0.999


@given(thumbs, thumbs, thumbs)
def test_no_way_round_is_shorter(a: Picture, b: Picture, c: Picture) -> None:
    assert difference(a, c) <= difference(a, b) + difference(b, c) + 1e-9


@given(thumbs, boxes)
def test_any_box_gives_a_part_of_the_picture_and_measures_of_it(a: Picture, box: Box) -> None:
    inside = crop(a, box)
    assert inside.shape[0] <= 36
    assert inside.shape[1] <= 64
    assert 0 <= exposure(inside) <= 1
    assert sharpness(inside) >= 0
    assert face_sharpness(a, box) >= 0


@given(thumbs)
def test_a_picture_upside_down_is_as_sharp_as_lit_and_as_detailed(a: Picture) -> None:
    turned = np.ascontiguousarray(a[::-1, ::-1])
    assert math.isclose(sharpness(turned), sharpness(a), rel_tol=1e-3, abs_tol=1e-6)
    assert exposure(turned) == exposure(a)
    assert detail(turned) == detail(a)
