"""The command on a real terminal, and at the end of a pipe that closes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Footage
from tests.integration.client.cli.terminal import COLUMNS, COMMAND, on_a_terminal, screen_lines
from tests.waiting import HANG_S


@pytest.fixture(scope="module")
def short(footage: Footage) -> Path:
    """3 s of a face: quick to scan."""
    return footage("face-short")


def test_a_terminal_shows_a_bar_and_then_a_finished_line_per_stage(short: Path) -> None:
    text, code = on_a_terminal("pick", short)
    assert code == 0
    assert "━" in text, "no bar was drawn"
    finished = [line.split()[1] for line in screen_lines(text) if line.startswith("✓")]
    assert finished == ["probe", "scan", "pick"]


def test_a_table_fits_the_terminal(face_clip: Path) -> None:
    text, _ = on_a_terminal("check", face_clip)
    table = [line for line in screen_lines(text) if re.search(r" (ok|broken)\s*$|^─", line)]
    assert len(table) > 10
    assert max(map(len, table)) <= COLUMNS


def test_the_cursor_is_there_again_afterwards(short: Path) -> None:
    text, _ = on_a_terminal("pick", short)
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")


def test_ctrl_c_ends_with_130_and_the_cursor_back(face_clip: Path) -> None:
    text, code = on_a_terminal("pick", face_clip, interrupt_at=b"scan")
    assert code == 130
    assert "Interrupted." in text
    assert "Traceback" not in text
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")


def test_an_interrupt_with_json_is_told_in_one_line_and_nothing_else(face_clip: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "pick", str(face_clip), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("probe: ")
    process.send_signal(signal.SIGINT)
    out, words = process.communicate(timeout=HANG_S)
    assert (process.returncode, out) == (130, "")
    assert words.count("\n") == 1
    assert json.loads(words)["error"]["type"] == "Interrupted"


def test_a_narrow_terminal_hides_no_column(face_clip: Path) -> None:
    text, _ = on_a_terminal("check", face_clip, columns=40)
    table = [line for line in screen_lines(text) if line.startswith("resolution ")]
    assert re.fullmatch(r"resolution +400x300 +720-1080 lines +broken", table[0].rstrip())


def test_what_doctor_finds_and_how_to_fix_it_fit_the_terminal() -> None:
    text, code = on_a_terminal("doctor")
    findings = text.partition("error: ")[0]
    assert code == 1
    assert max(map(len, screen_lines(findings))) <= COLUMNS
    assert re.search(r"^settings +failed +WAVESPEED_API_KEY", findings_of(findings), re.MULTILINE)
    assert re.search(r"^ +-> Set WAVESPEED_API_KEY", findings_of(findings), re.MULTILINE)


def findings_of(text: str) -> str:
    return "\n".join(screen_lines(text))


def test_a_pipe_that_closes_early_causes_no_error_message(short: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "scan", str(short), "--json", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    words = process.stderr.read()
    process.stderr.close()
    process.wait(HANG_S)
    assert words == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk_under_stdout_is_told(face_clip: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        run = subprocess.run(
            [*COMMAND, "probe", str(face_clip), "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=HANG_S,
            check=False,
        )
    assert run.returncode == 1
    assert "space" in json.loads(run.stderr.splitlines()[-1])["error"]["message"]
