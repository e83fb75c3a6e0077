"""Every command of the command line, for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from screentest.client.cli.root import root


def every_command(
    command: click.Command = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with the words that call it, the outermost one, with none, first."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from every_command(child, (*path, name))
