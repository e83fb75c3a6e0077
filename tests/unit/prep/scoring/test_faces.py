"""How good a moment with a face is: each flaw costs, and nothing else does."""

from __future__ import annotations

import pytest

from screentest.prep.core.values import Box, Face
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.faces import (
    Factors,
    Weights,
    coarse_score,
    combined,
    exposure_factor,
    face_share,
    factors,
    whole_factor,
)
from screentest.prep.scoring.usual import Usual, usual_of
from tests.made_up import SOURCE, face, source

USUAL = Usual(pitch_deg=3.0, eyes_open=0.9, clarity=1.0)
FLAWLESS = Factors(*[1.0] * len(Factors.__slots__))


def score(one: Face, *, speed: float = 0.0, others: tuple[Face, ...] = ()) -> float:
    return factors(one, SOURCE, usual=USUAL, speed=speed, others=others).score()


@pytest.mark.parametrize(
    "flaw",
    [
        {"yaw_deg": 20.0},
        {"pitch_deg": 25.0},
        {"roll_deg": 25.0},
        {"eyes_open": 0.3},
        {"gaze": 0.9},
        {"mouth_open": 0.6},
        {"clarity": 0.96},
        {"sharpness": 10.0},
        {"exposure": 0.08},
        {"exposure": 0.95},
        {"box": Box(0.4, 0.3, 0.03, 0.07)},
        {"box": Box(-0.08, 0.3, 0.15, 0.35)},
    ],
)
def test_every_flaw_costs(flaw: dict[str, object]) -> None:
    assert score(face(**flaw)) < 0.95 * score(face())


def test_a_face_in_a_hurry_and_one_beside_a_rival_cost() -> None:
    rival = face(box=Box(0.7, 0.3, 0.15, 0.35))
    assert score(face(), speed=2.0) < 0.9 * score(face())
    assert score(face(), others=(rival,)) < 0.95 * score(face())


def test_a_rival_that_does_not_show_the_face_costs_nothing() -> None:
    turned = face(box=Box(0.7, 0.3, 0.15, 0.35), nose_offset=0.6)
    assert score(face(), others=(turned,)) == score(face())


def test_a_bad_factor_cannot_be_bought_back() -> None:
    assert score(face(eyes_open=0.1)) < 0.1


def test_a_weight_of_nothing_leaves_its_factor_out() -> None:
    asleep = Factors(**{**dict.fromkeys(Factors.__slots__, 1.0), "eyes": 0.05})
    assert asleep.score(Weights(eyes=0.0)) == pytest.approx(1.0)
    assert FLAWLESS.score() == pytest.approx(1.0)


def test_eyes_are_usual_as_open_as_a_person_opens_them_a_quarter_of_the_time() -> None:
    lowered, wide = face(eyes_open=0.4), face(eyes_open=0.9)
    assert usual_of([lowered, lowered, wide, wide]).eyes_open == 0.9


def test_one_blink_counts_little_and_a_weak_second_counts() -> None:
    steady = combined([0.9] * 20)
    assert combined([0.9] * 19 + [0.1]) > 0.93 * steady
    assert combined([0.9] * 15 + [0.1] * 5) < 0.6 * steady
    assert combined([0.9] * 19 + [0.1], weak_percentile=0) < 0.65 * steady


def test_a_face_is_measured_against_the_padded_canvas() -> None:
    one = face(box=Box(0.4, 0.3, 0.15, 0.3))
    assert face_share(one, SOURCE) == pytest.approx(0.3)
    assert face_share(one, source(width_px=2560)) == pytest.approx(0.15)
    assert face_share(one, source(width_px=720, height_px=1280)) == pytest.approx(0.3)


def test_a_head_needs_room_for_its_hair() -> None:
    assert whole_factor(face(box=Box(0.4, 0.1, 0.15, 0.35))) == 1.0
    assert whole_factor(face(box=Box(0.4, 0.0, 0.15, 0.35))) < 0.7


@pytest.mark.parametrize("luma", [0.0, 1.0])
def test_black_and_white_are_not_well_exposed(luma: float) -> None:
    assert exposure_factor(luma) == 0.0
    assert exposure_factor(0.5) == 1.0


def test_a_rise_is_flat_at_both_ends_and_half_in_the_middle() -> None:
    assert [rise(x, 1.0, 3.0) for x in (0.0, 1.0, 2.0, 3.0, 9.0)] == [0, 0, 0.5, 1, 1]


def test_a_profile_promises_next_to_nothing() -> None:
    assert coarse_score(face(nose_offset=0.8), SOURCE) < 0.1 < coarse_score(face(), SOURCE)
