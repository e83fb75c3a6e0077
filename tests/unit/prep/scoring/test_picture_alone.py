"""What a moment is worth that shows no face: the picture's own factors, and whose count instead.

How figures count is told in tests/unit/prep/vision/test_figures.py.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from screentest.prep.core.values import Box, Figure
from screentest.prep.scoring.faceless import FacelessFactors, faceless_factors, faceless_score
from tests.made_up import face, signal

CAT = Figure(
    Box(0.3, 0.3, 0.4, 0.5), sureness=0.9, sharpness=400.0, head=Box(0.4, 0.3, 0.2, 0.2), front=1.0
)
GOOD = {"sharpness": 500.0, "exposure": 0.5, "detail": 0.7, "motion": 0.0}


def test_a_clear_picture_of_somebody_leaves_nothing_to_wish_for() -> None:
    assert faceless_factors(signal(0.0, figure=CAT, **GOOD)) == FacelessFactors(*(1.0,) * 10)
    assert faceless_score(signal(0.0, figure=CAT, **GOOD)) == pytest.approx(0.95)


def test_a_clear_picture_of_nobody_is_worth_something() -> None:
    assert faceless_score(signal(0.0, **GOOD)) == pytest.approx(0.11, abs=0.01)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sharpness", [500, 100, 20, 2]),
        ("detail", [0.7, 0.4, 0.2, 0.0]),
        ("motion", [0.0, 0.2, 0.5, 0.9]),
        ("exposure", [0.5, 0.2, 0.1, 0.0]),
        ("exposure", [0.5, 0.85, 0.92, 1.0]),
    ],
)
def test_the_picture_s_own_flaws_cost_more_the_larger_they_are(name: str, values: list[float]) -> None:
    worth = [faceless_score(signal(0.0, **{**GOOD, name: value})) for value in values]
    assert all(before > after for before, after in pairwise(worth))


def test_a_black_picture_is_worth_nothing_that_a_clip_could_be_made_of() -> None:
    assert faceless_score(signal(0.0, sharpness=0.0, exposure=0.0, detail=0.0)) < 0.08


def test_a_shaken_picture_is_worth_less_and_not_nothing() -> None:
    assert faceless_factors(signal(0.0, motion=5.0)).calm == pytest.approx(0.75)


def test_a_face_turned_away_is_not_counted_as_a_face() -> None:
    turned = face(nose_offset=0.9)
    assert faceless_factors(signal(0.0, turned)) == faceless_factors(signal(0.0))


def test_where_a_face_shows_itself_it_counts_and_not_the_figure_that_was_seen_before() -> None:
    small = face(box=Box(0.4, 0.3, 0.02, 0.05))
    assert faceless_factors(signal(0.0, small, figure=CAT)) == faceless_factors(signal(0.0, small))


def test_two_faces_are_not_alone_and_a_face_beside_a_profile_is() -> None:
    assert faceless_factors(signal(0.0, face(), face())).alone == 0.75
    assert faceless_factors(signal(0.0, face(), face(nose_offset=0.9))).alone == 1


@pytest.mark.parametrize(
    ("box", "whole"),
    [
        (Box(0.2, 0.2, 0.5, 0.5), 1.0),
        (Box(0.0, 0.2, 0.5, 0.5), 0.85),
        (Box(0.5, 0.2, 0.5, 0.5), 0.85),
        (Box(0.0, 0.2, 1.0, 0.8), 0.7),
    ],
)
def test_each_edge_that_cuts_a_figure_costs(box: Box, whole: float) -> None:
    figure = Figure(box, 0.9, 400.0)
    assert faceless_factors(signal(0.0, figure=figure)).whole == pytest.approx(whole)
