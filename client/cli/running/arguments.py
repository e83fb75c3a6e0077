"""What is refused of the command line before click reads it.

Click takes whatever follows an option for its value: `register raw.mov --name --dry-run` would
register a character called "--dry-run", and pay for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from screentest.prep.core.text import printable

# They only read files and record nothing, so any path that the system knows will do.
_ANY_PATH = frozenset({"probe", "scan", "pick", "check"})
# Any path will do for the first two; the home is held where it is used.
_ANY_PLACE = frozenset({"SCREENTEST_FFMPEG", "SCREENTEST_CONFIG", "SCREENTEST_HOME"})


def require_meant(arguments: Sequence[str], *, ctx: click.Context, environ: Mapping[str, str]) -> None:
    """Raises click.UsageError where an option would take another for its value, or text is not UTF-8.

    ``ctx``: the outermost command's. A value that does begin with -- is written --name=--odd.
    """
    rest = list(arguments)
    while rest:
        rest = _after_options(ctx, rest)
        child = _child(ctx, rest)
        if child is None:
            break
        ctx = click.Context(child, info_name=rest.pop(0), parent=ctx)
    _require_texts_of(environ, ctx)
    if not _ANY_PATH & set(ctx.command_path.split()):
        for argument in arguments:
            _require_text(argument, printable(argument), ctx)


def _child(ctx: click.Context, rest: list[str]) -> click.Command | None:
    if not isinstance(ctx.command, click.Group) or not rest:
        return None
    return ctx.command.get_command(ctx, rest[0])


def _after_options(ctx: click.Context, arguments: list[str]) -> list[str]:
    """The arguments from a group's subcommand on; [] for a command that is not a group."""
    takers = _options_with_value(ctx.command)
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            return rest if isinstance(ctx.command, click.Group) else []
        if not argument.startswith("-") or argument == "-":
            if isinstance(ctx.command, click.Group):
                return [argument, *rest]
            continue
        taker = _taker(argument, takers)
        if taker is not None and rest:
            value = rest.pop(0)
            if value.startswith("--"):
                raise _no_value(taker, value, ctx)
    return []


def _options_with_value(command: click.Command) -> frozenset[str]:
    """Every spelling of every option that takes the argument after it."""
    return frozenset(
        spelling
        for param in command.params
        if isinstance(param, click.Option) and not param.is_flag and not param.count
        for spelling in (*param.opts, *param.secondary_opts)
    )


def _taker(argument: str, takers: frozenset[str]) -> str | None:
    """The option in this argument that takes the next one for its value, None where there is none."""
    if argument.startswith("--"):
        return argument if argument in takers else None
    for place, letter in enumerate(argument[1:], 1):
        if f"-{letter}" in takers:
            return f"-{letter}" if place == len(argument) - 1 else None
    return None


def _no_value(option: str, value: str, ctx: click.Context) -> click.UsageError:
    written = f"{option}={value}" if option.startswith("--") else f"{option}{value}"
    return click.UsageError(
        f"Option {option!r} needs a value, and {value!r} is another option. If it is the value, "
        f"write {written}.",
        ctx,
    )


def _require_texts_of(environ: Mapping[str, str], ctx: click.Context) -> None:
    """Holds what the environment sets for options; places are held where they are used."""
    for name, value in environ.items():
        if name.startswith("SCREENTEST_") and name not in _ANY_PLACE:
            _require_text(value, name, ctx)


def _require_text(value: str, what: str, ctx: click.Context) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise click.UsageError(f"{what} is not valid UTF-8.", ctx) from None
