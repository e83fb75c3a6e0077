"""Progress: what is drawn for any stage and any words, and when a command stops."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.cli.output.progress import BarWatcher, LineWatcher, watching
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.interrupts import Interrupts
from screentest.prep.core.progress import SILENT

EVIL = "task\x1b[2J\x07\r\nname"


@dataclass(slots=True)
class Seconds:
    """A clock that is moved by hand."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize("kind", [LineWatcher, BarWatcher])
def test_words_of_a_service_do_not_move_the_cursor(kind: type[LineWatcher | BarWatcher]) -> None:
    out = io.StringIO()
    watcher = kind(out, clock=Seconds())
    watcher.ended("wait", EVIL)
    watcher.warned(EVIL)
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()
    assert "\r" not in out.getvalue()
    assert out.getvalue().count("\n") == 2


@settings(max_examples=50, deadline=None)
@given(words=st.text(st.characters(), max_size=40))
def test_a_line_stays_one_line_whatever_it_holds(words: str) -> None:
    out = io.StringIO()
    watcher = LineWatcher(out, clock=Seconds())
    watcher.ended("upload", words)
    watcher.warned(words)
    assert len(out.getvalue().splitlines()) == 2
    out.getvalue().encode("utf-8")


@given(fraction=st.floats(allow_nan=False))
def test_a_share_is_never_less_than_none_nor_more_than_all(fraction: float) -> None:
    out, clock = io.StringIO(), Seconds()
    watcher = LineWatcher(out, clock=clock)
    clock.now_s = 10.0
    watcher.advanced("upload", fraction)
    assert 0 <= int(out.getvalue().removeprefix("upload: ").removesuffix(" %\n")) <= 100


def test_a_stage_that_says_nothing_is_done() -> None:
    out = io.StringIO()
    LineWatcher(out, clock=Seconds()).ended("prove", "")
    assert out.getvalue().startswith("prove: done")


def test_each_stage_is_timed_from_its_own_beginning() -> None:
    out, clock = io.StringIO(), Seconds()
    watcher = LineWatcher(out, clock=clock)
    for stage in ("scan", "clip"):
        watcher.started(stage)
        clock.now_s += 2.0
        watcher.ended(stage, "")
    assert out.getvalue().count("(2.0 s)") == 2


def test_percentages_begin_afresh_with_each_stage() -> None:
    out, clock = io.StringIO(), Seconds()
    watcher = LineWatcher(out, clock=clock)
    watcher.started("scan")
    clock.now_s = 4.9
    watcher.started("upload")
    clock.now_s = 9.0
    watcher.advanced("upload", 0.5)
    assert out.getvalue() == ""


def test_a_warning_comes_through_while_a_bar_is_drawn() -> None:
    out = io.StringIO()
    watcher = BarWatcher(out, clock=Seconds())
    with watcher.drawn():
        watcher.started("upload")
        watcher.advanced("upload", 0.5)
        watcher.warned("The reply was lost.")
        watcher.ended("upload", "bucket/key")
    assert "The reply was lost." in out.getvalue()
    assert "bucket/key" in out.getvalue()


def test_a_bar_of_a_stage_nobody_began_is_no_crash() -> None:
    BarWatcher(io.StringIO(), clock=Seconds()).advanced("upload", 0.5)


# Which watcher, and when to stop


def test_quiet_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with watching(Call(verbosity=-1)) as watcher:
        watcher.started("scan")
        watcher.warned("careful")
        watcher.ended("scan", "done")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("verbosity", "tells_beginnings"), [(0, False), (1, True), (2, True)])
def test_a_pipe_gets_lines_on_stderr_only(
    verbosity: int, tells_beginnings: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    with watching(Call(verbosity=verbosity)) as watcher:
        watcher.started("scan")
        watcher.ended("scan", "117 frames")
    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("scan: 117 frames")
    assert ("scan: started" in err) == tells_beginnings
    assert "\x1b" not in err


def test_a_terminal_that_cannot_draw_gets_lines(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with watching(Call()) as watcher:
        watcher.ended("scan", "117 frames")
    assert capfd.readouterr().err.startswith("scan: 117 frames")


@pytest.mark.parametrize("step", ["started", "advanced"])
def test_a_command_that_was_told_to_stop_stops_at_the_next_step(step: str) -> None:
    interrupts = Interrupts()
    interrupts.came_s = 0.0
    with (
        watching(Call(verbosity=-1, interrupts=interrupts)) as watcher,
        pytest.raises(KeyboardInterrupt),
    ):
        watcher.started("scan") if step == "started" else watcher.advanced("scan", 0.5)


def test_what_is_finished_is_still_told_after_an_interrupt(capfd: pytest.CaptureFixture[str]) -> None:
    interrupts = Interrupts()
    interrupts.came_s = 0.0
    with watching(Call(interrupts=interrupts)) as watcher:
        watcher.ended("submit", "task task-1")
        watcher.warned("It goes on at the service.")
    assert "task-1" in capfd.readouterr().err


def test_silence_takes_every_word() -> None:
    SILENT.started("x")
    SILENT.advanced("x", 0.5)
    SILENT.ended("x", EVIL)
    SILENT.warned(EVIL)
