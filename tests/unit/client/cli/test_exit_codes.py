"""What each kind of mistake ends with: scripts branch on the exit code and on the error's type."""

from __future__ import annotations

import json

import pytest

from docs.generate import INTRODUCTION
from tests.conftest import Command

RAW = "fixtures/cap13_edit2.mp4"
TO_KLING = (
    *("register", RAW, "--name", "Joe", "--description", "A man."),
    *("--model", "kwaivgi/kling-elements-advanced"),
)
REGISTER = ("register", RAW, "--name", "Joe")

FAILED = [
    (("pick", "nowhere.mov"), "NotFound"),
    (("pick", "/"), "NotAFile"),
    (("pick", RAW, "--match", "nowhere.png"), "NotFound"),
    (("clip", RAW, "-o", "no-such-folder/out.mp4"), "OutputNotWritable"),
    (("pick", RAW, "--report", "no-such-folder/why.html"), "OutputNotWritable"),
    (("pick", RAW, "--model", "nobody/nothing"), "ConfigError"),
    (REGISTER, "NoCredentials"),
    ((*REGISTER, "--model", "nobody/nothing"), "ConfigError"),
    ((*REGISTER, "--max-cost", "0"), "CostTooHigh"),
    ((*REGISTER, "--reference", "images"), "ConfigError"),
    ((*TO_KLING, "--subject", "animal", "--reference", "video"), "SubjectRefused"),
    ((*REGISTER, "--webhook", "nonsense"), "ConfigError"),
    ((*REGISTER, "--webhook", "https://[x"), "ConfigError"),
    (("video", "x", "--yes", "--webhook", "https://[x"), "ConfigError"),
    (("register", RAW, "--name", ""), "InvalidName"),
    (("register", "nowhere.mov", "--name", "Joe"), "NotFound"),
    (("characters", "show", "Nobody"), "UnknownCharacter"),
    (("characters", "wait", "Nobody"), "UnknownCharacter"),
    (("video", "Joe walks in", "--character", "Joe"), "UnknownCharacter"),
    (("video", "x", "-o", "no-such-folder/out.mp4"), "OutputNotWritable"),
    (("balance",), "NoCredentials"),
]
MISUSED = [
    ("nonsense",),
    ("pick",),
    ("pick", RAW, "--nonsense"),
    ("register", RAW),
    ("register", RAW, "--name", "--dry-run"),
    ("register", RAW, "--name", "Joe", "--max-cost", "-1"),
    ("clip", RAW, "--start", "soon"),
    ("clip", RAW, "--fit", "stretch"),
    ("--config", "nowhere.toml", "characters", "list"),
    ("characters", "reconcile", "--adopt", "task", "--forget"),
]
IMPOSSIBLE = [
    (*REGISTER, "--person", "1", "--subject", "face"),
    (*REGISTER, "--start", "1", "--match", RAW),
    ("pick", RAW, "--length", "1"),
    ("clip", RAW, "-o", "out.mov"),
]


@pytest.mark.parametrize(("arguments", "error_type"), FAILED)
def test_what_cannot_be_done_ends_with_1_and_its_own_type(
    screentest: Command, arguments: tuple[str, ...], error_type: str
) -> None:
    outcome = screentest(*arguments, "--json")
    assert (outcome.code, outcome.error["type"]) == (1, error_type)


@pytest.mark.parametrize("arguments", MISUSED)
def test_what_is_written_wrongly_ends_with_2(screentest: Command, arguments: tuple[str, ...]) -> None:
    outcome = screentest(*arguments, "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")


@pytest.mark.parametrize("arguments", IMPOSSIBLE)
def test_what_cannot_be_wished_for_ends_with_2(screentest: Command, arguments: tuple[str, ...]) -> None:
    outcome = screentest(*arguments, "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "ImpossibleWish")


@pytest.mark.parametrize("arguments", [*(arguments for arguments, _ in FAILED), *MISUSED, *IMPOSSIBLE])
def test_an_error_with_json_is_one_object_on_stderr_and_nothing_on_stdout(
    screentest: Command, arguments: tuple[str, ...]
) -> None:
    outcome = screentest(*arguments, "--json")
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    assert json.loads(line)["error"].keys() == {"type", "message", "hint"}


@pytest.mark.parametrize("code", [0, 1, 2, 130])
def test_every_exit_code_is_documented(code: int) -> None:
    assert f"\n| {code} | " in INTRODUCTION


def test_a_file_name_that_begins_with_a_dash_is_shown_the_way(screentest: Command) -> None:
    assert "Put -- before" in screentest("probe", "-raw.mov").err
