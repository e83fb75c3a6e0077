"""Arguments that nobody meant: an option taken for another's value, bytes that are not text."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest

from screentest.client.cli.root import root
from screentest.client.cli.running.arguments import require_meant
from tests.command_parts import every_command
from tests.conftest import Command

NOT_UTF8 = b"Jo\xff".decode("utf-8", "surrogateescape")


def takes_value(option: click.Option) -> bool:
    return not option.is_flag and not option.count


SPELLINGS = [
    (path, spelling)
    for path, command in every_command()
    for option in command.params
    if isinstance(option, click.Option) and takes_value(option)
    for spelling in option.opts
]


def called(*arguments: str) -> None:
    require_meant(arguments, ctx=click.Context(root, info_name="screentest"), environ={})


def test_the_walk_sees_the_options_of_every_command() -> None:
    # The guard looks at one argument after an option.
    options = [param for _path, command in every_command() for param in command.params]
    assert {one.nargs for one in options if isinstance(one, click.Option)} == {1}
    assert len(SPELLINGS) > 60
    assert (("register",), "--name") in SPELLINGS
    assert (("clip",), "-o") in SPELLINGS
    assert ((), "--home") in SPELLINGS
    assert (("tasks", "list"), "--model") in SPELLINGS


@pytest.mark.parametrize(("path", "spelling"), SPELLINGS, ids=lambda part: str(part))
@pytest.mark.parametrize("value", ["--dry-run", "--odd", "--json", "--"])
def test_no_option_takes_another_for_its_value(
    screentest: Command, path: tuple[str, ...], spelling: str, value: str
) -> None:
    outcome = screentest(*path, spelling, value)
    assert outcome.code == 2
    assert outcome.out == ""
    assert spelling in outcome.err
    assert "needs a value" in outcome.err


def test_a_rehearsal_that_lost_its_name_buys_nothing(screentest: Command, face_clip: object) -> None:
    outcome = screentest("register", face_clip, "--sandbox", "--name", "--dry-run", "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    assert "--name=--dry-run" in outcome.error["message"]
    assert "`screentest register --help`" in outcome.error["hint"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("register", "raw.mov", "--name=--dry-run"),
        ("register", "raw.mov", "--name", "-dry-run"),
        ("register", "raw.mov", "--name", "Joe", "--dry-run"),
        ("register", "--dry-run", "raw.mov", "--name", "Joe"),
        ("clip", "raw.mov", "-o--odd.mp4"),
        ("clip", "raw.mov", "-oout.mp4", "--overwrite"),
        ("clip", "--", "-o", "--overwrite"),
        ("clip", "raw.mov", "-qo", "out.mp4"),
        ("clip", "-o", "out.mp4", "--", "--name"),
        ("probe", "--", "--config", "--json"),
        ("--home", "here", "characters", "show", "Joe"),
        ("characters", "export", "--csv", "--json"),
        ("nonsense", "--name", "--json"),
        (),
    ],
)
def test_what_is_meant_is_let_through(arguments: tuple[str, ...]) -> None:
    called(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("clip", "raw.mov", "-qo", "--overwrite"),
        ("--home", "--json", "characters", "list"),
        ("--", "clip", "raw.mov", "-o", "--json"),
        ("characters", "reconcile", "Joe", "--adopt", "--no-wait"),
    ],
)
def test_a_value_is_looked_for_wherever_an_option_stands(arguments: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError, match="needs a value"):
        called(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("register", f"{NOT_UTF8}.mp4", "--name", "Joe"),
        ("register", "raw.mp4", "--name", NOT_UTF8),
        ("register", "raw.mp4", "--name", "Joe", "--consent", NOT_UTF8),
        ("register", "raw.mp4", "--name", "Joe", "--description", NOT_UTF8),
        ("register", "raw.mp4", "--name", "Joe", f"--webhook=https://h/{NOT_UTF8}"),
        ("clip", f"{NOT_UTF8}.mp4", "--start", "0"),
        ("video", f"Rain {NOT_UTF8}", "--yes"),
        ("video", "Rain", "--character", NOT_UTF8),
        ("characters", "show", NOT_UTF8),
        ("characters", "consent", "Joe", NOT_UTF8),
        ("characters", "delete", NOT_UTF8),
        ("characters", "reconcile", NOT_UTF8),
        ("characters", "import", NOT_UTF8),
        ("tasks", "delete", NOT_UTF8),
        ("--home", NOT_UTF8, "characters", "list"),
    ],
)
def test_bytes_that_are_not_text_are_refused_in_one_sentence(
    screentest: Command, arguments: tuple[str, ...]
) -> None:
    outcome = screentest(*arguments, "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    assert outcome.error["message"].endswith(" is not valid UTF-8.")
    assert outcome.err.count("\n") == 1


def test_footage_with_any_name_can_be_looked_at() -> None:
    called("probe", f"{NOT_UTF8}.mp4")
    called("check", f"{NOT_UTF8}.mp4", "--json")


def test_a_home_from_the_environment_is_text_too(
    screentest: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENTEST_HOME", NOT_UTF8)
    outcome = screentest("characters", "list", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "ConfigError")
    assert "UTF-8" in outcome.error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("register", "raw.mp4", "--name", "Joe", "--dry-run", "--start", "0"),
        ("clip", "raw.mp4", "--start", "0"),
        ("video", "Rain falls.", "--yes"),
    ],
)
def test_a_folder_whose_name_is_not_text_is_refused_before_any_work(
    screentest: Command,
    arguments: tuple[str, ...],
    face_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / NOT_UTF8
    folder.mkdir()
    shutil.copy(face_clip, folder / "raw.mp4")
    monkeypatch.chdir(folder)
    outcome = screentest(*arguments, "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "ConfigError")
    assert "UTF-8" in outcome.error["message"]


def test_a_name_from_the_environment_is_text_too(
    screentest: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENTEST_VIDEO_CHARACTERS", NOT_UTF8)
    outcome = screentest("video", "Joe walks in.", "--yes", "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    assert outcome.error["message"] == "SCREENTEST_VIDEO_CHARACTERS is not valid UTF-8."


def test_a_program_from_the_environment_may_lie_anywhere() -> None:
    environ = {"SCREENTEST_FFMPEG": NOT_UTF8, "PATH": NOT_UTF8}
    require_meant(["probe", "raw.mp4"], ctx=click.Context(root), environ=environ)
