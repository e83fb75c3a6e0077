"""The stills of one person: one for each angle that shows, the best moment of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Box
from screentest.prep.stills.choosing import chosen_of
from tests.unit.prep.stills.sights import sight

ALL = [
    sight(0, 0, t_s=1),
    sight(-36, 0, t_s=2),
    sight(36, 0, t_s=3),
    sight(85, None, t_s=4),
    sight(0, 22, t_s=5),
    sight(0, -22, t_s=6),
]


def test_every_angle_that_shows_gets_one_still_the_frontal_one_first() -> None:
    chosen = chosen_of([*ALL, sight(-30, 0, t_s=7), sight(4, 2, t_s=8)])
    assert [one.role for one in chosen] == ["frontal", "left", "right", "profile", "up", "down"]
    assert [one.t_s for one in chosen] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "flaw",
    [
        {"eyes_open": 0.2},
        {"clarity": 0.9},
        {"sharpness": 8.0},
        {"exposure": 0.05},
        {"box": Box(0.4, -0.1, 0.15, 0.35)},
        {"box": Box(0.45, 0.3, 0.05, 0.12)},
        {"others": (Box(0.1, 0.3, 0.15, 0.35),)},
    ],
    ids=["eyes shut", "covered", "blurred", "dark", "cut off", "small", "company"],
)
@pytest.mark.parametrize("yaw_deg", [0, -36])
def test_a_flawed_moment_loses_to_one_that_is_a_little_less_well_turned(
    flaw: dict[str, object], yaw_deg: float
) -> None:
    flawed = sight(yaw_deg, t_s=1, **flaw)  # type: ignore[arg-type]
    good = sight(yaw_deg + 5, t_s=2)
    assert [one.t_s for one in chosen_of([flawed, good])] == [2]


def test_a_frontal_still_looks_into_the_camera() -> None:
    aside, into = sight(0, t_s=1, gaze=0.45), sight(3, 2, t_s=2)
    assert [one.t_s for one in chosen_of([aside, into])] == [2]


def test_a_frontal_still_is_taken_between_words() -> None:
    speaks, rests = sight(0, t_s=1, mouth_open=0.2), sight(2, 2, t_s=2, mouth_open=0.08)
    assert [one.t_s for one in chosen_of([speaks, rests])] == [2]


def test_a_face_at_rest_beats_one_that_is_drawn_a_little_better_turned() -> None:
    calm = sight(0, t_s=1)
    drawn, rests = replace(calm, face=replace(calm.face, grimace=0.6)), sight(5, t_s=2)
    assert [one.t_s for one in chosen_of([drawn, rests])] == [2]


@pytest.mark.parametrize(("x", "taken"), [(0.62, 2), (0.9, 1)], ids=["near", "cropped away"])
def test_a_small_face_that_no_crop_leaves_out_counts_against_a_moment(x: float, taken: int) -> None:
    beside = sight(0, t_s=1, others=(Box(x, 0.5, 0.04, 0.08),), box=Box(0.4, 0.3, 0.15, 0.35))
    alone = sight(4, t_s=2, box=Box(0.4, 0.3, 0.15, 0.35))
    assert [one.t_s for one in chosen_of([beside, alone])] == [taken]


def test_of_two_moments_of_one_side_the_crisper_is_taken() -> None:
    soft, crisp = sight(-36, t_s=1, sharpness=70.0), sight(-44, t_s=2, sharpness=350.0)
    assert [one.t_s for one in chosen_of([soft, crisp])] == [2]


def test_eyes_that_follow_the_head_down_are_not_shut() -> None:
    lowered = sight(0, -22, t_s=2, eyes_open=0.6)
    assert [one.role for one in chosen_of([ALL[0], lowered])] == ["frontal", "down"]


def test_two_stills_never_show_nearly_the_same_angle() -> None:
    assert [one.t_s for one in chosen_of([sight(10, t_s=1), sight(18, t_s=2)])] == [1]


def test_footage_of_one_angle_gives_one_still() -> None:
    talking = [sight(3 * (n % 3), 2, t_s=n / 5) for n in range(40)]
    assert len(chosen_of(talking)) == 1


@pytest.mark.parametrize("turn", [(17, 0), (25, 21), (0, -10), (-40, 30)])
def test_somebody_who_fills_no_role_well_still_gets_one(turn: tuple[float, float]) -> None:
    chosen = chosen_of([sight(*turn, t_s=n / 5, eyes_open=0.3) for n in range(5)])
    assert len(chosen) == 1


def test_where_nobody_shows_there_is_nothing() -> None:
    assert chosen_of([]) == ()
