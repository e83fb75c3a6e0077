"""Deadlines, on clocks that a test turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.prep.core.errors import Unreadable
from screentest.prep.media.deadline import LEAST_S, PAUSE_S, Deadline, limit_s, overdue, pending


class Clock:
    """Wall and CPU seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.worked_s = 5.0

    def pass_s(self, seconds: float, *, at_work: bool = True) -> None:
        self.now_s += seconds
        self.worked_s += seconds if at_work else 0.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


def deadline(clock: Clock, limit_s: float = 120.0, *, name: str = "raw.mp4") -> Deadline:
    path = Path("/footage") / name
    return Deadline(path, limit_s, clock=lambda: clock.now_s, worked=lambda: clock.worked_s)


def test_work_within_its_time_is_left_alone(clock: Clock) -> None:
    watched = deadline(clock)
    for _ in range(12):
        clock.pass_s(10)
        watched.check()


def test_work_that_goes_on_past_its_time_is_ended(clock: Clock) -> None:
    watched = deadline(clock)
    clock.pass_s(120.5)
    with pytest.raises(Unreadable, match=r"^raw\.mp4 could not be read within 120 s\.$") as caught:
        watched.check()
    assert "export it again" in caught.value.hint


def test_a_laptop_that_slept_does_not_lose_its_scan(clock: Clock) -> None:
    watched = deadline(clock)
    clock.pass_s(100)
    watched.check()
    clock.pass_s(8 * 3600, at_work=False)
    watched.check()
    clock.pass_s(19)
    watched.check()
    clock.pass_s(2)
    with pytest.raises(Unreadable):
        watched.check()


def test_short_waits_for_a_slow_disk_count(clock: Clock) -> None:
    watched = deadline(clock)
    for _ in range(8):
        clock.pass_s(PAUSE_S, at_work=False)
        watched.check()
    clock.pass_s(PAUSE_S, at_work=False)
    with pytest.raises(Unreadable):
        watched.check()


def test_how_late_it_is_counts_from_the_end(clock: Clock) -> None:
    watched = deadline(clock, 60.0)
    assert watched.over_s == -60
    clock.pass_s(75)
    assert watched.over_s == 15


def test_a_name_with_line_breaks_stays_on_one_line(clock: Clock) -> None:
    assert "\n" not in deadline(clock, name="a\nb.mp4").error().message


def test_only_what_is_long_overdue_is_taken_for_stuck(clock: Clock) -> None:
    with pending(deadline(clock, 10.0)):
        clock.pass_s(10 + 59)
        assert overdue(grace_s=60) is None
        clock.pass_s(2)
        stuck = overdue(grace_s=60)
    assert isinstance(stuck, Unreadable)
    assert overdue(grace_s=60) is None, "it is over"


def test_the_stuck_file_is_named_and_not_the_one_beside_it(clock: Clock) -> None:
    with (
        pending(deadline(clock, 1000.0, name="fine.mp4")),
        pending(deadline(clock, 1.0, name="bad.mp4")),
    ):
        clock.pass_s(100)
        stuck = overdue(grace_s=60)
    assert stuck is not None
    assert "bad.mp4" in stuck.message


def begun_and_failed(watched: Deadline) -> None:
    with pending(watched):
        raise ValueError("boom")


def test_a_look_that_failed_is_not_waited_for(clock: Clock) -> None:
    with pytest.raises(ValueError, match="boom"):
        begun_and_failed(deadline(clock, 1.0))
    clock.pass_s(1000)
    assert overdue(grace_s=0) is None


@pytest.mark.parametrize("lasts_s", [-5.0, 0.0])
def test_a_file_that_claims_no_length_gets_the_least(lasts_s: float, tmp_path: Path) -> None:
    assert limit_s(tmp_path / "gone.mp4", lasts_s=lasts_s) == LEAST_S
