"""Wherever a head is, a crop has the exact aspect, invents no pixels and never cuts the head."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from screentest.prep.clipping.canvas import canvas_for
from screentest.prep.clipping.framing import framed
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec, Fit, Orientation
from screentest.prep.core.values import Box, Heads

sides_px = st.integers(min_value=100, max_value=4000)
shares = st.floats(0.01, 1.0)
fits = st.sampled_from(["crop", "auto"])
specs = st.sampled_from([SORA_2, KLING_ELEMENTS])


@given(sides_px, sides_px, shares, shares, shares, shares, fits, specs)
def test_a_crop_keeps_the_head_and_the_rules(
    half_width_px: int,
    half_height_px: int,
    x: float,
    y: float,
    w: float,
    h: float,
    fit: Fit,
    spec: ClipSpec,
) -> None:
    assume(half_width_px != half_height_px)
    width_px, height_px = 2 * half_width_px, 2 * half_height_px
    box = Box(x * (1 - w), y * (1 - h), w, h)
    crop = framed(Heads(box, h), width_px=width_px, height_px=height_px, spec=spec, fit=fit)
    if crop is None:
        return
    assert Fraction(crop.width_px, crop.height_px) in (spec.aspect, 1 / spec.aspect)
    assert min(crop.width_px, crop.height_px) >= spec.min_short_px
    assert crop.left_px % 2 == crop.top_px % 2 == crop.width_px % 2 == crop.height_px % 2 == 0
    assert crop.left_px >= 0
    assert crop.top_px >= 0
    assert crop.left_px + crop.width_px <= width_px
    assert crop.top_px + crop.height_px <= height_px
    assert crop.left_px <= box.x * width_px + 2
    assert crop.top_px <= box.y * height_px + 2
    assert (box.x + box.width) * width_px <= crop.left_px + crop.width_px + 2
    assert (box.y + box.height) * height_px <= crop.top_px + crop.height_px + 2


@given(
    st.integers(256, 4320),
    st.integers(256, 4320),
    st.tuples(shares, shares, shares, shares),
    specs,
    fits,
    st.sampled_from([None, "landscape", "portrait"]),
)
def test_a_crop_of_any_shape_fills_its_canvas_and_keeps_the_hair(
    width_px: int,
    height_px: int,
    place: tuple[float, float, float, float],
    spec: ClipSpec,
    fit: Fit,
    orientation: Orientation | None,
) -> None:
    x, y, wide, high = place[0], place[1], 0.02 + 0.15 * place[2], 0.02 + 0.3 * place[3]
    face = Box(x * (1 - wide), y * (1 - high), wide, high)
    heads = Heads(face, high)
    crop = framed(
        heads, width_px=width_px, height_px=height_px, spec=spec, fit=fit, orientation=orientation
    )
    if crop is None:
        return
    assert crop.left_px % 2 == crop.top_px % 2 == crop.width_px % 2 == crop.height_px % 2 == 0
    assert crop.left_px >= 0
    assert crop.top_px >= 0
    assert crop.left_px + crop.width_px <= width_px
    assert crop.top_px + crop.height_px <= height_px
    # The head with its hair, as far as the picture shows it; edges are rounded to even pixels.
    face_px = high * height_px
    assert crop.left_px <= face.x * width_px
    assert crop.left_px + crop.width_px + 2 >= (face.x + face.width) * width_px
    assert crop.top_px <= max(0.0, face.y * height_px - 0.35 * face_px) + 1e-6
    assert crop.top_px + crop.height_px + 2 >= (face.y + face.height) * height_px
    canvas = canvas_for(crop.width_px, crop.height_px, spec=spec, orientation=orientation)
    assert not canvas.is_padded
