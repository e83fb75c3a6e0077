"""Where a figure without a human face is, and where none is."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from skimage.data import astronaut, brick, chelsea, coffee, grass, rocket

from screentest.prep.core.picture import Picture
from screentest.prep.vision.figures import FigureWatch, figure_in, figures


def bgr(photo: Picture) -> Picture:
    return np.ascontiguousarray(photo[:, :, ::-1] if photo.ndim == 3 else np.dstack([photo] * 3))


def placed(photo: Picture, *, left_px: int, top_px: int) -> Picture:
    canvas = np.full((720, 1280, 3), (90, 110, 120), np.uint8)
    height, width = photo.shape[:2]
    canvas[top_px : top_px + height, left_px : left_px + width] = photo
    return canvas


@pytest.mark.parametrize("photo", [chelsea, astronaut])
def test_an_animal_and_a_person_are_figures(photo: Callable[[], Picture]) -> None:
    assert figures(bgr(photo()))[0].sureness > 0.5


@pytest.mark.parametrize("photo", [coffee, rocket, brick, grass])
def test_a_cup_a_landscape_and_a_wall_are_not_figures(photo: Callable[[], Picture]) -> None:
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


def test_figures_apart_are_counted_and_parts_of_one_are_not() -> None:
    cat = bgr(chelsea())
    pair = placed(cat, left_px=60, top_px=200)
    pair[200:500, 760:1211] = cat
    both, alone = figure_in(pair), figure_in(placed(cat, left_px=400, top_px=200))
    assert both is not None
    assert alone is not None
    assert (both.others, alone.others) == (1, 0)


def test_a_blurred_figure_before_a_sharp_wall_is_measured_as_blurred() -> None:
    cat = bgr(chelsea())
    wall = np.tile(bgr(brick()), (2, 3, 1))[:720, :1280].copy()
    sharp, soft = wall.copy(), wall.copy()
    sharp[200:500, 400:851] = cat
    soft[200:500, 400:851] = cv2.GaussianBlur(cat, (0, 0), 3)
    figure_before, blurred = figure_in(sharp), figure_in(soft)
    assert figure_before is not None
    assert blurred is not None
    assert blurred.sharpness < 0.4 * figure_before.sharpness


def test_a_watch_tells_how_fast_a_figure_moves_and_forgets_it_at_a_cut() -> None:
    cat = bgr(chelsea())
    left, right = placed(cat, left_px=100, top_px=200), placed(cat, left_px=700, top_px=200)
    watch = FigureWatch()
    seen = [watch.figure(t_s, picture) for t_s, picture in ((0.0, left), (0.4, right), (1.0, right))]
    watch.restart()
    seen.append(watch.figure(1.2, left))
    speeds = [figure.sizes_per_s for figure in seen if figure is not None]
    # At 0.4 s nobody looks again; 600 of the cat's 360-odd pixels in a second follow at 1.0.
    assert speeds[:2] == [0.0, 0.0]
    assert 1.2 < speeds[2] < 2.2
    assert speeds[3] == 0.0


def test_a_blur_between_two_looks_is_seen() -> None:
    cat = placed(bgr(chelsea()), left_px=400, top_px=200)
    watch = FigureWatch()
    sharp = watch.figure(0.0, cat)
    soft = watch.figure(0.2, np.asarray(cv2.GaussianBlur(cat, (0, 0), 3), np.uint8))
    assert sharp is not None
    assert soft is not None
    assert soft.box == sharp.box
    assert soft.sharpness < 0.4 * sharp.sharpness


def test_of_two_that_change_places_none_is_said_to_run() -> None:
    cat = bgr(chelsea())
    pair = placed(cat, left_px=60, top_px=200)
    pair[200:480, 760:1180] = cv2.resize(cat, (420, 280))
    watch = FigureWatch()
    watch.figure(0.0, pair)
    swapped = watch.figure(1.0, np.ascontiguousarray(pair[:, ::-1]))
    assert swapped is not None
    assert swapped.sizes_per_s == 0.0


def test_figures_that_overlap_are_several_and_a_blur_around_one_is_not() -> None:
    person, cat = bgr(astronaut()), bgr(chelsea())
    both = placed(person[:512, :400], left_px=300, top_px=100)
    both[300:600, 560:1011] = cat
    together, alone = figure_in(both), figure_in(placed(person[:512, :400], left_px=300, top_px=100))
    assert together is not None
    assert alone is not None
    assert (together.others, alone.others) == (1, 0)
