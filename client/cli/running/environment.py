"""Names in the environment that were meant for this program and mean nothing to it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import click

PREFIX = "SCREENTEST_"
# Those with a name of their own, known without loading every command: most environments hold no others.
# FFMPEG and FOOTAGE (of the tests) belong to no option.
OWN_NAMES = frozenset(
    PREFIX + name
    for name in (
        *("HOME", "CONFIG", "BUCKET", "ACCOUNT", "MAX_COST", "TIMEOUT", "SETTLE_AFTER", "KEEP"),
        *("FETCH_LIMIT", "FETCH_CACHE", "LOG_FILE"),
        *("FFMPEG", "FOOTAGE"),
    )
)
_QUIET = frozenset({"-q", "--quiet"})
_ALIKE = 0.8


def warn_of_names(arguments: Iterable[str], environ: Mapping[str, str], *, ctx: click.Context) -> None:
    """Says which names are likely misspelt, on stderr: SCREENTEST_MAXCOST would limit nothing.

    ``ctx``: the outermost command's. A name that is not near to any is somebody else's.
    """
    given = [name for name in environ if name.startswith(PREFIX) and name not in OWN_NAMES]
    if not given or _QUIET & set(arguments):
        return
    known = {*OWN_NAMES, *(name for option in options_below(ctx) for name in option.names)}
    for name in sorted(set(given) - known):
        if near := difflib.get_close_matches(name, sorted(known), 1, _ALIKE):
            click.echo(f"warning: {name} is not a setting and is ignored: is it {near[0]}?", err=True)


@dataclass(frozen=True, slots=True)
class NamedOption:
    """An option of the command that ``path`` calls. ``names``: its variables, by precedence."""

    path: tuple[str, ...]
    option: click.Option
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """What a settings file calls it; "" for one without a long name."""
        longs = [flag[2:] for flag in self.option.opts if flag.startswith("--")]
        return longs[0] if longs else ""


def options_below(ctx: click.Context, path: tuple[str, ...] = ()) -> Iterator[NamedOption]:
    """Every option of a command, and of each below it. ``ctx``: the outermost command's."""
    prefix = ctx.auto_envvar_prefix
    for param in ctx.command.params:
        if not isinstance(param, click.Option):
            continue
        own = [param.envvar] if isinstance(param.envvar, str) else param.envvar or ()
        automatic = prefix and param.name and param.allow_from_autoenv
        names = (*own, *([f"{prefix}_{param.name.upper()}"] if automatic and param.name else []))
        yield NamedOption(path, param, names)
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            if command := ctx.command.get_command(ctx, name):
                below = click.Context(command, info_name=name, parent=ctx)
                yield from options_below(below, (*path, name))
