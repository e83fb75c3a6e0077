"""A blink is natural, eyes that stay shut are a flaw; five samples a second cannot tell them apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screentest.prep.core.values import EyesTrace, Face
from screentest.prep.scoring.eyes import eyes_over, eyes_seen
from screentest.prep.scoring.usual import Usual
from tests.made_up import face

USUAL = Usual(pitch_deg=0.0, eyes_open=0.9, clarity=1.0)
OPEN, SHUT = face(), face(eyes_open=0.15)
TIMES_S = tuple(n / 5 for n in range(20))

IsShut = Callable[[float], bool]


def never(t_s: float) -> bool:
    return False


def between(first_s: float, end_s: float) -> IsShut:
    return lambda t_s: first_s <= t_s < end_s


def trace(is_shut: IsShut, *, per_s: int = 15, shut: float = 0.15) -> EyesTrace:
    times_s = tuple(n / per_s for n in range(4 * per_s))
    return EyesTrace((0.0, OPEN.box), times_s, tuple(shut if is_shut(t) else 0.9 for t in times_s))


def sampled(is_shut: IsShut) -> list[Face | None]:
    return [SHUT if is_shut(t_s) else OPEN for t_s in TIMES_S]


def measured(is_shut: IsShut, *, seen: IsShut = never, per_s: int = 15) -> tuple[float, ...]:
    """The factors of samples of which some are shut, and of what was measured between them."""
    return eyes_over(TIMES_S, sampled(seen), USUAL, trace(is_shut, per_s=per_s))


def test_eyes_shut_in_one_sample_alone_are_taken_for_a_blink() -> None:
    factors = eyes_over(TIMES_S, sampled(between(1.9, 2.1)), USUAL)
    assert factors[10] >= 0.8
    assert factors[9] == factors[11] == 1.0


def test_eyes_shut_in_two_samples_may_have_blinked_and_are_shut_in_three() -> None:
    """Two samples prove a fifth of a second: kept out for them, a window would never be measured."""
    assert min(eyes_over(TIMES_S, sampled(between(1.9, 2.3)), USUAL)) >= 0.8
    assert max(eyes_over(TIMES_S, sampled(between(1.9, 2.5)), USUAL)[10:13]) == pytest.approx(0.05)


def test_eyes_that_are_shut_where_the_face_is_lost_between_are_shut() -> None:
    faces = sampled(between(1.9, 2.5))
    faces[11] = None
    factors = eyes_over(TIMES_S, faces, USUAL)
    assert (factors[10], factors[11], factors[12]) == pytest.approx((0.05, 1.0, 0.05))


@pytest.mark.parametrize("per_s", [15, 25, 30])
@pytest.mark.parametrize("lasts_s", [0.08, 0.15, 0.25])
def test_a_blink_costs_little(per_s: int, lasts_s: float) -> None:
    factors = measured(between(2.0, 2.0 + lasts_s), per_s=per_s)
    assert min(factors) >= 0.75
    assert sum(factors) / len(factors) > 0.97


@pytest.mark.parametrize("per_s", [15, 25, 30])
def test_eyes_that_stay_shut_cost_much(per_s: int) -> None:
    factors = measured(between(2.0, 2.7), per_s=per_s)
    assert factors[11:13] == pytest.approx((0.05, 0.05))


def test_blinks_one_after_the_other_are_no_blinks() -> None:
    fluttering = measured(lambda t_s: (t_s + 0.02) % 0.4 < 0.16, per_s=25)
    twice = measured(lambda t_s: 2.0 <= t_s < 2.15 or 2.4 <= t_s < 2.55, per_s=25)
    assert sum(fluttering) / len(fluttering) < 0.75
    assert sum(twice) / len(twice) > 0.95


def test_shut_eyes_between_the_samples_count() -> None:
    """Samples that hit the open moments only: the eyes are shut in half of the frames."""
    factors = measured(lambda t_s: t_s % 1.0 > 0.45)
    assert sum(factors) / len(factors) < 0.65
    assert eyes_over(TIMES_S, sampled(never), USUAL) == (1.0,) * 20


def test_a_shut_sample_is_as_good_as_the_frames_around_it() -> None:
    assert measured(between(2.0, 2.1), seen=between(1.9, 2.1))[10] >= 0.8
    assert measured(never, seen=between(1.9, 2.5)) == (1.0,) * 20


def test_where_nothing_was_measured_the_samples_count() -> None:
    part = EyesTrace((0.0, OPEN.box), (0.0, 0.07, 0.13, 0.2), (0.9, 0.9, 0.9, 0.9))
    factors = eyes_over(TIMES_S, sampled(between(1.9, 2.5)), USUAL, part)
    assert factors[10] == pytest.approx(0.05)
    assert factors[0] == 1.0


def test_how_long_eyes_were_shut_is_measured() -> None:
    seen = eyes_seen(trace(between(1.0, 1.8)), USUAL, start_s=0.0, end_s=4.0)
    assert seen is not None
    assert seen.shut_s == pytest.approx((0.8,))
    assert seen.open_share == pytest.approx(0.8)


def test_eyes_shut_when_a_window_begins_and_ends_are_seen() -> None:
    seen = eyes_seen(trace(lambda t: t < 1.4 or t > 2.6), USUAL, start_s=1.0, end_s=3.0)
    assert seen is not None
    assert seen.shut_s == pytest.approx((0.4, 0.4), abs=0.07)


def test_two_stretches_are_not_one_long_blink() -> None:
    times_s = (0.0, 0.07, 0.14, 3.0, 3.07, 3.14)
    apart = EyesTrace((0.0, OPEN.box), times_s, (0.9, 0.9, 0.1, 0.1, 0.9, 0.9))
    seen = eyes_seen(apart, USUAL, start_s=0.0, end_s=4.0)
    assert seen is not None
    assert max(seen.shut_s) < 0.2


def test_nothing_is_told_of_a_stretch_that_was_not_measured() -> None:
    assert eyes_seen(trace(never), USUAL, start_s=5.0, end_s=9.0) is None


def test_lids_that_nearly_meet_are_shut_even_of_somebody_with_narrow_eyes() -> None:
    """Measured in a window of lowered lids alone: its upper quartile is no open eye."""
    narrow = replace(USUAL, eyes_open=0.68)
    nearly, lowered = trace(lambda t: True, shut=0.43), trace(lambda t: True, shut=0.6)
    seen = [eyes_seen(one, narrow, start_s=0.0, end_s=4.0) for one in (nearly, lowered)]
    assert [one.open_share for one in seen if one] == [0.0, 1.0]


def test_half_open_lids_are_neither_shut_nor_wide() -> None:
    factors = eyes_over(TIMES_S, sampled(never), USUAL, trace(lambda t: True, shut=0.6))
    assert 0.5 < factors[10] < 0.9
