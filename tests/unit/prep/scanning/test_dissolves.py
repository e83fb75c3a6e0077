"""A dissolve is where two shots show at once; nothing else may pass for one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from skimage.data import astronaut, chelsea, coffee

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Span
from screentest.prep.scanning.dissolves import DissolveDetector

FPS = 25


def thumb(photo: Picture, *, width_px: int) -> Picture:
    """36 lines out of the middle of a photo, this wide."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    high = grey.shape[1] * 36 // width_px
    top = (grey.shape[0] - high) // 2
    middle = grey[top : top + high]
    return np.asarray(cv2.resize(middle, (width_px, 36), interpolation=cv2.INTER_AREA), np.uint8)


FIRST, SECOND = thumb(astronaut(), width_px=64), thumb(coffee(), width_px=64)


def found(picture_at: Callable[[float], Picture], *, length_s: float = 6.0) -> tuple[Span, ...]:
    detector = DissolveDetector()
    for number in range(round(length_s * FPS)):
        detector.look(number / FPS, picture_at(number / FPS))
    return detector.found()


def blend(share: float) -> Picture:
    share = min(1.0, max(0.0, share))
    return np.asarray(cv2.addWeighted(SECOND, share, FIRST, 1 - share, 0), np.uint8)


@pytest.mark.parametrize("length_s", [0.4, 0.7, 1.0, 1.5])
def test_a_dissolve_is_found_about_where_it_is(length_s: float) -> None:
    (melt,) = found(lambda t_s: blend((t_s - 3.0) / length_s))
    assert 2.5 <= melt.start_s <= 3.05
    assert 3.0 + length_s - 0.05 <= melt.end_s <= 3.0 + length_s + 0.5


def test_a_cut_is_not_a_dissolve() -> None:
    detector = DissolveDetector()
    for number in range(6 * FPS):
        if number == 75:
            detector.restart()
        detector.look(number / FPS, FIRST if number < 75 else SECOND)
    assert detector.found() == ()


@pytest.mark.parametrize("pixels_per_s", [3, 8, 30])
def test_a_moving_camera_is_not_a_dissolve(pixels_per_s: int) -> None:
    photos: tuple[Picture, ...] = (chelsea(), coffee(), astronaut())
    wide = np.hstack([thumb(photo, width_px=90) for photo in photos])

    def panned(t_s: float) -> Picture:
        shift = np.array([[1, 0, -t_s * pixels_per_s], [0, 1, 0]], np.float64)
        return np.asarray(cv2.warpAffine(wide, shift, (64, 36)), np.uint8)

    assert found(panned) == ()


def test_light_that_fades_in_is_not_a_dissolve() -> None:
    assert found(lambda t_s: np.asarray(FIRST * min(1.0, t_s / 2), np.uint8)) == ()


def test_a_picture_that_hardly_changes_is_not_a_dissolve() -> None:
    assert found(lambda t_s: np.asarray(FIRST // 2 + int(10 * t_s), np.uint8)) == ()


def test_a_short_dissolve_hides_no_long_one_before_it() -> None:
    third = thumb(chelsea(), width_px=64)

    def picture_at(t_s: float) -> Picture:
        if t_s < 4.0:
            return blend((t_s - 2.0) / 1.5)
        share = min(1.0, max(0.0, (t_s - 4.1) / 0.4))
        return np.asarray(cv2.addWeighted(third, share, SECOND, 1 - share, 0), np.uint8)

    melts = found(picture_at)
    assert any(m.start_s < 2.6 and m.end_s > 3.0 for m in melts)
    assert any(m.start_s < 4.3 < m.end_s for m in melts)
