"""Progress where there is no terminal: a line per stage, no flood, no silence."""

from __future__ import annotations

import io

import pytest

from screentest.client.cli.output.progress import BarWatcher, LineWatcher


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def test_a_stage_is_one_line_with_its_summary_and_time(out: io.StringIO, clock: Clock) -> None:
    watcher = LineWatcher(out, clock=clock)
    watcher.started("scan")
    clock.now_s = 1.5
    watcher.ended("scan", "117 frames")
    assert out.getvalue() == "scan: 117 frames (1.5 s)\n"


def test_a_quick_stage_tells_no_percentages(out: io.StringIO, clock: Clock) -> None:
    watcher = LineWatcher(out, clock=clock)
    watcher.started("scan")
    for step in range(100):
        clock.now_s += 0.01
        watcher.advanced("scan", step / 100)
    assert out.getvalue() == ""


def test_a_long_stage_tells_how_far_it_is_every_few_seconds(out: io.StringIO, clock: Clock) -> None:
    watcher = LineWatcher(out, clock=clock)
    watcher.started("upload")
    for step in range(1, 81):
        clock.now_s += 0.25
        watcher.advanced("upload", step / 80)
    assert out.getvalue().splitlines() == [f"upload: {share} %" for share in (25, 50, 75, 100)]


def test_a_fraction_out_of_range_is_shown_as_the_end_of_it(out: io.StringIO, clock: Clock) -> None:
    watcher = LineWatcher(out, clock=clock)
    watcher.started("upload")
    clock.now_s = 6
    watcher.advanced("upload", 1.2)
    assert "100 %" in out.getvalue()


def test_warnings_are_marked(out: io.StringIO, clock: Clock) -> None:
    LineWatcher(out, clock=clock).warned("The footage is small.")
    assert out.getvalue() == "warning: The footage is small.\n"


def test_detail_tells_beginnings_too(out: io.StringIO, clock: Clock) -> None:
    LineWatcher(out, clock=clock, detailed=True).started("wait")
    assert out.getvalue() == "wait: started\n"


def test_a_long_summary_takes_one_line_of_the_terminal(out: io.StringIO, clock: Clock) -> None:
    watcher = BarWatcher(out, clock=clock)
    watcher.ended("upload", "key/" * 60)
    assert out.getvalue().count("\n") == 1
