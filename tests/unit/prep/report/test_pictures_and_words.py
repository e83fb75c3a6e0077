"""Small pictures and short words of a page."""

from __future__ import annotations

import re
from fractions import Fraction

import cv2
import numpy as np
import pytest

from screentest.prep.report.page import facts, level, meter
from screentest.prep.report.screen import jpeg
from tests.made_up import source


def decoded_size(content: bytes) -> tuple[int, int]:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.shape[1], picture.shape[0]


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((1280, 720), (420, 236)),
        ((720, 1280), (420, 747)),
        ((640, 480), (420, 315)),
        ((400, 1600), (187, 747)),
        ((320, 180), (320, 180)),
        ((4000, 4), (420, 1)),
    ],
)
def test_a_still_is_made_small_and_never_larger_or_crooked(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    assert decoded_size(jpeg(picture, width_px=420)) == wanted


def test_a_still_keeps_its_colours() -> None:
    red = np.full((90, 160, 3), (20, 30, 200), np.uint8)
    back = cv2.imdecode(np.frombuffer(jpeg(red, width_px=420), np.uint8), cv2.IMREAD_COLOR)
    assert back is not None
    assert back[45, 80].astype(int) == pytest.approx([20, 30, 200], abs=6)


@pytest.mark.parametrize(
    ("score", "word"), [(0.0, "poor"), (0.39, "poor"), (0.4, "fair"), (0.69, "fair"), (0.7, "clean")]
)
def test_a_score_has_the_word_of_its_step(score: float, word: str) -> None:
    assert level(score) == word


@pytest.mark.parametrize(("score", "width"), [(-0.2, 0.0), (0.0, 0.0), (0.5, 50.0), (1.3, 100.0)])
def test_a_bar_is_as_long_as_its_score_and_stays_in_its_place(score: float, width: float) -> None:
    found = re.search(r'class="full" width="([\d.]+)%"', meter(score))
    assert found is not None
    assert float(found[1]) == width


@pytest.mark.parametrize(
    ("duration_s", "length"),
    [
        (2.04, "2.04 s"),
        (89.94, "89.94 s"),
        (90.0, "1 min 30 s"),
        (3599.6, "1 h 0 min"),
        (7320.0, "2 h 2 min"),
    ],
)
def test_footage_is_described_in_one_line(duration_s: float, length: str) -> None:
    said = facts(source(duration_s=duration_s, fps=Fraction(30_000, 1001)))
    assert said == f"1280×720 · 29.97 fps · {length} · with sound"


def test_silent_footage_is_said_to_be() -> None:
    assert facts(source(audio_index=None)).endswith("no sound")
