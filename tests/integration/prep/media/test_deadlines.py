"""Deadlines: no footage is looked at for ever, whatever it makes the decoders do."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from screentest import probe, scan
from screentest.prep.core.errors import Unreadable
from screentest.prep.media import deadline
from tests.conftest import Footage

# A decoder that goes to sleep in its own code and does not wake up, and limits short enough to see.
STUCK = """
import sys, time
import screentest.prep.media.deadline, screentest.prep.media.probe
import screentest.client.cli.running.watchdog
from screentest.client.cli import main
screentest.prep.media.probe.first_frame = lambda *_: time.sleep(600)
screentest.prep.media.deadline.LEAST_S = screentest.prep.media.deadline.GRACE_S = 0.2
screentest.prep.media.deadline.overdue.__kwdefaults__["grace_s"] = 0.2
screentest.client.cli.running.watchdog._POLL_S = 0.1
main(["probe", sys.argv[1], "--json"])
"""


def test_a_file_that_takes_too_long_to_read_is_given_up(footage: Footage) -> None:
    """A clock on which every packet takes ten seconds."""
    ticks = itertools.count(step=10)
    with pytest.raises(Unreadable, match=r"quadrants\.mp4 could not be read within 120 s") as caught:
        probe(footage("quadrants"), clock=lambda: float(next(ticks)))
    assert caught.value.hint


def test_time_in_which_the_process_was_stopped_does_not_count(tmp_path: Path) -> None:
    now_s = worked_s = 0.0
    watched = deadline.Deadline(tmp_path, 120, clock=lambda: now_s, worked=lambda: worked_s)
    now_s = 3600.0
    watched.check()
    now_s, worked_s = 3700.0, 100.0
    watched.check()
    now_s, worked_s = 3730.0, 130.0
    with pytest.raises(Unreadable):
        watched.check()


def test_a_scan_that_takes_too_long_is_given_up(
    footage: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = probe(footage("quadrants"))
    monkeypatch.setattr(deadline, "LEAST_S", -1000.0)
    with pytest.raises(Unreadable, match="could not be read within"):
        scan(source)


def test_longer_and_larger_footage_gets_more_time(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.touch()
    with large.open("wb") as file:
        file.truncate(30_000_000_000)  # a sparse file
    assert deadline.limit_s(small) == 120
    assert deadline.limit_s(large) == 6120
    assert deadline.limit_s(small, lasts_s=3600) == 3720
    assert deadline.limit_s(small, lasts_s=1e12) == 7320, "what a file claims is not believed"


def test_a_decoder_that_never_comes_back_ends_with_one_clear_error(footage: Footage) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STUCK, footage("quadrants")], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    error = json.loads(ended.stderr)["error"]
    assert error["type"] == "Unreadable"
    assert "could not be read within" in error["message"]


def test_a_look_that_is_over_is_not_waited_for(footage: Footage) -> None:
    probe(footage("quadrants"))
    assert deadline.overdue(grace_s=-1e9) is None
