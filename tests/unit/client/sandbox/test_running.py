"""Which sandbox serves a home: the one that holds the home's state, never one that has died."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from screentest.client.sandbox.running import HomeState, running_sandbox

ENV = {"WAVESPEED_BASE_URL": "http://127.0.0.1:9", "WAVESPEED_API_KEY": "k"}


class Notified(Exception):
    """Ends a wait that would last until the sandbox is ready."""


def end(message: str) -> None:
    raise Notified(message)


def test_a_home_without_state_has_no_sandbox(tmp_path: Path) -> None:
    assert running_sandbox(tmp_path) is None


def test_the_environment_of_a_running_sandbox_is_found(tmp_path: Path) -> None:
    state = HomeState.acquire(tmp_path)
    assert state is not None
    state.publish(ENV, data=tmp_path / "data")
    assert running_sandbox(tmp_path) == ENV
    state.release()


def test_a_sandbox_that_was_stopped_is_not_found(tmp_path: Path) -> None:
    state = HomeState.acquire(tmp_path)
    assert state is not None
    state.publish(ENV, data=tmp_path)
    state.release()
    assert running_sandbox(tmp_path) is None


def test_what_a_killed_sandbox_left_behind_leads_nobody_astray(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from screentest.client.sandbox.running import HomeState\n"
        "state = HomeState.acquire(Path(sys.argv[1]))\n"
        f"state.publish({ENV!r}, data=Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=60, check=False)
    assert run.returncode == -9
    assert json.loads((tmp_path / "sandbox.json").read_text(encoding="utf-8"))["env"] == ENV
    assert running_sandbox(tmp_path) is None


def test_one_that_is_still_starting_is_waited_for_and_that_is_said(tmp_path: Path) -> None:
    state = HomeState.acquire(tmp_path)
    assert state is not None
    with pytest.raises(Notified, match="still starting"):
        running_sandbox(tmp_path, notify=end)
    state.release()


def test_the_environment_of_an_earlier_sandbox_is_not_given_while_the_next_one_starts(
    tmp_path: Path,
) -> None:
    (tmp_path / "sandbox.json").write_text(json.dumps({"env": ENV}), encoding="utf-8")
    state = HomeState.acquire(tmp_path)
    assert state is not None
    with pytest.raises(Notified):
        running_sandbox(tmp_path, notify=end)
    state.release()


def test_a_home_has_one_sandbox_at_a_time(tmp_path: Path) -> None:
    first = HomeState.acquire(tmp_path)
    assert first is not None
    assert HomeState.acquire(tmp_path) is None
    first.release()
    second = HomeState.acquire(tmp_path)
    assert second is not None
    second.release()


def test_only_the_owner_may_read_where_the_keys_stand(tmp_path: Path) -> None:
    home = tmp_path / "home"
    state = HomeState.acquire(home)
    assert state is not None
    state.publish(ENV, data=home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "sandbox.json").stat().st_mode) == 0o600
    assert json.loads((home / "sandbox.json").read_text(encoding="utf-8"))["pid"] == os.getpid()
    state.release()
