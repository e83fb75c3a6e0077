"""Whatever shape footage has, its canvas is exact, even, in bounds, and the picture unstretched."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.clipping.canvas import canvas_for
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec, Orientation
from screentest.prep.media.orientation import displayed_size

sides_px = st.integers(min_value=16, max_value=8192)
aspects = st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=240)
turns_deg = st.sampled_from([0, 90, 180, 270])
specs = st.sampled_from([SORA_2, KLING_ELEMENTS])
orientations = st.sampled_from([None, "landscape", "portrait"])


@given(sides_px, sides_px, aspects, turns_deg, specs, orientations)
def test_any_footage_gets_a_canvas_the_service_takes(
    width_px: int,
    height_px: int,
    sar: Fraction,
    turn_deg: int,
    spec: ClipSpec,
    orientation: Orientation | None,
) -> None:
    shown_width, shown_height = displayed_size(width_px, height_px, sar, turn_deg)
    made = canvas_for(shown_width, shown_height, spec=spec, orientation=orientation)

    ratio = Fraction(made.width_px, made.height_px)
    assert ratio in (spec.aspect, 1 / spec.aspect)
    assert made.width_px % 2 == made.height_px % 2 == 0
    assert spec.min_short_px <= min(made.width_px, made.height_px) <= spec.max_short_px

    assert made.left_px >= 0
    assert made.top_px >= 0
    assert made.left_px + made.picture_width_px <= made.width_px
    assert made.top_px + made.picture_height_px <= made.height_px
    assert made.picture_width_px % 2 == made.picture_height_px % 2 == 0

    # Not stretched: what rounding to even sides moves is less than two pixels either way.
    scale = max(made.picture_width_px / shown_width, made.picture_height_px / shown_height)
    assert abs(shown_width * scale - made.picture_width_px) <= 2 * max(1.0, shown_width / shown_height)
    assert abs(shown_height * scale - made.picture_height_px) <= 2 * max(
        1.0, shown_height / shown_width
    )

    # It touches the canvas in one direction, or keeps its own pixels.
    touches = made.picture_width_px >= made.width_px - 1 or made.picture_height_px >= made.height_px - 1
    own = (
        abs(made.picture_width_px - shown_width) <= 1
        and abs(made.picture_height_px - shown_height) <= 1
    )
    assert touches or own
