"""The examples that end each command's help: none is wrong, none is missing."""

from __future__ import annotations

import shlex

import click
import pytest

from screentest.client.cli.examples import EXAMPLES, examples_of
from screentest.client.cli.root import root
from screentest.client.cli.running.arguments import require_meant
from tests.command_parts import every_command
from tests.conftest import Command

COMMANDS = {" ".join(path): command for path, command in every_command()}
LINES = [(path, line) for path in EXAMPLES for line in examples_of(path)]


def words_of(line: str) -> list[str]:
    """The arguments of an example, without where a shell puts its output."""
    program, *words = shlex.split(line.partition(" > ")[0])
    assert program == "screentest"
    return words


def parsed(words: list[str]) -> str:
    """The command that the words call, its own options and arguments understood."""
    require_meant(words, ctx=click.Context(root, info_name="screentest"), environ={})
    context = root.make_context("screentest", list(words))
    path: list[str] = []
    while isinstance(context.command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, command, rest = context.command.resolve_command(context, rest)
        assert command is not None
        path.append(str(name))
        context = command.make_context(name, rest, parent=context)
    return " ".join(path)


def test_every_command_has_examples_and_no_other_has() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()
    assert all(2 <= len(lines) <= 3 for lines in EXAMPLES.values())


@pytest.mark.parametrize(("path", "line"), LINES, ids=[line for _, line in LINES])
def test_an_example_is_understood_and_is_of_its_command(path: str, line: str) -> None:
    called = parsed(words_of(line))
    assert f"{called} ".startswith(f"{path} " if path else "")
    if not isinstance(COMMANDS[path], click.Group):
        assert called == path


@pytest.mark.parametrize("path", COMMANDS)
def test_help_ends_with_the_examples_each_on_a_line_of_80_columns(
    screentest: Command, path: str
) -> None:
    lines = screentest(*path.split(), "--help").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert tuple(map(str.strip, lines[-len(examples_of(path)) :])) == examples_of(path)


def test_the_rule_sees_a_wrong_option() -> None:
    with pytest.raises(click.NoSuchOption):
        parsed(words_of("screentest pick raw.mov --sandbox"))
