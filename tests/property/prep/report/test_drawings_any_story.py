"""However long footage is and whatever it scored, its drawing stays inside itself and stays small."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Candidate, Segment, Span
from screentest.prep.report.filmstrip import degrees, dial
from screentest.prep.report.page import meter
from screentest.prep.report.story import Curve, Point, Story, spread
from screentest.prep.report.timeline import COLUMNS, thinned, ticks_s, timeline
from tests.made_up import face

shares = st.floats(0, 1)
times_s = st.floats(0, 20_000)
points = st.lists(st.builds(Point, times_s, shares), max_size=40).map(
    lambda found: tuple(sorted(found, key=lambda p: p.t_s))
)
candidates = st.builds(Candidate, times_s, st.floats(2, 8), shares)
stories = st.builds(
    lambda first, length, start, score, others, coarse, close, cuts: Story(
        first,
        first + length,
        Segment(start, 4.0, score, "face", (), tuple(others)),
        Curve(coarse, (close,)),
        tuple(sorted(cuts)),
        (Span(start, start + 6),),
        (),
    ),
    st.floats(0, 5),
    st.floats(2, 20_000),
    times_s,
    shares,
    st.lists(candidates, max_size=4),
    points,
    points,
    st.lists(times_s, max_size=80),
)


@given(stories)
def test_everything_lies_inside_the_drawing(story: Story) -> None:
    drawing = timeline(story)
    for left, width in re.findall(r'x="([-\d.]+)%" y="\d+" width="([-\d.]+)%"', drawing):
        assert float(left) >= 0
        assert float(width) >= 0
        assert float(left) + float(width) <= 100.01
    for path in re.findall(r' d="([^"]+)"', drawing):
        for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path):
            assert 0 <= float(x) <= 1000
            assert 0 <= float(y) <= 100
    assert "nan" not in drawing
    assert drawing.count('class="chosen"') == 1


@given(st.floats(0, 10_000), st.floats(0.1, 400_000))
def test_times_along_the_axis_are_even_inside_and_few(start_s: float, length_s: float) -> None:
    found = ticks_s(start_s, start_s + length_s)
    assert len(found) <= 9
    assert all(start_s <= t_s <= start_s + length_s for t_s in found)
    steps = [after - before for before, after in pairwise(found)]
    assert not steps or max(steps) - min(steps) < 1e-6 * max(steps)


@given(st.lists(shares, min_size=1, max_size=3000))
def test_a_thinned_curve_still_reaches_its_highest_point(scores: list[float]) -> None:
    curve = [Point(float(n), score) for n, score in enumerate(scores)]
    kept = thinned(curve, 0.0, float(len(curve)))
    assert len(kept) <= COLUMNS + 1
    assert max(p.score for p in kept) == max(scores)
    assert set(kept) <= set(curve)


@given(st.integers(0, 5000), st.integers(0, 20))
def test_pictures_of_a_filmstrip_are_spread_evenly_and_none_is_shown_twice(
    count: int, wanted: int
) -> None:
    found = spread(count, wanted)
    assert len(found) == len(set(found)) == min(count, wanted)
    assert all(0 <= index < count for index in found)
    steps = [after - before for before, after in pairwise(found)]
    assert not steps or max(steps) - min(steps) <= 1


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(-5, 5))
def test_dials_and_bars_stay_in_their_frames(yaw_deg: float, pitch_deg: float, score: float) -> None:
    found = re.search(
        r'cx="([-.\d]+)" cy="([-.\d]+)"', dial(face(yaw_deg=yaw_deg, pitch_deg=pitch_deg))
    )
    assert found is not None
    assert max(abs(float(found[1])), abs(float(found[2]))) <= 9
    width = re.search(r'class="full" width="([\d.]+)%"', meter(score))
    assert width is not None
    assert 0 <= float(width[1]) <= 100
    assert degrees(yaw_deg)[-1] == "°"
