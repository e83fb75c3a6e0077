"""What a user meets first: --help, --version, completion; fast, and true."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from screentest.client.cli.root import SECTIONS, root
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.scanning.cache import SCANNER_VERSION
from screentest.prep.vision.weights import manifest
from tests.conftest import Command

HEAVY = ("av", "boto3", "botocore", "cv2", "httpx", "numpy", "rich", "sqlite3", "starlette")
ENTRIES = {name: entry for entries in SECTIONS.values() for name, entry in entries.items()}


def modules_after(*arguments: str) -> set[str]:
    script = (
        "import sys\n"
        "from screentest.client.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(run.stderr.split())


def test_help_comes_at_once_because_nothing_heavy_is_imported() -> None:
    assert not modules_after("--help") & set(HEAVY)


def test_help_loads_none_of_the_values_that_footage_becomes() -> None:
    assert not modules_after("--help") & {"screentest.prep.core.values", "screentest.prep.core.spec"}


@pytest.mark.parametrize("name", ENTRIES)
def test_help_of_a_command_imports_nothing_heavy(name: str) -> None:
    assert not modules_after(name, "--help") & set(HEAVY)


@pytest.mark.parametrize("name", ENTRIES)
def test_the_line_in_help_belongs_to_a_command_that_exists(name: str) -> None:
    command = root.get_command(click.Context(root), name)
    assert command is not None
    assert command.name == name


def test_help_names_every_command(screentest: Command) -> None:
    listed = screentest("--help").out
    assert all(f"  {name} " in listed for name in ENTRIES)


def test_help_fits_a_terminal_of_80_columns(screentest: Command) -> None:
    assert max(map(len, screentest("--help").out.splitlines())) <= 80


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_version_names_the_program_its_ffmpeg_and_its_models(screentest: Command, flag: str) -> None:
    first, *others = screentest(flag).out.splitlines()
    assert first == "screentest 0.1.0"
    assert [line for line in others if line.startswith("ffmpeg ") and executable() in line]
    assert {f"model {name}" for name in manifest()} <= set(others)


def test_version_speaks_json_too(screentest: Command) -> None:
    found = screentest("--version", "--json").result
    assert (found["version"], found["scanner"]) == ("0.1.0", SCANNER_VERSION)
    assert found["ffmpeg"]["path"] == executable()
    assert {one["file"]: one["sha256"] for one in found["models"]} == manifest()


def test_version_is_told_where_no_ffmpeg_runs(
    screentest: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable.cache_clear()
    monkeypatch.setenv("SCREENTEST_FFMPEG", "/no/such/ffmpeg")
    outcome = screentest("--version")
    assert (outcome.code, "ffmpeg: none runs" in outcome.out) == (0, True)
    assert screentest("--version", "--json").result["ffmpeg"] is None


@pytest.mark.parametrize("path", [(), ("pick",), ("characters",), ("characters", "show")])
def test_help_as_a_command_shows_what_the_flag_shows(
    screentest: Command, path: tuple[str, ...]
) -> None:
    assert screentest("help", *path).out == screentest(*path, "--help").out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("regster",), "'register'"),
        (("help", "regster"), "'register'"),
        (("reconcile",), "'characters reconcile' or 'videos reconcile'"),
        (("characters", "shwo"), "'show'"),
        (("pick", "raw.mov", "--orientaton", "x"), "'--orientation'"),
        (("--jsno", "models"), "'--json'"),
        (("tasks", "list", "--sandbix"), "'--sandbox'"),
    ],
)
def test_what_is_mistyped_is_asked_after_at_every_level(
    screentest: Command, typed: tuple[str, ...], meant: str
) -> None:
    outcome = screentest(*typed, "--json")
    assert outcome.code == 2
    asked = outcome.error["message"].partition("Did you mean ")[2]
    assert meant in asked


def test_short_help_flag_works(screentest: Command) -> None:
    assert screentest("pick", "-h").code == 0


def test_completion_offers_the_commands(monkeypatch: pytest.MonkeyPatch, screentest: Command) -> None:
    monkeypatch.setenv("_SCREENTEST_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "screentest re")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert "register" in screentest().out
