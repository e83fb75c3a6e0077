"""However a picture was stored, turned and flipped, it is read back so, and nothing of it is lost."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.media.containers.mp4 import CleanAperture
from screentest.prep.media.orientation import (
    displayed_size,
    orientation,
    seen_size,
    upright_aperture,
)

turns_deg = st.sampled_from([0, 90, 180, 270])
sides_px = st.integers(16, 8192)
aspects = st.fractions(Fraction(1, 10), 10, max_denominator=240)
borders = st.integers(0, 7)


def matrix(turn_deg: float, *, mirrored: bool, scale: float = 65_536) -> bytes:
    """A display matrix: flipped left-right first if so, then turned clockwise."""
    cos, sin = (round(f(math.radians(turn_deg)) * scale) for f in (math.cos, math.sin))
    a, b = (-cos, -sin) if mirrored else (cos, sin)
    return struct.pack("<9i", a, b, 0, -sin, cos, 0, 0, 0, 1 << 30)


@given(turns_deg, st.booleans(), st.floats(-40, 40), st.floats(100, 200_000))
def test_a_turn_and_a_flip_are_read_back_though_a_gyroscope_was_a_little_off(
    turn_deg: int, mirrored: bool, off_deg: float, scale: float
) -> None:
    written = matrix(turn_deg + off_deg, mirrored=mirrored, scale=scale)
    assert orientation(written) == (turn_deg, mirrored)


@given(st.binary(min_size=36, max_size=36))
def test_any_matrix_is_some_quarter_turn(written: bytes) -> None:
    turn_deg, mirrored = orientation(written)
    assert turn_deg in (0, 90, 180, 270)
    assert mirrored in (True, False)


@given(sides_px, sides_px, aspects, turns_deg)
def test_square_pixels_are_made_by_enlarging_one_side(
    width_px: int, height_px: int, sar: Fraction, turn_deg: int
) -> None:
    wide, high = displayed_size(width_px, height_px, sar, turn_deg)
    if turn_deg % 180:
        wide, high = high, wide
    assert wide >= width_px
    assert high >= height_px
    assert wide == width_px or high == height_px
    assert abs(Fraction(wide, high) / (Fraction(width_px, height_px) * sar) - 1) < Fraction(1, 16)


@given(sides_px, sides_px, borders, borders, borders, borders, turns_deg, st.booleans())
def test_what_is_meant_to_be_seen_turns_with_its_picture(
    width_px: int,
    height_px: int,
    left: int,
    top: int,
    right: int,
    bottom: int,
    turn_deg: int,
    mirrored: bool,
) -> None:
    if left + right > width_px - 4 or top + bottom > height_px - 4:
        return
    clean = CleanAperture(
        Fraction(width_px - left - right),
        Fraction(height_px - top - bottom),
        Fraction(left - right, 2),
        Fraction(top - bottom, 2),
    )
    crop = upright_aperture(clean, width_px, height_px, turn_deg=turn_deg, mirrored=mirrored)
    upright = (height_px, width_px) if turn_deg % 180 else (width_px, height_px)
    if crop is None:
        assert max(left, right, top, bottom) == 0
        return
    edges = {
        "left": crop.left_px,
        "top": crop.top_px,
        "right": upright[0] - crop.left_px - crop.width_px,
        "bottom": upright[1] - crop.top_px - crop.height_px,
    }
    assert min(edges.values()) >= 0
    # As much goes at each edge as was to go there, and at most a chroma sample and a half more.
    stored = [left, top, right, bottom] if not mirrored else [right, top, left, bottom]
    for _ in range(turn_deg // 90):
        stored = [stored[3], *stored[:3]]
    for wanted, found in zip(stored, edges.values(), strict=True):
        assert wanted <= found <= wanted + 3
    assert seen_size(width_px, height_px, crop, Fraction(1), turn_deg) == (
        crop.width_px,
        crop.height_px,
    )
