"""Display matrices: which way up a picture is shown."""

from __future__ import annotations

import struct

import pytest

from screentest.prep.media.orientation import displayed_size, orientation

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
