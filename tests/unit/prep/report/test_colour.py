"""Pictures of HDR footage look as they are meant to."""

from __future__ import annotations

import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.report.colour import PQ, for_screen


def grey(code: int) -> Picture:
    return np.full((2, 2, 3), code, np.uint8)


def test_ordinary_pictures_are_left_as_they_are() -> None:
    assert (for_screen(grey(148), "bt709") == 148).all()


def test_white_paper_in_hdr_is_bright_and_not_burnt_out() -> None:
    # Code 148 of 255 is 203 nits, the white of paper.
    assert 180 < for_screen(grey(148), PQ)[0, 0, 0] < 240


def test_black_stays_black_and_brighter_stays_brighter() -> None:
    ramp = [int(for_screen(grey(code), PQ)[0, 0, 1]) for code in range(0, 192, 16)]
    assert ramp[0] == 0
    assert ramp == sorted(ramp)


def test_grey_stays_grey() -> None:
    pixel = for_screen(grey(120), PQ)[0, 0].astype(int)
    assert np.ptp(pixel) <= 2
