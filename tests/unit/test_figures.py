"""Where somebody is who shows no human face, and where nobody is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut, brick, chelsea, coffee, grass, rocket

from prep.figures import figures
from prep.score import figure_factor, plain_moment
from prep.values import Box, Figure
from tests.made_up import signal

Picture = NDArray[np.uint8]

CLEAR = Figure(Box(0.4, 0.2, 0.2, 0.6), sureness=0.8)


def bgr(photo: Picture) -> Picture:
    return np.ascontiguousarray(photo[:, :, ::-1] if photo.ndim == 3 else np.dstack([photo] * 3))


def placed(photo: Picture, *, left_px: int, top_px: int) -> Picture:
    canvas = np.full((720, 1280, 3), (90, 110, 120), np.uint8)
    height, width = photo.shape[:2]
    canvas[top_px : top_px + height, left_px : left_px + width] = photo
    return canvas


@pytest.mark.parametrize("photo", [chelsea, astronaut])
def test_an_animal_and_a_person_are_figures(photo) -> None:
    assert figures(bgr(photo()))[0].sureness > 0.5


@pytest.mark.parametrize("photo", [coffee, rocket, brick, grass])
def test_a_cup_a_landscape_and_a_wall_are_none(photo) -> None:
    assert figures(bgr(photo())) == []


@pytest.mark.parametrize(("left_px", "top_px"), [(0, 0), (800, 400), (400, 200)])
def test_a_figure_is_where_it_is(left_px: int, top_px: int) -> None:
    cat = bgr(chelsea())
    found = figures(placed(cat, left_px=left_px, top_px=top_px))[0]
    x, y = found.box.centre
    assert x * 1280 == pytest.approx(left_px + cat.shape[1] / 2, abs=60)
    assert y * 720 == pytest.approx(top_px + cat.shape[0] / 2, abs=60)
    assert found.box.height * 720 == pytest.approx(cat.shape[0], rel=0.3)


def test_an_upright_picture_is_read_whole() -> None:
    tall = np.ascontiguousarray(placed(bgr(chelsea()), left_px=400, top_px=400)[:, 400:851])
    (found,) = figures(tall)[:1]
    assert found.box.y > 0.5


def test_the_most_prominent_comes_first() -> None:
    cat = bgr(chelsea())
    both = placed(cat, left_px=700, top_px=300)
    both[20:120, 20:170] = cat[::3, ::3][:100, :150]
    found = figures(both)
    assert found[0].box.x > 0.4


def test_a_moment_with_a_figure_is_worth_more_than_a_sharper_one_without() -> None:
    with_one = signal(0.0, figure=CLEAR, sharpness=120.0)
    assert plain_moment(with_one) > plain_moment(signal(0.0, sharpness=600.0))


def test_a_tiny_figure_far_away_counts_for_nothing() -> None:
    far = Figure(Box(0.5, 0.5, 0.03, 0.08), sureness=0.9)
    assert figure_factor(signal(0.0, figure=far)) == 0.0
