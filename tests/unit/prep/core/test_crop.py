"""Parts of a picture, in whole chroma samples."""

from __future__ import annotations

from fractions import Fraction

import pytest

from screentest.prep.core.crop import Crop


def test_without_anything_taken_off_even_an_odd_picture_stays_whole() -> None:
    assert Crop.from_edges(641, 359) == Crop(0, 0, 641, 359)


def test_a_side_that_nothing_is_taken_off_stays_as_it_is() -> None:
    assert Crop.from_edges(641, 360, top=40, bottom=40) == Crop(0, 40, 641, 280)


@pytest.mark.parametrize(("left", "wanted"), [(1, 2), (2, 2), (3, 4), (Fraction(1, 2), 2)])
def test_an_edge_between_two_chroma_samples_moves_inwards(left: int | Fraction, wanted: int) -> None:
    assert Crop.from_edges(640, 360, left=left).left_px == wanted


def test_the_far_edge_moves_inwards_too() -> None:
    assert Crop.from_edges(640, 360, right=3) == Crop(0, 0, 636, 360)


def test_a_crop_inside_a_crop_counts_from_the_whole_picture() -> None:
    outer, inner = Crop(40, 20, 560, 320), Crop(10, 6, 320, 180)
    assert inner.within(outer) == Crop(50, 26, 320, 180)
    assert inner.within(None) == inner
