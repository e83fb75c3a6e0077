"""Whatever rate footage has, the clip's is one the service takes and its length never breaks a rule."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.spec import (
    KLING_ELEMENTS,
    SORA_2,
    ClipSpec,
    frames_for_at_least,
    frames_within,
    output_rate,
)

NOMINAL = [
    *(Fraction(n) for n in (1, 5, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 240)),
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)),
]
rates = st.one_of(st.sampled_from(NOMINAL), st.fractions(Fraction(1, 1000), 480, max_denominator=1001))
in_range = st.fractions(24, 30, max_denominator=1001)
specs = st.sampled_from([SORA_2, KLING_ELEMENTS])
lengths_s = st.fractions(0, 60, max_denominator=100_000)


@given(rates, specs)
def test_every_rate_becomes_one_the_model_takes(fps: Fraction, spec: ClipSpec) -> None:
    assert spec.min_fps <= output_rate(fps, spec) <= spec.max_fps


@given(in_range, specs)
def test_a_rate_that_the_model_takes_is_left_alone(fps: Fraction, spec: ClipSpec) -> None:
    assert output_rate(fps, spec) == fps


@given(st.fractions(48, 60, max_denominator=1001), specs)
def test_twice_a_taken_rate_loses_every_second_frame_and_keeps_an_even_pace(
    fps: Fraction, spec: ClipSpec
) -> None:
    assert output_rate(fps, spec) * 2 == fps


@given(st.fractions(Fraction(1, 10), 15, max_denominator=1001), specs)
def test_slow_footage_shows_every_frame_for_as_long_as_the_next(fps: Fraction, spec: ClipSpec) -> None:
    made = output_rate(fps, spec)
    assert (made / fps).denominator == 1 or made == spec.max_fps


@given(rates, specs)
def test_converting_what_was_converted_changes_nothing(fps: Fraction, spec: ClipSpec) -> None:
    made = output_rate(fps, spec)
    assert output_rate(made, spec) == made


@given(lengths_s, in_range)
def test_the_frames_within_a_length_are_the_most_that_fit(length_s: Fraction, rate: Fraction) -> None:
    frames = frames_within(length_s, rate)
    assert frames / rate <= length_s < (frames + 1) / rate


@given(lengths_s, in_range)
def test_the_frames_for_a_length_are_the_fewest_that_last(length_s: Fraction, rate: Fraction) -> None:
    frames = frames_for_at_least(length_s, rate)
    assert (frames - 1) / rate < length_s <= frames / rate


@given(rates, specs)
def test_at_any_rate_some_clip_keeps_the_bounds_of_length(fps: Fraction, spec: ClipSpec) -> None:
    rate = output_rate(fps, spec)
    assert frames_for_at_least(spec.min_length_s, rate) <= frames_within(spec.max_length_s, rate)
