"""Scores of faces and of what has none mean one thing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from screentest.prep.core.values import Box, Figure
from screentest.prep.picking.windows import MIN_FACE_SCORE, MIN_FACELESS_SCORE
from screentest.prep.scoring.faceless import faceless_factors, faceless_score
from screentest.prep.scoring.scale import on_the_scale_of_faces
from tests.made_up import signal

FRONT = Figure(
    Box(0.3, 0.1, 0.4, 0.8), sureness=0.9, sharpness=400.0, head=Box(0.4, 0.1, 0.2, 0.3), front=1.0
)
TORSO = replace(FRONT, box=Box(0.3, 0.0, 0.4, 0.9), head=None, front=0.0)
PICTURE = {"sharpness": 500.0, "detail": 0.7, "motion": 0.0}


def test_what_is_worth_more_scores_more_and_nothing_scores_nothing() -> None:
    scores = [on_the_scale_of_faces(step / 100) for step in range(101)]
    assert all(before < after for before, after in pairwise(scores))
    assert scores[0] == 0
    assert scores[100] < 1
    assert on_the_scale_of_faces(1.0 + 1e-9) == scores[100]


def test_no_torso_without_a_head_scores_above_the_poorest_face() -> None:
    assert faceless_score(signal(0.0, figure=TORSO, **PICTURE)) <= MIN_FACE_SCORE


@pytest.mark.parametrize(
    ("figure", "low", "high"),
    [(FRONT, 0.9, 1.0), (replace(FRONT, front=0.0), 0.3, 0.4), (None, 0.1, 0.15)],
)
def test_a_front_scores_like_a_good_face_a_back_like_a_poor_one_and_a_landscape_like_none(
    figure: Figure | None, low: float, high: float
) -> None:
    assert low <= faceless_score(signal(0.0, figure=figure, **PICTURE)) <= high


def test_a_black_picture_is_below_the_least_that_a_window_scores() -> None:
    black = signal(0.0, sharpness=0.0, exposure=0.0, detail=0.0)
    assert faceless_score(black) < MIN_FACELESS_SCORE


def test_among_what_has_no_face_the_scale_changes_no_order() -> None:
    moments = [faceless_factors(signal(0.0, figure=f, **PICTURE)) for f in (FRONT, TORSO, None)]
    by_worth = sorted(moments, key=lambda moment: moment.worth())
    assert by_worth == sorted(moments, key=lambda moment: moment.score())
