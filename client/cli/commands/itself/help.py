"""help: what --help shows, for whoever types it as a command."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.call import Call


@click.command("help")
@click.argument("names", metavar="[COMMAND]...", nargs=-1)
@common_options
@click.pass_context
def help_(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Show the help of COMMAND, as its --help does."""
    from screentest.client.cli.output.tables import say

    meant = _meant(ctx.find_root(), names)
    text = meant.get_help()
    emit(
        ctx.ensure_object(Call),
        as_json=lambda: {"command": meant.command_path, "help": text},
        show=partial(say, line=text),
    )


def _meant(context: click.Context, names: Sequence[str]) -> click.Context:
    """The context of the command that the names lead to. Raises click.UsageError where none is."""
    for name in names:
        command = context.command
        if not isinstance(command, click.Group):
            raise click.UsageError(f"`{context.command_path}` has no commands.", context)
        _, child, _ = command.resolve_command(context, [name])
        if child is None:
            break
        context = click.Context(child, info_name=name, parent=context)
    return context
