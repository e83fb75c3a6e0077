"""What a user sees when something goes wrong: a sentence, a hint, an exit code, no traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import exit_code_of
from screentest.client.errors import NoBalance
from screentest.prep.core.errors import NotFound
from tests.conftest import Command


def failing(error: BaseException) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("There is no such file."), 1),
        (NoBalance("No money."), 1),
        (OSError(28, "No space left on device"), 1),
        (RuntimeError("boom"), 1),
        (click.UsageError("No such option."), 2),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(
    error: BaseException, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(failing(error), call=Call()) == code


def test_an_error_tells_people_what_and_what_to_do(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(NotFound("There is no file x.", "Check the path.")), call=Call())
    assert capfd.readouterr().err == "error: There is no file x.\nhint: Check the path.\n"


def test_an_error_tells_machines_type_message_and_hint(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(NotFound("No x.", "Check.")), call=Call(json=True))
    told = json.loads(capfd.readouterr().err)
    assert told == {"error": {"type": "NotFound", "message": "No x.", "hint": "Check."}}


def test_an_error_is_one_line_whatever_its_message_holds(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(NotFound("a\nb", "c")), call=Call(json=True))
    assert capfd.readouterr().err.count("\n") == 1


def test_a_fault_of_this_program_shows_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(RuntimeError("secret")), call=Call(json=True))
    told = capfd.readouterr().err
    assert json.loads(told)["error"]["type"] == "InternalError"
    assert "secret" not in told


def test_a_fault_of_this_program_shows_where_with_verbose(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(RuntimeError("boom")), call=Call(verbosity=1))
    assert "test_failures.py" in capfd.readouterr().err


def test_an_interrupt_is_told_as_interrupted(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(KeyboardInterrupt()), call=Call(json=True))
    assert json.loads(capfd.readouterr().err)["error"]["type"] == "Interrupted"


@pytest.mark.parametrize(
    "arguments",
    [
        ("probe", "--json"),
        ("--json", "probe"),
        ("--json", "nonsense"),
        ("pick", "--nonsense", "--json"),
        ("clip", "x.mp4", "--start", "soon", "--json"),
        ("register", "x.mp4", "--json"),
        ("--json", "characters", "show"),
    ],
)
def test_a_usage_error_is_an_object_too(screentest: Command, arguments: tuple[str, ...]) -> None:
    outcome = screentest(*arguments)
    assert outcome.code == 2
    assert outcome.error["type"] == "UsageError"
    assert outcome.out == ""


def test_a_usage_error_says_where_help_is(screentest: Command) -> None:
    assert "screentest clip --help" in screentest("clip").err


def test_json_after_the_double_dash_is_a_file_name(screentest: Command) -> None:
    outcome = screentest("probe", "--", "--json")
    assert outcome.err.startswith("error: ")


@pytest.mark.parametrize("command", ["probe", "scan", "pick", "clip", "check"])
def test_a_file_that_is_not_there_is_named(screentest: Command, command: str, tmp_path: Path) -> None:
    outcome = screentest(command, tmp_path / "nowhere.mov", "--json")
    assert outcome.code == 1
    assert outcome.error["type"] == "NotFound"
    assert "nowhere.mov" in outcome.error["message"]


def test_register_without_a_key_names_both_ways_out_before_any_work(
    screentest: Command, face_clip: Path
) -> None:
    outcome = screentest("register", face_clip, "--name", "Joe", "--json")
    assert outcome.code == 1
    assert outcome.error["type"] == "NoCredentials"
    assert "WAVESPEED_API_KEY" in outcome.error["hint"]
    assert "--sandbox" in outcome.error["hint"]
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_register_refuses_a_name_that_the_service_would_refuse(
    screentest: Command, face_clip: Path, name: str
) -> None:
    outcome = screentest("register", face_clip, "--name", name, "--dry-run", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "InvalidName")
