"""How good a moment without a face is: a figure adds to it and never takes off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Box, Figure
from screentest.prep.scoring.faceless import faceless_factors, faceless_score, steadied
from tests.made_up import face, signal

HEAD = Box(0.45, 0.22, 0.1, 0.15)
CLEAR = Figure(Box(0.4, 0.2, 0.2, 0.6), sureness=0.8, sharpness=300.0, head=HEAD, front=0.9)


def test_a_moment_with_a_figure_is_worth_more_than_a_sharper_one_without() -> None:
    with_one = signal(0.0, figure=CLEAR, sharpness=120.0)
    assert faceless_score(with_one) > faceless_score(signal(0.0, sharpness=600.0))


def test_a_tiny_figure_far_away_counts_for_nothing() -> None:
    far = Figure(Box(0.5, 0.5, 0.03, 0.08), sureness=0.9)
    assert faceless_factors(signal(0.0, figure=far)).shown == faceless_factors(signal(0.0)).shown


@pytest.mark.parametrize(
    "flaw",
    [
        {"head": Box(0.0, 0.2, 0.1, 0.15)},
        {"head": Box(0.9, 0.2, 0.1, 0.15)},
        {"head": Box(0.4, 0.0, 0.1, 0.15)},
        {"front": 0.5},
        {"front": 0.0, "head": None},
        {"sharpness": 8.0},
        {"others": 1},
        {"sizes_per_s": 1.2},
    ],
)
def test_a_flaw_of_the_figure_costs(flaw: dict[str, object]) -> None:
    flawed = replace(CLEAR, **flaw)  # type: ignore[arg-type]
    assert faceless_score(signal(0.0, figure=flawed)) < 0.96 * faceless_score(signal(0.0, figure=CLEAR))


def test_legs_out_of_the_picture_cost_nothing() -> None:
    standing = replace(CLEAR, box=Box(0.4, 0.4, 0.2, 0.6))
    assert faceless_score(signal(0.0, figure=standing)) == faceless_score(signal(0.0, figure=CLEAR))


def test_a_body_that_the_frame_leaves_without_a_head_ranks_below_one_seen_from_behind() -> None:
    behind = replace(CLEAR, front=0.0, head=None)
    beheaded = replace(behind, box=Box(0.4, 0.0, 0.2, 0.8))
    turned, cut = (faceless_score(signal(0.0, figure=figure)) for figure in (behind, beheaded))
    assert cut < 0.6 * turned


def test_a_head_that_faces_us_makes_a_figure_of_what_is_hardly_taken_for_one() -> None:
    unlike = replace(CLEAR, sureness=0.26)
    assert faceless_factors(signal(0.0, figure=unlike)).shown > 0.9
    assert faceless_factors(signal(0.0, figure=replace(unlike, front=0.0))).shown < 0.7


def test_a_head_seen_whole_is_not_called_cut_because_its_body_is() -> None:
    close = replace(CLEAR, box=Box(0.0, 0.0, 1.0, 1.0))
    assert faceless_factors(signal(0.0, figure=close)).whole == 1


def test_a_front_in_a_moving_picture_comes_before_a_back_in_a_still_one() -> None:
    front = signal(0.0, figure=CLEAR, motion=2.0)
    back = signal(0.0, figure=replace(CLEAR, front=0.0, head=None), motion=0.0)
    assert faceless_score(front) > 1.1 * faceless_score(back)


def test_a_look_that_misses_the_head_among_looks_that_find_it_costs_little() -> None:
    shot = [signal(i / 5, figure=CLEAR if i != 10 else replace(CLEAR, front=0.0)) for i in range(20)]
    fronts = [s.figure.front for s in steadied(shot) if s.figure is not None]
    assert min(fronts) > 0.8 * CLEAR.front
    assert fronts[0] == CLEAR.front
    assert steadied([signal(0.0)]) == (signal(0.0),)


def test_a_human_face_that_a_hand_covers_is_no_front() -> None:
    covered = face(presence=0.2, clarity=0.9)
    mask = face(presence=0.2, clarity=0.7)
    bare = faceless_score(signal(0.0, figure=CLEAR))
    assert faceless_score(signal(0.0, covered, figure=CLEAR)) < 0.8 * bare
    assert faceless_score(signal(0.0, mask, figure=CLEAR)) == bare


def test_a_face_that_shows_itself_with_its_eyes_shut_counts_for_less() -> None:
    shut, open_ = (faceless_score(signal(0.0, face(eyes_open=share))) for share in (0.02, 0.9))
    assert shut < 0.8 * open_


@given(
    box=st.tuples(*[st.floats(0, 1)] * 4).map(lambda sides: Box(*sides)),
    sureness=st.floats(0.25, 1),
    sharpness=st.floats(0, 5000),
    others=st.integers(0, 3),
    sizes_per_s=st.floats(0, 9),
)
def test_however_flawed_a_figure_is_worth_no_less_than_nobody(
    box: Box, sureness: float, sharpness: float, others: int, sizes_per_s: float
) -> None:
    figure = Figure(box, sureness, sharpness, others, sizes_per_s)
    assert faceless_score(signal(0.0, figure=figure)) >= faceless_score(signal(0.0)) - 1e-9


def test_a_background_out_of_focus_is_not_a_flaw_and_a_figure_out_of_focus_is() -> None:
    before_blur, blurred = signal(0.0, figure=CLEAR, sharpness=8.0), replace(CLEAR, sharpness=8.0)
    both_sharp = faceless_score(signal(0.0, figure=CLEAR, sharpness=300.0))
    assert faceless_score(before_blur) == both_sharp
    assert faceless_score(signal(0.0, figure=blurred, sharpness=300.0)) < 0.8 * both_sharp


def test_a_face_that_shows_itself_counts_by_its_size() -> None:
    near, far = face(box=Box(0.4, 0.3, 0.1, 0.2)), face(box=Box(0.4, 0.3, 0.01, 0.03))
    nobody = faceless_score(signal(0.0))
    assert nobody < faceless_score(signal(0.0, far)) < faceless_score(signal(0.0, near))
    assert faceless_score(signal(0.0, near, near)) < faceless_score(signal(0.0, near))


@pytest.mark.parametrize(
    "flaw",
    [{"detail": 0.1}, {"sharpness": 8.0}, {"exposure": 0.1}, {"exposure": 0.95}, {"motion": 0.7}],
)
def test_a_flaw_of_the_picture_costs(flaw: dict[str, object]) -> None:
    assert faceless_score(signal(0.0, **flaw)) < 0.95 * faceless_score(signal(0.0))


def test_a_covered_face_faces_the_camera_less_than_one_that_is_turned_aside() -> None:
    aside = face(yaw_deg=50.0)
    covered = replace(aside, presence=0.1)
    seen = [faceless_factors(signal(0.0, one, figure=CLEAR)) for one in (aside, covered)]
    turned, hidden = (one.front for one in seen)
    assert hidden < turned - 0.2
    assert turned < faceless_factors(signal(0.0, figure=CLEAR)).front
