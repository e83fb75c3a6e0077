"""How good a moment without a face is: a figure adds to it and never takes off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Box, Figure
from screentest.prep.scoring.faceless import faceless_factors, faceless_score
from tests.made_up import face, signal

CLEAR = Figure(Box(0.4, 0.2, 0.2, 0.6), sureness=0.8, sharpness=300.0)


def test_a_moment_with_a_figure_is_worth_more_than_a_sharper_one_without() -> None:
    with_one = signal(0.0, figure=CLEAR, sharpness=120.0)
    assert faceless_score(with_one) > faceless_score(signal(0.0, sharpness=600.0))


def test_a_tiny_figure_far_away_counts_for_nothing() -> None:
    far = Figure(Box(0.5, 0.5, 0.03, 0.08), sureness=0.9)
    assert faceless_factors(signal(0.0, figure=far)).shown == faceless_factors(signal(0.0)).shown


@pytest.mark.parametrize(
    "flaw",
    [
        {"box": Box(0.0, 0.2, 0.2, 0.6)},
        {"box": Box(0.8, 0.2, 0.2, 0.6)},
        {"box": Box(0.4, 0.0, 0.2, 0.6)},
        {"sharpness": 8.0},
        {"others": 1},
        {"sizes_per_s": 1.2},
        {"sureness": 0.3},
    ],
)
def test_a_flaw_of_the_figure_costs(flaw: dict[str, object]) -> None:
    flawed = replace(CLEAR, **flaw)  # type: ignore[arg-type]
    assert faceless_score(signal(0.0, figure=flawed)) < 0.96 * faceless_score(signal(0.0, figure=CLEAR))


def test_legs_out_of_the_picture_cost_nothing() -> None:
    standing = replace(CLEAR, box=Box(0.4, 0.4, 0.2, 0.6))
    assert faceless_score(signal(0.0, figure=standing)) == faceless_score(signal(0.0, figure=CLEAR))


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
