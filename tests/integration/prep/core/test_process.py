"""Children: progress, deadlines, and nothing left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from screentest.prep.core.process import run
from tests.waiting import HANG_S, until


def test_lines_come_as_they_are_written_and_the_code_is_told() -> None:
    lines: list[bytes] = []
    ended = run(
        ["sh", "-c", "echo one; echo two; echo sorry >&2; exit 3"],
        timeout_s=HANG_S,
        on_line=lines.append,
    )
    assert lines == [b"one", b"two"]
    assert (ended.code, ended.words, ended.timed_out) == (3, "sorry\n", False)


def test_a_child_that_hangs_is_stopped_at_the_deadline() -> None:
    assert run(["sleep", "300"], timeout_s=0.3).timed_out


def test_a_child_that_closes_its_output_and_hangs_is_stopped_too() -> None:
    assert run(["sh", "-c", "exec >&-; sleep 300"], timeout_s=0.3).timed_out


def test_an_interrupt_stops_the_child(tmp_path: Path) -> None:
    mark = tmp_path / "pid"

    def interrupted(line: bytes) -> None:
        mark.write_bytes(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", "echo $$; exec sleep 300"], timeout_s=HANG_S, on_line=interrupted)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_killed_parent_leaves_no_child_behind() -> None:
    code = (
        "from screentest.prep.core.process import run\n"
        "run(['sh', '-c', 'echo $$; exec sleep 300'], timeout_s=300, "
        "on_line=lambda line: print(line.decode(), flush=True))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: has_ended(child))


def has_ended(child: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{child}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
