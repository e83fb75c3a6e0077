"""Whatever is taken off a picture's edges, the rest lies inside and starts on chroma samples."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.crop import Crop

sides_px = st.integers(16, 8192)
amounts = st.one_of(st.integers(0, 6), st.fractions(0, 6, max_denominator=8))


@given(sides_px, sides_px, amounts, amounts, amounts, amounts)
def test_what_is_left_shows_nothing_that_was_to_go(
    width_px: int,
    height_px: int,
    left: Fraction,
    top: Fraction,
    right: Fraction,
    bottom: Fraction,
) -> None:
    made = Crop.from_edges(width_px, height_px, left=left, top=top, right=right, bottom=bottom)
    for begin, length, size, first, last in (
        (made.left_px, made.width_px, width_px, left, right),
        (made.top_px, made.height_px, height_px, top, bottom),
    ):
        assert begin >= first
        assert begin + length <= size - last
        assert begin % 2 == 0
        assert length % 2 == 0 or not (first or last)
        # No more than one chroma sample is lost on either side.
        assert length > size - first - last - 4


crops = st.builds(Crop, *(st.integers(0, 4000).map(lambda v: v * 2) for _ in range(4)))


@given(crops, crops, crops)
def test_crops_nest_in_any_grouping(a: Crop, b: Crop, c: Crop) -> None:
    assert a.within(b).within(c) == a.within(b.within(c))
