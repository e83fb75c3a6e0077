"""screentest.toml: defaults for options, below flags and environment.

    home = "footage/.screentest"     # an option of screentest itself
    bucket = "my-clips"              # for every command that has --bucket

    [register]                       # for one command
    orientation = "portrait"

A key is an option's long name, with - or _. An unknown key is an error that names it: a typo must
not pass for a setting.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

DEFAULT_FILE = "screentest.toml"
# These are about one call, not about a project.
_PER_CALL = frozenset({"json", "quiet", "verbose", "version", "help", "config"})


def apply_settings_file(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    """Make the settings file's values the defaults of this call (click's ``default_map``).

    Raises click.UsageError for a named file that is missing, a file that is not TOML, and for keys
    that no option has.
    """
    if ctx.resilient_parsing:
        return
    file = Path(value) if value else Path(DEFAULT_FILE)
    if value is None and not file.is_file():
        return
    ctx.default_map = default_map(_read(file, ctx), root=ctx.command, ctx=ctx, file=file)


def default_map(
    settings: dict[str, Any], *, root: click.Command, ctx: click.Context, file: Path
) -> dict[str, Any]:
    """The file's content as nested defaults by command, top-level values spread to every command.

    Raises click.UsageError with the name of the first key that no option has.
    """
    shared = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in settings.items() if isinstance(value, dict)}
    used: set[str] = set()
    defaults = _defaults_of(root, shared, tables, ctx=ctx, file=file, where="", used=used)
    for key in shared:
        if key not in used:
            raise _unknown(key, file, ctx)
    return defaults


def _defaults_of(
    command: click.Command,
    shared: dict[str, Any],
    own: dict[str, Any],
    *,
    ctx: click.Context,
    file: Path,
    where: str,
    used: set[str],
) -> dict[str, Any]:
    names = _option_names(command)
    used |= shared.keys() & names.keys()
    defaults = {names[key]: value for key, value in shared.items() if key in names}
    children = dict(_children(command, ctx))
    for key, value in own.items():
        if key in children:
            if not isinstance(value, dict):
                raise click.UsageError(f"{file}: {where}{key} must be a table", ctx)
        elif key in names:
            defaults[names[key]] = value
        else:
            raise _unknown(where + key, file, ctx)
    for name, child in children.items():
        below = f"{where}{name}."
        defaults[name] = _defaults_of(
            child, shared, own.get(name, {}), ctx=ctx, file=file, where=below, used=used
        )
    return defaults


def _option_names(command: click.Command) -> dict[str, str]:
    """Every way to write a setting -> click's name of the parameter."""
    names: dict[str, str] = {}
    for param in command.params:
        if not isinstance(param, click.Option) or param.name in _PER_CALL:
            continue
        for flag in param.opts:
            if flag.startswith("--"):
                long = flag.removeprefix("--")
                names |= {long: param.name, long.replace("-", "_"): param.name}
    return names


def _children(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            if child is not None:
                yield name, child


def _read(file: Path, ctx: click.Context) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise click.UsageError(f"settings file {file}: {reason}", ctx) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"settings file {file} is not valid TOML: {error}", ctx) from None


def _unknown(key: str, file: Path, ctx: click.Context) -> click.UsageError:
    return click.UsageError(f"{file}: unknown setting {key!r}", ctx)
