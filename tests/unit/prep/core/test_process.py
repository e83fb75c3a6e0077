"""Children under a clock that a test turns, and what they say."""

from __future__ import annotations

import itertools
import sys

import pytest

from screentest.prep.core.process import run


def test_an_hour_on_the_clock_ends_a_child_that_has_an_hour() -> None:
    ticks = itertools.count(step=1000.0)
    ended = run(
        ["sh", "-c", "while :; do echo on; sleep 0.01; done"], timeout_s=3600, clock=lambda: next(ticks)
    )
    assert ended.timed_out
    assert ended.code != 0


def test_a_clock_that_stands_still_ends_nothing() -> None:
    ended = run(["sh", "-c", "sleep 0.2; echo done"], timeout_s=0.001, clock=lambda: 7.0)
    assert (ended.code, ended.timed_out) == (0, False)


def test_a_line_that_comes_in_pieces_is_told_once_and_whole() -> None:
    lines: list[bytes] = []
    code = "printf half; sleep 0.1; printf ' and half\\nnext\\nnever ended'"
    run(["sh", "-c", code], timeout_s=30, on_line=lines.append)
    assert lines == [b"half and half", b"next"]


def test_more_than_a_pipe_holds_neither_blocks_nor_gets_lost() -> None:
    seen = 0

    def counted(line: bytes) -> None:
        nonlocal seen
        seen += len(line) + 1

    code = "import sys; sys.stdout.write(('x' * 999 + '\\n') * 1000); sys.stderr.write('y' * 300_000)"
    ended = run([sys.executable, "-c", code], timeout_s=60, on_line=counted)
    assert seen == 1_000_000
    assert len(ended.words) == 300_000


def test_words_that_are_no_text_are_told_all_the_same() -> None:
    ended = run(["sh", "-c", r"printf 'bad \377 byte' >&2; exit 2"], timeout_s=30)
    assert (ended.code, ended.words) == (2, "bad � byte")


def test_a_child_cannot_wait_for_somebody_to_type() -> None:
    assert run(["cat"], timeout_s=30).code == 0


def test_a_child_that_was_killed_is_told_by_its_signal() -> None:
    assert run(["sh", "-c", "kill -9 $$"], timeout_s=30).code == -9


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        run(["/nowhere/ffmpeg"], timeout_s=1)


def test_a_child_that_ignores_being_asked_is_still_ended() -> None:
    """It is asked to stop first; that it takes no notice costs the grace and no more."""
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('ready', flush=True); time.sleep(600)"
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("screentest.prep.core.process._STOP_GRACE_S", 0.1)
        ticks = itertools.chain([0.0, 0.0, 0.0], itertools.repeat(99.0))
        ended = run([sys.executable, "-c", code], timeout_s=10, clock=lambda: next(ticks))
    assert ended.timed_out
    assert ended.code < 0
