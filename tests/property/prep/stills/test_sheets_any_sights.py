"""Whatever footage shows, a sheet holds one still an angle, and each still is inside its picture."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.spec import KLING_STILLS
from screentest.prep.core.values import Box
from screentest.prep.stills.choosing import chosen_of
from screentest.prep.stills.cropping import crop_around
from screentest.prep.stills.roles import ANGLES, APART_DEG, apart_deg, fit
from screentest.prep.stills.scored import habits_of
from screentest.prep.stills.values import Framing, Sight
from tests.unit.prep.stills.sights import sight

SHARES = st.floats(0, 1)
FRAMINGS: st.SearchStrategy[Framing] = st.sampled_from(["head", "bust", "full"])


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    profile = draw(st.booleans())
    return sight(
        draw(st.sampled_from([-85.0, 85.0])) if profile else draw(st.floats(-60, 60)),
        None if profile else draw(st.floats(-50, 50)),
        t_s=draw(st.floats(0, 100)),
        eyes_open=draw(SHARES),
        clarity=draw(st.floats(0.6, 1)),
        sharpness=draw(st.floats(0, 500)),
        exposure=draw(SHARES),
    )


@given(st.lists(sights(), max_size=30))
def test_a_sheet_is_sound(found: list[Sight]) -> None:
    chosen = chosen_of(found)
    roles = [one.role for one in chosen]
    assert bool(chosen) == bool(found)
    assert roles == [role for role in ANGLES if role in roles]
    assert {one.t_s for one in chosen} <= {one.t_s for one in found}
    assert all(0 <= one.score <= 1 for one in chosen)
    level_deg = habits_of(found).level_deg
    for one, other in combinations(chosen, 2):
        assert one.turn is not None
        assert other.turn is not None
        assert apart_deg(one.turn, other.turn, level_deg=level_deg) >= APART_DEG
        assert fit(other.role, other.turn, level_deg=level_deg) > 0


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    width, height = draw(st.floats(0.01, 0.9)), draw(st.floats(0.01, 0.9))
    return Box(draw(st.floats(-0.2, 1.0)), draw(st.floats(-0.2, 1.0)), width, height)


@given(
    boxes(),
    st.lists(boxes(), max_size=4),
    st.floats(-90, 90),
    st.integers(16, 4000),
    st.integers(16, 4000),
    FRAMINGS,
)
def test_a_crop_lies_in_the_picture_and_has_pixels_enough_where_that_has(
    face: Box, others: list[Box], yaw_deg: float, width_px: int, height_px: int, framing: Framing
) -> None:
    found = crop_around(
        face,
        others=others,
        yaw_deg=yaw_deg,
        width_px=width_px,
        height_px=height_px,
        framing=framing,
        spec=KLING_STILLS,
    )
    crop = found.crop
    assert 0 <= crop.left_px < crop.left_px + crop.width_px <= width_px
    assert 0 <= crop.top_px < crop.top_px + crop.height_px <= height_px
    assert crop.left_px % 2 == crop.top_px % 2 == crop.width_px % 2 == crop.height_px % 2 == 0
    sides = sorted((crop.width_px, crop.height_px))
    assert sides[1] <= 2.5 * sides[0]
    if framing == "full" and not others and min(width_px, height_px) >= 304:
        assert sides[0] >= 300
