"""What is told before anything is started, scanned or uploaded: nobody waits for a refusal."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from screentest.client.sandbox import running
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.running import HomeState, data_folder, running_sandbox, started_sandbox
from screentest.prep.core.locks import taken
from tests.conftest import Command
from tests.permissions import bound_by_permissions

NEEDING_A_HOME = [("register", "RAW", "--name", "Joe", "--sandbox"), ("sandbox", "up")]


class Told(Exception):
    """Ends a wait as soon as it is told of."""


def end(message: str) -> None:
    raise Told(message)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere.mov", "--name", "Joe"),
        ("/", "--name", "Joe"),
        ("RAW", "--name", " Joe"),
        ("RAW", "--name", "Joe", "--model", "nobody/nothing"),
        ("RAW", "--name", "Joe", "--max-cost", "0"),
        ("RAW", "--name", "Joe", "--match", "nowhere.png"),
        ("RAW", "--name", "Joe", "--report", "no-such-folder/why.html"),
    ],
)
def test_no_server_is_started_for_an_order_that_comes_to_nothing(
    screentest: Command, face_clip: Path, home: Path, arguments: tuple[str, ...]
) -> None:
    said = [str(face_clip) if argument == "RAW" else argument for argument in arguments]
    assert screentest("register", *said, "--sandbox").code == 1
    assert not (home / "sandbox").exists()


@pytest.mark.parametrize(
    "arguments",
    [("characters", "wait", "Nobody"), ("video", "Joe walks", "--character", "Joe", "-o", "new.mp4")],
)
def test_no_server_is_started_for_a_character_that_nobody_knows(
    screentest: Command, home: Path, arguments: tuple[str, ...]
) -> None:
    outcome = screentest(*arguments, "--sandbox", "--json")
    assert outcome.error["type"] == "UnknownCharacter"
    assert not (home / "sandbox").exists()


@pytest.mark.parametrize("place", ["missing/out.mp4", "note.txt/out.mp4"])
def test_a_clip_that_could_not_be_kept_is_not_scanned_for(
    screentest: Command, face_clip: Path, home: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "note.txt").write_text("a file where a folder would have to be")
    outcome = screentest("clip", face_clip, "-o", tmp_path / place, "--json")
    assert outcome.error["type"] == "OutputNotWritable"
    assert "-o" in outcome.error["hint"]
    assert not home.exists()


def test_a_folder_that_refuses_writing_is_told_before_the_scan(
    screentest: Command, face_clip: Path, home: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    with bound_by_permissions():
        outcome = screentest("clip", face_clip, "-o", closed / "out.mp4", "--json")
    assert outcome.error["type"] == "OutputNotWritable"
    assert not home.exists()


def test_missing_aws_credentials_are_told_before_the_scan(
    screentest: Command, face_clip: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "key")
    monkeypatch.setenv("SCREENTEST_BUCKET", "clips")
    outcome = screentest("register", face_clip, "--name", "Joe", "--json")
    assert outcome.error["type"] == "BucketUnusable"
    assert not (home / "scans").exists()


@pytest.mark.parametrize("command", NEEDING_A_HOME)
def test_a_home_that_cannot_be_used_names_the_setting_that_helps(
    screentest: Command, face_clip: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "note.txt").write_text("a file where a folder would have to be")
    said = [str(face_clip) if word == "RAW" else word for word in command]
    outcome = screentest("--home", tmp_path / "note.txt" / "home", *said, "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "ConfigError")
    assert "SCREENTEST_HOME" in outcome.error["hint"]


@pytest.mark.parametrize("command", NEEDING_A_HOME)
def test_a_home_that_refuses_writing_names_the_setting_that_helps(
    screentest: Command, face_clip: Path, home: Path, command: tuple[str, ...]
) -> None:
    home.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    said = [str(face_clip) if word == "RAW" else word for word in command]
    with bound_by_permissions():
        outcome = screentest(*said, "--json")
    assert "SCREENTEST_HOME" in outcome.error["hint"]


@pytest.fixture
def served(home: Path) -> Iterator[Path]:
    """A home whose sandbox another command runs."""
    handle = taken(DataFolder(data_folder(home)).create().lock, wait_s=0)
    assert handle is not None
    yield home
    os.close(handle)


def test_whoever_waits_for_another_commands_sandbox_is_told_so(served: Path) -> None:
    with (
        pytest.raises(Told, match="Another command is running the sandbox"),
        started_sandbox(served, notify=end),
    ):
        pass


def test_of_two_that_begin_at_one_moment_the_second_is_told_whom_it_waits_for(
    served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DataFolder(data_folder(served)).lock.write_text("4711")
    # The child waits for its turn and is killed once it has had the time to end.
    monkeypatch.setattr(running, "_END_WAIT_S", 0.0)
    looks = iter([False])
    seen = running._is_served
    monkeypatch.setattr(running, "_is_served", lambda folder: next(looks, seen(folder)))
    with (
        pytest.raises(Told, match=r"Another command \(process 4711\) is running the sandbox"),
        started_sandbox(served, notify=end),
    ):
        pass


def test_whoever_waits_for_a_sandbox_that_still_starts_is_told_so(home: Path) -> None:
    state = HomeState.acquire(home)
    assert state is not None
    try:
        with pytest.raises(Told, match="still starting"):
            running_sandbox(home, notify=end)
    finally:
        state.release()
