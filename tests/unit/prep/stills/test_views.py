"""Views of an animal or a drawing: clear, different, and not of something else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from screentest.prep.core.values import Box, Span
from screentest.prep.stills.views import MOST_VIEWS, View, chosen_views, moments_for_views
from tests.made_up import scan_of

FIGURE = Box(0.2, 0.2, 0.5, 0.6)
BROWN, GREEN = (0.8, 0.2, 0.0), (0.0, 0.1, 0.9)


def layout(place: int) -> tuple[float, ...]:
    """Layouts that have nothing in common where their places differ."""
    return tuple(1.0 if n == place else 0.0 for n in range(20))


def view(t_s: float, *, place: int, score: float = 0.8, **changes: object) -> View:
    made = View(0, t_s, score, FIGURE, BROWN, layout(place))
    return replace(made, **changes)  # type: ignore[arg-type]


def times_s(*views: View) -> list[float]:
    return [one.t_s for one in chosen_views(views)]


def test_the_clearest_view_comes_first_and_others_differ_from_it() -> None:
    same = view(2.0, place=0, score=0.85)
    assert times_s(view(1.0, place=0, score=0.9), same, view(3.0, place=1)) == [1.0, 3.0]


def test_there_are_no_more_than_a_sheet_holds() -> None:
    views = [view(float(n), place=n) for n in range(15)]
    assert len(chosen_views(views)) == MOST_VIEWS


@pytest.mark.parametrize(
    "other",
    [
        view(2.0, place=1, colours=GREEN),
        view(2.0, place=1, figure=None),
        view(2.0, place=1, score=0.3),
        view(1.1, place=1),
    ],
    ids=["another animal", "an empty scene", "a smear", "the same moment"],
)
def test_what_does_not_belong_on_the_sheet_is_left_out(other: View) -> None:
    assert times_s(view(1.0, place=0, score=0.9), other) == [1.0]


def test_a_figure_beats_a_clearer_picture_without_one() -> None:
    assert times_s(view(1.0, place=0, score=0.95, figure=None), view(2.0, place=1)) == [2.0]


def test_sharp_grass_takes_nothing_from_a_smooth_animal() -> None:
    grass = view(1.0, place=0, score=0.55, colours=GREEN, sharpness=850.0)
    assert times_s(grass, view(2.0, place=1, score=0.7, sharpness=480.0)) == [2.0]


def test_darkness_gives_no_view() -> None:
    assert chosen_views([view(1.0, place=0, score=0.05)]) == ()
    assert chosen_views([]) == ()


def test_moments_are_bounded_and_spread() -> None:
    scan = scan_of(lambda _: None, length_s=600.0)
    found = moments_for_views(scan, Span(100.0, 500.0), most=10)
    assert len(found) == 10
    assert all(100.0 <= t_s < 500.0 for t_s in found)
    assert min(b - a for a, b in pairwise(found)) > 10.0
