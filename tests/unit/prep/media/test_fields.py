"""Fields are found by what moves, and fine texture is not taken for them."""

from __future__ import annotations

import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.media.fields import FirstField, first_field

_LINES, _ACROSS = 96, 128


def at(moment: int) -> Picture:
    """A soft-edged bright bar that moves five pixels a moment."""
    x = np.arange(_ACROSS) - 20 - 5 * moment
    row = 60 + 140 * np.clip(1 - np.abs(x) / 12, 0, 1)
    return np.tile(row, (_LINES, 1)).astype(np.uint8)


def woven(number: int, first: FirstField) -> Picture:
    """Two moments in one picture, the first of them on the lines of the first field."""
    picture = at(2 * number + (first == "bff"))
    picture[1::2] = at(2 * number + (first == "tff"))[1::2]
    return picture


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_woven_pictures_are_found_with_the_field_that_comes_first(first: FirstField) -> None:
    assert first_field([[woven(n, first) for n in range(4)]]) == first


def test_whole_pictures_that_move_are_left_alone() -> None:
    assert first_field([[at(2 * n) for n in range(4)]]) == ""


def test_fine_texture_that_moves_is_left_alone() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (_LINES, _ACROSS)).astype(np.uint8)
    assert first_field([[np.roll(noise, n, axis=1) for n in range(4)]]) == ""


def test_what_stands_still_tells_nothing() -> None:
    assert first_field([[woven(0, "tff")] * 4]) == ""
    assert first_field([]) == ""
    assert first_field([[at(0)]]) == ""
