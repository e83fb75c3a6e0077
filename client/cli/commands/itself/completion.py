"""completion: what a shell reads to complete commands, options, models and characters."""

from __future__ import annotations

from functools import partial

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.call import Call


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common_options
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, models and the names of your characters.

    \b
    bash  eval "$(screentest completion bash)"    in ~/.bashrc
    zsh   eval "$(screentest completion zsh)"     in ~/.zshrc
    fish  screentest completion fish | source     in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from screentest.client.cli.output.tables import say

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - each of the choices is click's own
    script = kind(ctx.find_root().command, {}, "screentest", "_SCREENTEST_COMPLETE").source()
    emit(
        ctx.ensure_object(Call),
        as_json=lambda: {"shell": shell, "script": script},
        show=partial(say, line=script.rstrip()),
    )
