"""Times on the command line, as a person reads them off a report."""

from __future__ import annotations

import click
import pytest

from screentest.client.cli.params.seconds import Day, Seconds, VideoSize


@pytest.mark.parametrize(
    ("said", "meant"),
    [("62.5", 62.5), ("1:02.5", 62.5), ("0:09.400", 9.4), ("1:00:02", 3602.0), ("0", 0.0)],
)
def test_seconds_and_timecodes_are_understood(said: str, meant: float) -> None:
    assert Seconds().convert(said, None, None) == pytest.approx(meant)


@pytest.mark.parametrize("said", ["abc", "1:2:3:4", "-1", "nan", "inf", "", "1:", ":5"])
def test_what_is_not_a_time_is_refused(said: str) -> None:
    with pytest.raises(click.BadParameter):
        Seconds().convert(said, None, None)


def test_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(click.BadParameter):
        Seconds(above_zero=True).convert("0", None, None)


@pytest.mark.parametrize("said", ["720x1280", "720X1280", "720*1280", "720 x 1280", "720×1280"])
def test_a_size_may_be_written_as_people_write_it(said: str) -> None:
    assert VideoSize().convert(said, None, None) == "720*1280"


@pytest.mark.parametrize("said", ["720p", "1080p", "", "x", "axb"])
def test_what_is_no_such_size_is_left_to_the_model(said: str) -> None:
    assert VideoSize().convert(said, None, None) == said


def test_a_day_begins_at_its_midnight_here() -> None:
    moment = Day().convert("2026-11-01", None, None)
    assert (moment.year, moment.month, moment.day, moment.hour) == (2026, 11, 1, 0)
    assert moment.tzinfo is not None


@pytest.mark.parametrize("said", ["yesterday", "2026-11", "2026-13-01", "", "0001-01-01x"])
def test_what_is_not_a_day_is_refused(said: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a day"):
        Day().convert(said, None, None)
