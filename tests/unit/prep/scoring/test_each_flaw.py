"""What a moment with a face is worth: each factor, its two ends, and which way it counts."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import pytest

from screentest.prep.core.values import Box, Face
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.faces import (
    WEIGHTS,
    Factors,
    Weights,
    coarse_score,
    combined,
    exposure_factor,
    face_share,
    factors,
    sharp_factor,
    size_factor,
    whole_factor,
)
from screentest.prep.scoring.gaze import gaze_from_camera_deg
from screentest.prep.scoring.usual import Usual, usual_of
from screentest.prep.vision.facing import is_person, turn_deg
from tests.made_up import SOURCE, face, source

# Nothing is left to wish for.
BEST = face(
    box=Box(0.4, 0.2, 0.2, 0.4),
    yaw_deg=0.0,
    pitch_deg=0.0,
    roll_deg=0.0,
    nose_offset=0.0,
    eyes_open=0.95,
    sharpness=400.0,
    exposure=0.5,
)
USUAL = Usual(pitch_deg=0.0, eyes_open=0.95, clarity=1.0)
NAMES = tuple(field.name for field in fields(Factors))


def of(
    shown: Face, *, usual: Usual = USUAL, speed: float = 0.0, others: tuple[Face, ...] = ()
) -> Factors:
    return factors(shown, SOURCE, usual=usual, speed=speed, others=others)


def changed(**changes: object) -> Face:
    return replace(BEST, **changes)  # type: ignore[arg-type]


def test_a_face_without_a_flaw_scores_one_in_everything() -> None:
    assert of(BEST) == Factors(*(1.0,) * len(NAMES))
    assert of(BEST).score() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("frontal", {"yaw_deg": 20.0}),
        ("frontal", {"yaw_deg": -20.0}),
        ("frontal", {"pitch_deg": 15.0}),
        ("frontal", {"roll_deg": -25.0}),
        ("eyes", {"eyes_open": 0.5}),
        ("gaze", {"gaze": 0.8}),
        ("gaze", {"gaze": -0.8}),
        ("gaze", {"gaze_up": 0.4}),
        ("gaze", {"gaze_up": -0.9}),
        ("calm", {"grimace": 0.4}),
        ("calm", {"crossed": 0.3}),
        ("mouth", {"mouth_open": 0.6}),
        ("clear", {"clarity": 0.97}),
        ("size", {"box": Box(0.4, 0.2, 0.05, 0.1)}),
        ("sharp", {"sharpness": 20.0}),
        ("whole", {"box": Box(-0.05, 0.2, 0.2, 0.4)}),
        ("whole", {"box": Box(0.4, 0.7, 0.2, 0.4)}),
        ("exposed", {"exposure": 0.12}),
        ("exposed", {"exposure": 0.92}),
    ],
)
def test_a_flaw_costs_in_its_own_factor_and_in_no_other(name: str, flaw: dict[str, object]) -> None:
    found = of(changed(**flaw))
    worse = {each for each in NAMES if getattr(found, each) < 0.999}
    assert worse == {name} | ({"gaze"} if {"yaw_deg", "pitch_deg"} & set(flaw) else set())
    assert found.score() < of(BEST).score()


def test_a_face_that_moves_costs_in_steadiness_alone() -> None:
    assert of(BEST, speed=1.5).steady < 0.8
    assert replace(of(BEST, speed=1.5), steady=1.0) == of(BEST)


def test_somebody_as_large_beside_costs_half_and_somebody_small_nothing() -> None:
    assert of(BEST, others=(BEST,)).alone == pytest.approx(0.5)
    assert of(BEST, others=(changed(box=Box(0.8, 0.2, 0.06, 0.12)),)).alone == 1


def test_a_face_on_a_poster_that_turns_away_is_not_a_rival() -> None:
    assert of(BEST, others=(changed(nose_offset=0.9),)).alone == 1


@pytest.mark.parametrize(
    ("name", "worst"),
    [
        ("eyes", changed(eyes_open=0.0)),
        ("gaze", changed(gaze=-1.0, gaze_up=1.0)),
        ("mouth", changed(mouth_open=1.0)),
        ("calm", changed(grimace=1.0)),
        ("clear", changed(clarity=0.0)),
        ("size", changed(box=Box(0.4, 0.2, 0.001, 0.001))),
        ("sharp", changed(sharpness=0.0)),
        ("whole", changed(box=Box(1.5, 0.2, 0.2, 0.4))),
        ("exposed", changed(exposure=0.0)),
        ("exposed", changed(exposure=1.0)),
    ],
)
def test_at_its_worst_a_factor_leaves_something_to_tell_windows_apart_by(
    name: str, worst: Face
) -> None:
    floors = {"eyes": 0.05, "gaze": 0.5, "mouth": 0.5, "calm": 0.5, "clear": 0.05, "size": 0.03}
    assert getattr(of(worst), name) == pytest.approx(floors.get(name, 0.05), abs=0.01)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("yaw_deg", [0, 5, 10, 20, 30, 60, 90]),
        ("yaw_deg", [0, -5, -10, -20, -30, -60]),
        ("pitch_deg", [0, 5, 15, 30]),
        ("roll_deg", [0, 10, 30, 60]),
        ("nose_offset", [0, 0.3, 0.4, 0.6, 0.9]),
        ("eyes_open", [0.95, 0.7, 0.5, 0.4, 0.1]),
        ("mouth_open", [0.0, 0.3, 0.5, 0.7]),
        ("clarity", [1.0, 0.99, 0.97, 0.9]),
        ("sharpness", [400, 60, 20, 5]),
        ("exposure", [0.5, 0.2, 0.1, 0.03]),
        ("exposure", [0.5, 0.85, 0.9, 0.99]),
    ],
)
def test_the_further_from_the_best_the_less_a_moment_scores(name: str, values: list[float]) -> None:
    scores = [of(changed(**{name: value})).score() for value in values]
    assert all(before >= after for before, after in pairwise(scores))
    assert scores[0] > scores[-1]


def test_eyes_are_held_against_what_is_usual_for_the_person() -> None:
    narrow = changed(eyes_open=0.62)
    assert of(narrow, usual=replace(USUAL, eyes_open=0.72)).eyes > of(narrow).eyes


def test_a_person_whose_eyes_never_open_does_not_pass_for_awake() -> None:
    asleep = changed(eyes_open=0.2)
    assert of(asleep, usual=replace(USUAL, eyes_open=0.2)).eyes == pytest.approx(0.05)


def test_a_camera_a_little_above_costs_nothing_and_one_far_above_does() -> None:
    def looked_down_at(pitch_deg: float) -> float:
        return of(changed(pitch_deg=pitch_deg), usual=replace(USUAL, pitch_deg=pitch_deg)).frontal

    assert looked_down_at(-14.0) == 1
    assert looked_down_at(-35.0) < 0.9


def test_a_hand_before_the_face_shows_against_what_is_usual_for_the_person() -> None:
    blurred = changed(clarity=0.9)
    assert of(blurred, usual=replace(USUAL, clarity=0.9)).clear == 1
    assert of(blurred).clear == pytest.approx(0.05)


def test_eyes_that_hold_the_camera_against_the_turn_look_into_it() -> None:
    assert gaze_from_camera_deg(changed(yaw_deg=20.0, gaze=-0.63, gaze_up=-0.22)) < 1
    assert gaze_from_camera_deg(changed(yaw_deg=20.0, gaze=0.63)) > 40
    assert gaze_from_camera_deg(changed(pitch_deg=10.0, gaze_up=-0.56)) < 1
    assert gaze_from_camera_deg(changed(pitch_deg=10.0, gaze_up=-0.2)) > 20
    assert gaze_from_camera_deg(changed(pitch_deg=-10.0, gaze_up=0.02)) < 1
    assert gaze_from_camera_deg(changed(pitch_deg=-10.0, gaze_up=-0.5)) > 20


@pytest.mark.parametrize("flaw", [{"gaze": 1.0, "gaze_up": 0.8}, {"crossed": 1.0}, {"grimace": 1.0}])
def test_what_a_small_face_seems_to_do_costs_nothing(flaw: dict[str, float]) -> None:
    def worth(height: float) -> Factors:
        return of(changed(box=Box(0.4, 0.2, 0.1, height), **flaw))

    assert min(worth(0.13).gaze, worth(0.13).calm) == 1
    assert min(worth(0.20).gaze, worth(0.20).calm) < 0.55


def test_shut_eyes_neither_look_away_nor_cross() -> None:
    blinking = of(changed(eyes_open=0.3, gaze_up=-0.9, crossed=1.0))
    assert (blinking.gaze, blinking.calm) == (1, 1)


def test_a_little_tilt_is_free_and_a_large_one_is_bad() -> None:
    ten, twenty, thirty = (of(changed(roll_deg=-d)).frontal for d in (10.0, 20.0, 30.0))
    assert ten > 0.95
    assert 0.4 < twenty < 0.7
    assert 0.15 < thirty < 0.3, "bad, but a face"


@pytest.mark.parametrize(
    ("flaw", "shows"),
    [
        ({}, True),
        ({"presence": 0.5}, False),
        ({"presence": 0.51}, True),
        ({"nose_offset": 0.38}, True),
        ({"nose_offset": -0.39}, False),
        ({"yaw_deg": 31.5}, True),
        ({"yaw_deg": -32.5}, False),
    ],
)
def test_a_person_who_turns_away_does_not_show_their_face(flaw: dict[str, object], shows: bool) -> None:
    assert is_person(changed(**flaw)) == shows


def test_the_nose_tells_a_turn_that_the_mesh_flattens() -> None:
    assert turn_deg(changed(yaw_deg=8.0, nose_offset=0.6)) == pytest.approx(48.6, abs=0.1)
    assert turn_deg(changed(yaw_deg=8.0, nose_offset=0.2)) == pytest.approx(8.8), (
        "within 20 degrees the mesh knows better"
    )
    assert turn_deg(changed(yaw_deg=-30.0, nose_offset=0.3)) == pytest.approx(33)
    assert turn_deg(changed(nose_offset=5.0)) == pytest.approx(90)


def test_what_is_usual_is_what_most_moments_show() -> None:
    moments = [changed(pitch_deg=p, eyes_open=e, clarity=c) for p, e, c in SEEN]
    usual = usual_of(moments)
    assert usual.pitch_deg == 5
    assert usual.eyes_open == pytest.approx(0.9)
    assert usual.clarity > 0.95


SEEN = [(5.0, 0.9, 0.96), (5.0, 0.1, 0.95), (5.0, 0.9, 0.5), (40.0, 0.2, 0.96), (-30.0, 0.9, 0.97)]


@pytest.mark.parametrize(
    ("size", "share"),
    [((1280, 720), 0.4), ((720, 1280), 0.4), ((640, 480), 0.4), ((2560, 720), 0.2), ((480, 1280), 0.4)],
)
def test_a_face_counts_as_high_as_it_is_in_the_padded_clip(size: tuple[int, int], share: float) -> None:
    footage = source(width_px=size[0], height_px=size[1])
    assert face_share(BEST, footage) == pytest.approx(share, abs=0.001)


def test_a_third_of_the_height_is_all_that_can_be_wished_for() -> None:
    sizes = [
        size_factor(changed(box=Box(0.4, 0.2, 0.1, h)), SOURCE) for h in (0.02, 0.08, 0.2, 0.31, 0.8)
    ]
    assert sizes[0] == pytest.approx(0.03)
    assert sizes[1] < 0.2
    assert sizes[3:] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("sharpness", "least", "most"), [(2, 0.05, 0.05), (10, 0.05, 0.3), (100, 1, 1)]
)
def test_sharpness_pays_up_to_a_hundred(sharpness: float, least: float, most: float) -> None:
    assert least <= sharp_factor(changed(sharpness=sharpness)) <= most


def test_a_head_without_room_for_hair_is_cut_by_the_frame() -> None:
    top = [whole_factor(changed(box=Box(0.4, y, 0.2, 0.4))) for y in (-0.01, 0.0, 0.008, 0.02)]
    assert top[0] < top[1] < top[2] < top[3] == 1


def test_half_a_face_is_not_a_portrait() -> None:
    assert whole_factor(changed(box=Box(-0.1, 0.2, 0.2, 0.4))) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("luma", "wanted"), [(0.0, 0), (0.06, 0), (0.25, 1), (0.8, 1), (0.97, 0), (1, 0)]
)
def test_light_is_right_between_two_ends(luma: float, wanted: float) -> None:
    assert exposure_factor(luma) == wanted


@pytest.mark.parametrize(("value", "wanted"), [(-5, 0), (2, 0), (3, 0.5), (4, 1), (99, 1)])
def test_a_rise_begins_and_ends_where_it_says(value: float, wanted: float) -> None:
    assert rise(value, 2, 4) == wanted


def test_one_bad_factor_is_not_bought_back_by_the_others() -> None:
    asleep = of(changed(eyes_open=0.0))
    assert asleep.score() == pytest.approx(0.05**WEIGHTS.eyes)


def test_a_weight_of_nothing_takes_a_factor_out() -> None:
    asleep = of(changed(eyes_open=0.0))
    assert asleep.score(Weights(eyes=0.0)) == pytest.approx(1)
    assert asleep.score(Weights(eyes=2.0)) == pytest.approx(0.05**2)


def test_every_factor_has_a_weight() -> None:
    assert {field.name for field in fields(Weights)} == set(NAMES)


def test_a_window_of_even_moments_scores_as_they_do() -> None:
    assert combined([0.8] * 20) == pytest.approx(0.8)
    assert combined([0.8]) == pytest.approx(0.8)


def test_one_blink_in_a_window_costs_little_and_without_a_face_one_flash_costs_all_it_may() -> None:
    with_one = [0.9] * 19 + [0.0]
    assert combined(with_one) > 0.85
    assert combined(with_one, weak_percentile=0) < 0.55


def test_many_weak_moments_cost_more_than_their_mean() -> None:
    assert combined([0.9] * 10 + [0.1] * 10) < 0.5 - 0.1


def test_a_coarse_sample_of_a_profile_promises_next_to_nothing() -> None:
    assert coarse_score(changed(nose_offset=0.6), SOURCE) <= 0.05
    assert coarse_score(BEST, SOURCE) == pytest.approx(1)


@pytest.mark.parametrize(
    "flaw",
    [
        {"nose_offset": 0.3},
        {"box": Box(0.4, 0.2, 0.04, 0.08)},
        {"exposure": 0.1},
        {"sharpness": 8.0},
        {"box": Box(-0.1, 0.2, 0.2, 0.4)},
    ],
)
def test_what_a_detector_can_tell_counts_in_a_coarse_sample(flaw: dict[str, object]) -> None:
    assert coarse_score(changed(**flaw), SOURCE) < 0.9
