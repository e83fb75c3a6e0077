"""Display matrices: which way up a picture is shown."""

from __future__ import annotations

import struct

import pytest

from screentest.prep.core.crop import Crop
from screentest.prep.core.errors import ImpossibleWish
from screentest.prep.media.orientation import displayed_size, orientation, turned
from tests.made_up import source

ONE = 1 << 16


def matrix(a: int, b: int, c: int, d: int) -> bytes:
    return struct.pack("<9i", a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((1, 0, 0, 1), (0, False)),
        ((0, 1, -1, 0), (90, False)),
        ((-1, 0, 0, -1), (180, False)),
        ((0, -1, 1, 0), (270, False)),
        ((-1, 0, 0, 1), (0, True)),
        ((1, 0, 0, -1), (180, True)),
    ],
)
def test_phones_quarter_turns_and_mirrors_are_read(
    values: tuple[int, int, int, int], shown: tuple[int, bool]
) -> None:
    assert orientation(matrix(*values)) == shown


def test_no_matrix_means_upright() -> None:
    assert orientation(None) == (0, False)


def test_anamorphic_pictures_are_widened_and_never_shrunk() -> None:
    from fractions import Fraction

    assert displayed_size(720, 576, Fraction(64, 45), 0) == (1024, 576)
    assert displayed_size(640, 360, Fraction(2, 3), 0) == (640, 540)
    assert displayed_size(1920, 1080, Fraction(1), 90) == (1080, 1920)


# Turned by a person

PHONE = source(rotation_deg=90, width_px=720, height_px=1280, aperture=Crop(10, 20, 600, 1200))


def test_a_turn_goes_on_top_of_what_the_file_says() -> None:
    lying = turned(PHONE, 90)
    assert (lying.rotation_deg, lying.turned_deg) == (180, 90)
    assert (lying.width_px, lying.height_px) == (1280, 720)
    assert lying.aperture == Crop(1280 - 20 - 1200, 10, 1200, 600), "what was below is left"


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_a_turn_is_counted_from_the_file_and_not_from_the_turn_before(turn_deg: int) -> None:
    assert turned(turned(PHONE, 90), turn_deg) == turned(PHONE, turn_deg)
    assert turned(turned(PHONE, turn_deg), 0) == PHONE


def test_half_a_quarter_is_refused() -> None:
    with pytest.raises(ImpossibleWish, match="by 45 degrees"):
        turned(PHONE, 45)
