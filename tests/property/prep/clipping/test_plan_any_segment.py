"""Whatever is picked of whatever footage, the plan keeps the model's rules and the footage's bounds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.clipping.ffmpeg import arguments
from screentest.prep.clipping.plan import Plan, plan
from screentest.prep.core.errors import TooShort
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec
from screentest.prep.core.values import Box, Heads, Segment, Source
from tests.made_up import source

rates = st.sampled_from(
    [*(Fraction(n) for n in (1, 5, 10, 24, 25, 30, 50, 60, 120, 240)), Fraction(30_000, 1001)]
)
specs = st.sampled_from([SORA_2, KLING_ELEMENTS])
starts_s = st.floats(0, 60)
lengths_s = st.floats(0.5, 12)
sides_px = st.integers(8, 2000).map(lambda half: 2 * half)
containers = st.sampled_from(
    ["mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts", "flv", "avi", "gif"]
)


@st.composite
def footages(draw: st.DrawFn) -> Source:
    width_px, height_px = draw(sides_px), draw(sides_px)
    return source(
        fps=draw(rates),
        duration_s=draw(st.floats(0.5, 60)),
        start_s=draw(st.floats(0, 90_000)),
        video_start_s=draw(st.floats(0, 2)),
        width_px=width_px,
        height_px=height_px,
        coded_width_px=width_px,
        coded_height_px=height_px,
        container=draw(containers),
    )


def planned(raw: Source, start_s: float, length_s: float, spec: ClipSpec, *, fit: str = "pad") -> Plan:
    heads = Heads(Box(0.4, 0.3, 0.1, 0.2), 0.2)
    segment = Segment(start_s, length_s, 0.9, "face", (), heads=heads)
    count = int((raw.duration_s + 1) * raw.fps)
    grid = [raw.video_start_s + float(n / raw.fps) for n in range(count)]
    near = [t_s for t_s in grid if abs(t_s - start_s) < 12]
    return plan(raw, segment, frame_times_s=near, spec=spec, fit=fit)  # type: ignore[arg-type]


@given(footages(), starts_s, lengths_s, specs)
def test_a_plan_keeps_the_rules_or_there_is_none(
    raw: Source, start_s: float, length_s: float, spec: ClipSpec
) -> None:
    try:
        made = planned(raw, start_s, length_s, spec)
    except TooShort:
        return
    assert spec.min_length_s <= made.length_s <= spec.max_length_s
    assert spec.min_fps <= made.rate <= spec.max_fps
    assert Fraction(made.canvas.width_px, made.canvas.height_px) in (spec.aspect, 1 / spec.aspect)


@given(footages(), starts_s, lengths_s, specs)
def test_a_clip_never_outlasts_what_was_picked_or_what_there_is(
    raw: Source, start_s: float, length_s: float, spec: ClipSpec
) -> None:
    try:
        made = planned(raw, start_s, length_s, spec)
    except TooShort:
        return
    assert float(made.length_s) <= length_s + 1e-5
    assert made.start_s + float(made.length_s) <= raw.video_start_s + raw.duration_s + 0.002


@given(footages(), starts_s, lengths_s, specs)
def test_reading_starts_before_the_first_frame_and_never_before_the_file(
    raw: Source, start_s: float, length_s: float, spec: ClipSpec
) -> None:
    try:
        made = planned(raw, start_s, length_s, spec)
    except TooShort:
        return
    assert 0 <= made.seek_s <= made.start_s - made.held_s + 1e-9
    assert made.held_s >= 0


@given(footages(), starts_s, lengths_s, specs, st.sampled_from(["pad", "crop", "auto"]))
def test_any_plan_can_be_said_to_ffmpeg_in_plain_numbers(
    raw: Source, start_s: float, length_s: float, spec: ClipSpec, fit: str
) -> None:
    try:
        made = planned(raw, start_s, length_s, spec, fit=fit)
    except TooShort:
        return
    graph = arguments(made, Path("/out.mp4"))
    told = " ".join(graph)
    assert "nan" not in told
    assert "e-0" not in told
    assert f"trim=end_frame={made.frames}[" in told
    crop = made.crop
    if crop is not None:
        assert crop.left_px + crop.width_px <= raw.coded_width_px
        assert crop.top_px + crop.height_px <= raw.coded_height_px
