"""The pictures of some moments, in one pass, over a reader that counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.media.frames import FrameReader
from screentest.prep.media.pictures import picture_at, pictures_at

FPS = 25


@dataclass
class Shown:
    t_s: float


@dataclass
class Reader:
    """Footage of a second a hundred shades long; notes what is decoded and what is scaled."""

    end_s: float = 4.0
    decoded: list[float] = field(default_factory=list)
    scaled: list[float] = field(default_factory=list)

    def span(self, start_s: float, end_s: float) -> Iterator[Shown]:
        for number in range(round(self.end_s * FPS)):
            if start_s <= number / FPS < end_s:
                self.decoded.append(number / FPS)
                yield Shown(number / FPS)

    def picture(self, shot: Shown) -> Picture:
        self.scaled.append(shot.t_s)
        return np.full((2, 2, 3), round(shot.t_s * FPS), np.uint8)


def found(reader: Reader, times_s: list[float]) -> dict[float, int]:
    pairs = pictures_at(cast(FrameReader, reader), times_s)
    return {t_s: int(picture[0, 0, 0]) for t_s, picture in pairs}


def test_each_moment_gets_the_picture_that_comes_at_or_next_after_it() -> None:
    assert found(Reader(), [0.0, 0.41, 1.0]) == {0.0: 0, 0.41: 11, 1.0: 25}


def test_a_time_that_a_clock_rounded_up_gets_its_own_picture() -> None:
    assert found(Reader(), [1.0 + 5e-4]) == {1.0 + 5e-4: 25}


def test_two_moments_of_one_picture_get_it_both() -> None:
    assert found(Reader(), [1.0, 1.0 + 1e-4]) == {1.0: 25, 1.0 + 1e-4: 25}


def test_moments_past_the_end_are_left_out() -> None:
    assert found(Reader(), [3.96, 5.0]) == {3.96: 99}
    assert picture_at(cast(FrameReader, Reader()), 9.0) is None


def test_nothing_asked_for_is_nothing_read() -> None:
    reader = Reader()
    assert found(reader, []) == {}
    assert reader.decoded == []


def test_nothing_but_the_moments_is_scaled_and_nothing_after_the_last_decoded() -> None:
    reader = Reader()
    found(reader, [1.0, 2.0])
    assert reader.scaled == pytest.approx([1.0, 2.0])
    assert max(reader.decoded) == pytest.approx(2.0)
    assert min(reader.decoded) == pytest.approx(1.0)
