"""Pictures of HDR footage look as they are meant to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Source
from screentest.prep.report import screen
from screentest.prep.report.colour import PQ, for_screen
from tests.made_up import source


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


def test_each_picture_is_shown_by_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass
    class Shown:
        t_s: float
        source: Source

    class Reader:
        """One second without HDR, then one with it."""

        def span(self, start_s: float, end_s: float) -> Iterator[Shown]:
            for t_s, transfer in ((0.0, "bt709"), (1.0, PQ)):
                if start_s <= t_s < end_s:
                    yield Shown(t_s, source(transfer=transfer))

        def picture(self, _shown: Shown) -> Picture:
            return grey(148)

    monkeypatch.setattr(screen, "reading", lambda _: nullcontext(Reader()))
    shown = screen.screen_pictures_at(source(), [0.0, 1.0])
    assert (shown[0.0] == grey(148)).all()
    assert (shown[1.0] == for_screen(grey(148), PQ)).all()
    assert (shown[1.0] != grey(148)).any()
