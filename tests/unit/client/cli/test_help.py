"""What a user meets first: --help, --version, completion; fast, and true."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from screentest.client.cli.root import SECTIONS, root
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


def test_version_names_the_program_and_its_version(screentest: Command) -> None:
    assert screentest("--version").out == "screentest 0.1.0\n"


def test_version_speaks_json_too(screentest: Command) -> None:
    assert screentest("--version", "--json").result == {"version": "0.1.0"}


def test_short_help_flag_works(screentest: Command) -> None:
    assert screentest("pick", "-h").code == 0


def test_completion_offers_the_commands(monkeypatch: pytest.MonkeyPatch, screentest: Command) -> None:
    monkeypatch.setenv("_SCREENTEST_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "screentest re")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert "register" in screentest().out
