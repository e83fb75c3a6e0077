"""Whether a figure's head faces the camera, where no human face says so."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.data import astronaut, brick

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box
from screentest.prep.vision.analysis import detected
from screentest.prep.vision.figures import FigureWatch, figure_in
from screentest.prep.vision.heads import heads_in
from tests.made_up import face

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FUR, DARK = (150, 160, 165), (25, 25, 30)


def mascot(*, turned: float = 0.0, eyes: bool = True) -> Picture:
    """A bear drawn with a few discs: body, head, ears, two eyes and a muzzle.

    ``turned``: how far the features lie off the middle of the head, in its radii.
    """
    canvas = np.full((720, 480, 3), (200, 190, 170), np.uint8)
    cv2.ellipse(canvas, (240, 520), (130, 190), 0, 0, 360, FUR, -1)
    for side in (-1, 1):
        cv2.circle(canvas, (240 + side * 90, 130), 38, FUR, -1)
    cv2.circle(canvas, (240, 210), 118, FUR, -1)
    if eyes:
        middle = 240 + round(turned * 118)
        for side in (-1, 1):
            cv2.circle(canvas, (middle + side * 42, 190), 15, (245, 245, 245), -1)
            cv2.circle(canvas, (middle + side * 42, 190), 10, DARK, -1)
        cv2.ellipse(canvas, (middle, 250), (46, 36), 0, 0, 360, (205, 210, 215), -1)
        cv2.ellipse(canvas, (middle, 238), (18, 12), 0, 0, 360, DARK, -1)
        cv2.ellipse(canvas, (middle, 262), (26, 12), 0, 10, 170, DARK, 3)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.2), np.uint8)


def front_of(picture: Picture, figure: Box = WHOLE) -> float:
    return max((head.front for head in heads_in(picture, figure)), default=0.0)


def bgr(photo: Picture) -> Picture:
    return np.ascontiguousarray(photo[:, :, ::-1])


def on_a_wall(photo: Picture, *, width_px: int, height_px: int) -> Picture:
    wall = np.full((360, 640, 3), (120, 130, 110), np.uint8)
    small = cv2.resize(photo, (width_px, height_px), interpolation=cv2.INTER_AREA)
    wall[100 : 100 + height_px, 240 : 240 + width_px] = small
    return wall


def test_a_drawn_animal_that_looks_at_us_is_told_from_one_that_looks_away_and_from_its_back() -> None:
    facing, aside, behind = mascot(), mascot(turned=0.6), mascot(eyes=False)
    assert front_of(facing) > 0.5
    assert front_of(aside) < 0.3
    assert front_of(behind) < 0.1


def test_the_head_is_where_it_is_in_the_picture() -> None:
    beside = np.hstack((np.full((720, 960, 3), 180, np.uint8), mascot()))
    (head, *_) = heads_in(beside, Box(2 / 3, 0.0, 1 / 3, 1.0))
    x, y = head.box.centre
    assert x * 1440 == pytest.approx(960 + 240, abs=40)
    assert y * 720 == pytest.approx(210, abs=60)


def test_a_person_facing_us_is_a_front_and_a_wall_is_not() -> None:
    assert front_of(bgr(astronaut())) > 0.9
    assert front_of(np.dstack([brick()] * 3)) == 0


def test_what_looks_like_a_face_low_on_a_figure_counts_for_less() -> None:
    high, low = mascot(), np.flipud(mascot())
    low[400:660] = high[100:360]
    low[:400] = FUR
    assert front_of(np.ascontiguousarray(low)) < 0.6 * front_of(high)


def test_a_box_too_small_to_hold_a_head_holds_none() -> None:
    assert heads_in(mascot(), Box(0.5, 0.5, 0.01, 0.01)) == ()


def test_a_mask_that_no_figure_was_found_with_is_a_figure_of_its_own() -> None:
    mask = on_a_wall(mascot()[60:360, 80:400], width_px=160, height_px=150)
    assert figure_in(mask) is None
    found = figure_in(mask, detected(mask))
    assert found is not None
    assert found.head is not None
    assert found.front > 0.5
    assert found.sharpness > 0


def test_a_face_that_a_closer_look_does_not_bear_out_is_no_figure() -> None:
    wall = on_a_wall(np.dstack([brick()] * 3), width_px=160, height_px=150)
    assert figure_in(wall, [face(box=Box(0.4, 0.3, 0.2, 0.35))]) is None


def test_a_head_that_turns_away_between_two_looks_at_the_figure_is_seen() -> None:
    person = bgr(astronaut())
    away = person.copy()
    away[:200, 150:300] = cv2.GaussianBlur(person[:200, 150:300], (0, 0), 20)
    watch = FigureWatch()
    seen = [watch.figure(t_s, picture) for t_s, picture in ((0.0, person), (0.2, away), (0.4, away))]
    fronts = [figure.front for figure in seen if figure is not None]
    assert fronts[:2] == [fronts[0]] * 2
    assert fronts[0] > 0.9
    assert fronts[2] < 0.3
