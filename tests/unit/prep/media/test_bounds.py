"""A part of footage stands for all of it: its times stay the file's."""

from __future__ import annotations

import pytest

from screentest.prep.core.errors import ImpossibleWish
from screentest.prep.media.bounds import between
from tests.made_up import source


@pytest.mark.parametrize(
    ("start_s", "end_s", "first_s", "last_s"),
    [
        (None, None, 0.5, 20.5),
        (5.0, None, 5.0, 20.5),
        (None, 8.0, 0.5, 8.0),
        (0.0, 99.0, 0.5, 20.5),
        (5.0, 8.0, 5.0, 8.0),
    ],
)
def test_a_part_lies_within_the_footage(
    start_s: float | None, end_s: float | None, first_s: float, last_s: float
) -> None:
    part = between(source(video_start_s=0.5, duration_s=20.0), start_s=start_s, end_s=end_s)
    assert (part.video_start_s, part.end_s) == pytest.approx((first_s, last_s))


@pytest.mark.parametrize(("start_s", "end_s"), [(30.0, None), (None, 0.2), (8.0, 5.0), (5.0, 5.0)])
def test_where_nothing_lies_between_it_is_told(start_s: float | None, end_s: float | None) -> None:
    with pytest.raises(ImpossibleWish, match="shows nothing there"):
        between(source(video_start_s=0.5, duration_s=20.0), start_s=start_s, end_s=end_s)
