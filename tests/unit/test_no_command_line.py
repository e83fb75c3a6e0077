"""The library speaks no command line: what could be done is data, and the terminal names the flag."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from screentest.client.cli.root import root
from screentest.prep.core.remedy import Kind

CHECKOUT = Path(__file__).parent.parent.parent
# A terminal talks to the first two; the others write the command line of Dask's own programs.
SPEAKERS = (
    *("client/cli/", "client/sandbox/"),
    *("client/batch/engine/dask.py", "client/batch/engine/throwaway.py"),
)
COMMANDS = "|".join(sorted(root.list_commands(None)))  # type: ignore[arg-type]
COMMAND_LINE = {
    "a flag": re.compile(r"(?<![\w-])(?:--[a-z][\w-]*|-o)\b"),
    "a command": re.compile(rf"screentest ({COMMANDS})\b|`({COMMANDS}) [a-z]+"),
    "click": re.compile(r"\bclick\b"),
}


def library() -> list[Path]:
    """Every module of ``prep`` and ``client`` but those that a terminal talks to."""
    files = sorted([*CHECKOUT.glob("prep/**/*.py"), *CHECKOUT.glob("client/**/*.py")])
    names = {file: file.relative_to(CHECKOUT).as_posix() for file in files}
    return [file for file in files if not names[file].startswith(SPEAKERS)]


def literals(file: Path) -> Iterator[str]:
    """Every text in a module: messages, docstrings, keys."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("what", COMMAND_LINE)
def test_no_text_of_the_library_names(what: str) -> None:
    said = {
        f"{file.relative_to(CHECKOUT)}: {text}"
        for file in library()
        for text in literals(file)
        if COMMAND_LINE[what].search(text)
    }
    assert not said


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Choose by hand with --start.", "a flag"),
        ("Name a file with -o.", "a flag"),
        ("`screentest scan` lists them.", "a command"),
        ("``characters list`` shows it.", "a command"),
    ],
)
def test_the_rule_sees_the_command_line(text: str, what: str) -> None:
    assert COMMAND_LINE[what].search(text)


@pytest.mark.parametrize("text", ["Install screentest again.", "x--y", "a - b", "re-read", "-v:o"])
def test_the_rule_lets_ordinary_words_through(text: str) -> None:
    assert not any(rule.search(text) for rule in COMMAND_LINE.values())


def kinds_used() -> set[str]:
    """The kinds of remedy that any module offers."""
    return {
        str(node.args[0].value)
        for file in sorted([*CHECKOUT.glob("prep/**/*.py"), *CHECKOUT.glob("client/**/*.py")])
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Remedy"
        if node.args and isinstance(node.args[0], ast.Constant)
    }


def test_every_kind_of_remedy_is_offered_somewhere() -> None:
    assert kinds_used() == set(get_args(Kind))


def test_the_library_does_not_import_what_speaks_for_it() -> None:
    speakers = ("screentest.client.cli", "click")
    importing = {
        str(file.relative_to(CHECKOUT))
        for file in library()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(speakers)
    }
    assert not importing
