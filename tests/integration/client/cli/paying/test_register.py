"""register, characters and sandbox as a user runs them, over a real S3 server and real sockets."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from screentest.prep.core.values import Clip
from tests.conftest import Command, Footage
from tests.waiting import HANG_S, until

COMMAND = [sys.executable, "-m", "screentest.client.cli"]
REGISTRATION_KEYS = {
    *("name", "character_id", "model", "clip", "clip_sha256", "segment", "stills", "submitted"),
    *("cost_usd", "warnings", "reasons"),
}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def short(footage: Footage) -> Path:
    """3 s of a face: quick to scan and to encode."""
    return footage("face-short")


@pytest.fixture
def ready(made: Clip) -> Path:
    """Footage that is a clip already: it is sent as it is, and nothing is encoded."""
    return Path(made.path)


@contextmanager
def sandbox_up(*arguments: str) -> Iterator[tuple[dict[str, str], subprocess.Popen[str]]]:
    """The sandbox of this home, running in its own process; gives the environment it prints."""
    process = subprocess.Popen(
        [*COMMAND, "sandbox", "up", "--json", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert select.select([process.stdout], [], [], HANG_S)[0], "the sandbox did not start"
        yield json.loads(process.stdout.readline())["env"], process
    finally:
        process.terminate()
        process.wait(HANG_S)
        process.stdout.close()


def journal(home: Path) -> list[dict[str, Any]]:
    lines = (home / "sandbox" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def posts(home: Path) -> list[dict[str, Any]]:
    return [line for line in journal(home) if line["path"].endswith("/sora-2/characters")]


@pytest.mark.slow
def test_the_main_job_from_footage_to_recorded_id_and_nothing_twice(
    screentest: Command, short: Path, home: Path
) -> None:
    first = screentest("register", short, "--name", "Joe", "--sandbox", "--json").result
    again = screentest("register", short, "--name", "Joe", "--sandbox", "--json").result
    dry = screentest("register", short, "--name", "Joe", "--sandbox", "--dry-run", "--json").result

    assert first.keys() == REGISTRATION_KEYS
    assert first["character_id"].startswith("char_")
    assert Path(first["clip"]).is_absolute()
    assert Path(first["clip"]).is_relative_to(home)
    assert first["submitted"] is True
    assert again == {**first, "submitted": False}
    assert (dry["character_id"], dry["clip"]) == (first["character_id"], first["clip"])
    assert (dry["submitted"], dry["cost_usd"]) == (False, 0.0)
    assert len(posts(home)) == 1


@pytest.mark.slow
def test_a_running_sandbox_is_used_and_its_characters_can_be_looked_up(
    screentest: Command, ready: Path, home: Path
) -> None:
    with sandbox_up():
        made = screentest("register", ready, "--name", "Ann", "--sandbox", "--json").result
        another = screentest("register", ready, "--name", "Ann", "--sandbox", "--again", "--json")
    listed = screentest("characters", "list", "--json").result["characters"]
    shown = screentest("characters", "show", made["character_id"], "--json").result
    exported = screentest("characters", "export", "--json").result

    assert another.result["character_id"] != made["character_id"]
    assert [character["name"] for character in listed] == ["Ann", "Ann"]
    assert shown["character_id"] == made["character_id"]
    assert [move["after"] for move in shown["moves"]][-1] == "done"
    assert len(exported["characters"]) == 2
    assert "Ann" in screentest("characters", "list").out
    assert made["character_id"] in screentest("characters", "show", made["character_id"]).out


@pytest.mark.slow
def test_any_process_with_the_printed_environment_talks_to_the_sandbox(
    screentest: Command, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox_up() as (env, _):
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        made = screentest("register", ready, "--name", "Joe", "--json")
    assert made.result["submitted"] is True


@pytest.mark.slow
def test_a_task_left_in_a_sandbox_that_ended_is_finished_by_the_next(
    screentest: Command, ready: Path
) -> None:
    left = screentest("register", ready, "--name", "Joe", "--sandbox", "--no-wait", "--json").result
    waited = screentest("characters", "wait", " JOE", "--sandbox", "--json").result["settled"]
    assert (left["character_id"], left["submitted"]) == (None, True)
    assert [one["outcome"] for one in waited] == ["done"]


@pytest.mark.slow
def test_the_homes_own_sandbox_is_the_same_by_its_environment(
    screentest: Command, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox_up() as (env, _):
        screentest("register", ready, "--name", "Joe", "--sandbox", "--json")
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        again = screentest("register", ready, "--name", "Joe", "--json")
        listed = screentest("characters", "list", "--json").result
    assert again.result["submitted"] is False
    assert listed["spent_usd"] == 0


@pytest.mark.slow
def test_a_wrong_key_is_told_and_nothing_is_lost(
    screentest: Command, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox_up() as (env, _):
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("WAVESPEED_API_KEY", "not-the-key-of-this-account")
        outcome = screentest("register", ready, "--name", "Joe", "--json")
        state = screentest("characters", "show", "Joe", "--json").result["state"]
    assert (outcome.code, outcome.error["type"]) == (1, "Unauthorized")
    assert "not-the-key" not in outcome.err + outcome.out
    assert state == "planned"


def test_a_dry_run_needs_no_key_and_records_nothing(
    screentest: Command, short: Path, home: Path
) -> None:
    forecast = screentest("register", short, "--name", "Joe", "--dry-run", "--json").result
    assert forecast.keys() >= REGISTRATION_KEYS
    assert (forecast["submitted"], forecast["character_id"]) == (False, None)
    assert forecast["cost_usd"] == 0.001
    assert screentest("characters", "list", "--json").result["characters"] == []
    assert [str(path) for path in home.glob("clips/*.mp4")] == [forecast["clip"]]


def test_a_dry_run_tells_people_what_would_happen(screentest: Command, ready: Path) -> None:
    shown = screentest("register", ready, "--name", "Joe", "--dry-run").out
    assert "nothing was uploaded or submitted" in shown
    assert "What would happen" in shown


def test_a_character_that_is_not_there_is_told(screentest: Command) -> None:
    outcome = screentest("characters", "show", "Nobody", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "UnknownCharacter")


def test_an_empty_list_says_what_to_do(screentest: Command) -> None:
    assert "screentest register" in screentest("characters", "list").out


@pytest.mark.slow
def test_sandbox_prints_lines_to_paste(home: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "sandbox", "up"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(HANG_S)
        process.stdout.close()
    assert first.startswith("export ")


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_is_ended_leaves_no_server_behind(
    ready: Path, home: Path, end: signal.Signals
) -> None:
    process = subprocess.Popen(
        [*COMMAND, "register", str(ready), "--name", "Joe", "--sandbox", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("sandbox"):
            break
    assert processes_of(home)
    process.send_signal(end)
    words = process.stderr.read()
    process.stderr.close()
    process.wait(HANG_S)

    until(lambda: not processes_of(home))
    if end == signal.SIGTERM:
        assert process.returncode == 130
        assert json.loads(words.splitlines()[-1])["error"]["type"] == "Interrupted"


def processes_of(home: Path) -> list[str]:
    """Every process whose command line names this home, apart from this one."""
    found = []
    listing = subprocess.run(
        ["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True, timeout=HANG_S
    )
    for line in listing.stdout.splitlines():
        pid, _, arguments = line.strip().partition(" ")
        if str(home) in arguments and int(pid) != os.getpid():
            found.append(arguments)
    return found
