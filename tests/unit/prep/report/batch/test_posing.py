"""Which moment of a window stands for it on a card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Face, Segment
from screentest.prep.core.values.results import Heads
from screentest.prep.report.batch.posing import best_moment_s
from tests.made_up import face, scan_of

GOOD = face()
WINDOW = Segment(2.0, 4.0, 0.9, "face", (), heads=Heads(GOOD.box, GOOD.box.height))


@pytest.mark.parametrize(
    "spoilt",
    [
        face(eyes_open=0.1),
        replace(GOOD, grimace=0.8),
        replace(GOOD, mouth_open=0.9),
        replace(GOOD, gaze=0.9),
        replace(GOOD, gaze=-0.9),
    ],
)
def test_a_card_shows_open_eyes_and_no_grimace(spoilt: Face) -> None:
    scan = scan_of(lambda t: GOOD if 5.0 <= t < 5.6 or t >= 6.0 else spoilt)
    moment_s = best_moment_s(scan, WINDOW)
    assert moment_s is not None
    assert 5.0 <= moment_s < 5.6


def test_of_equals_the_middle_and_of_nobody_none() -> None:
    scan = scan_of(lambda _: GOOD)
    assert best_moment_s(scan, WINDOW) == pytest.approx(4.0, abs=0.3)
    assert best_moment_s(scan, replace(WINDOW, heads=None)) is None
