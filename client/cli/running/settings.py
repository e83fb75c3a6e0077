"""screentest.toml: defaults for options, below flags and environment.

    home = "footage/.screentest"     # an option of screentest itself
    bucket = "my-clips"              # for every command that has --bucket

    [register]                       # for one command
    orientation = "portrait"

A key is an option's long name, with - or _. An unknown key is an error that names it: a typo must
not pass for a setting. Two are no option's: api-key, which must not stand on a command line, and
region, which is the bucket's.

The user's own file, in the platform's config folder, and one that --config names may set every
option. One that lies in the current folder may have come with somebody else's footage: it says how
footage is picked and shown and may lower max-cost, nothing else, so that it sends no key elsewhere and
spends nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from screentest.client.cli.running.call import Call, FileKind, SettingsFile

DEFAULT_FILE = "screentest.toml"
# These are about one call, not about a project.
_PER_CALL = frozenset({"json", "quiet", "verbose", "version", "help", "config"})
# What a file found in the current folder may set, and for which commands.
_FOUND = frozenset(
    {"model", "orientation", "fit", "subject", "length", "audio", "min-score"},
)
_OF_FOOTAGE = frozenset({"pick", "clip", "check", "register", "batch", "sheet", "doctor"})
# What one command's own table alone may set: it bounds a look, or agrees to something of that command.
_NOT_SPREAD = {
    "sheet": frozenset({"start", "length"}),
    "pick": frozenset({"start", "end"}),
    "register": frozenset({"yes"}),
    "batch": frozenset({"yes", "manifest", "init-manifest"}),
    "delete": frozenset({"yes"}),
}
_MAX_COST, _MAX_COST_PARAM = "max-cost", "max_cost_usd"
_NO_OPTIONS = ("api-key", "region")


def apply_settings_file(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    """Make the settings files' values the defaults of this call (click's ``default_map``).

    Raises click.UsageError for a named file that is missing, a file that is not TOML, keys that no
    option has, and keys that a file found in the current folder may not set.
    """
    if ctx.resilient_parsing:
        return
    own, found = user_file(), Path(DEFAULT_FILE)
    files = [_read_file("user file", own, ctx)] if own.is_file() else []
    if value:
        files.append(_read_file("named file", Path(value), ctx))
    elif found.is_file() and not (own.is_file() and found.samefile(own)):
        files.append(_found_file(found, own, ctx))
    call = ctx.ensure_object(Call)
    call.settings_files = tuple(files)
    kept: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for file in files:
        kept |= file.kept
        defaults = _merged(defaults, file.defaults, lowers_cost=file.kind == "project file")
    call.service_options = replace(call.service_options, **kept)
    if defaults:
        ctx.default_map = defaults


def user_file() -> Path:
    """Where the user's own settings lie: the platform's config folder, whether or not it exists."""
    import platformdirs

    return platformdirs.user_config_path("screentest", appauthor=False) / DEFAULT_FILE


def _read_file(kind: FileKind, file: Path, ctx: click.Context) -> SettingsFile:
    """One file that may set everything."""
    settings = _read(file, ctx)
    kept = {
        key.replace("-", "_"): _kept(settings.pop(written), key, file, ctx)
        for key in _NO_OPTIONS
        for written in (key, key.replace("-", "_"))
        if written in settings
    }
    if "api_key" in kept:
        _warn_where_others_read(file, ctx)
    return SettingsFile(kind, file, _defaults_in(settings, ctx, file), kept)


def _warn_where_others_read(file: Path, ctx: click.Context) -> None:
    is_quiet = {"-q", "--quiet"} & {*ctx.ensure_object(Call).arguments}
    if os.name == "posix" and file.stat().st_mode & 0o077 and not is_quiet:
        click.echo(f"warning: {file} holds your API key and others may read it: chmod 600 it", err=True)


def _kept(value: object, key: str, file: Path, ctx: click.Context) -> object:
    """A value that no option has; the key of an account is hidden. Its refusal does not quote it."""
    from screentest.client.config import Secret

    if not isinstance(value, str):
        raise click.UsageError(f"{file}: {key} must be a text in quotes", ctx)
    return Secret(value) if key == "api-key" else value


def _defaults_in(settings: dict[str, Any], ctx: click.Context, file: Path) -> dict[str, Any]:
    return default_map(settings, root=ctx.command, ctx=ctx, file=file)


def _found_file(file: Path, own: Path, ctx: click.Context) -> SettingsFile:
    """One that came with a folder, perhaps from somebody else."""
    settings = _read(file, ctx)
    refused = [key for key in _keys_of(settings) if not _may_be_found(key)]
    options = {
        key: value for key, value in settings.items() if key.replace("_", "-") not in _NO_OPTIONS
    }
    defaults = _defaults_in(options, ctx, file)
    for key in refused:
        raise click.UsageError(
            f"{file} in the current folder may not set {key!r}: it may only say how footage is "
            f"picked and shown, and lower max-cost. Set it in {own}, or name the file with "
            f"--config {file}.",
            ctx,
        )
    defaults = {name: _only_of_footage(name, value) for name, value in defaults.items()}
    return SettingsFile("project file", file, defaults)


def _keys_of(settings: dict[str, Any], where: str = "") -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _keys_of(value, f"{where}{key}.")
        else:
            yield where + key


def _may_be_found(key: str) -> bool:
    command, _, option = key.rpartition(".")
    option = option.replace("_", "-")
    if option == _MAX_COST:
        return True
    return option in _FOUND and (not command or command in _OF_FOOTAGE)


def _only_of_footage(command: str, values: Any) -> Any:
    """A command's defaults without what is about footage, for one that takes none: `video --model`."""
    if command in _OF_FOOTAGE or not isinstance(values, dict):
        return values
    return {
        name: _only_of_footage(name, value)
        for name, value in values.items()
        if isinstance(value, dict) or name == _MAX_COST_PARAM
    }


def _merged(
    below: Mapping[str, Any], above: Mapping[str, Any], *, lowers_cost: bool = False
) -> dict[str, Any]:
    """``above`` over ``below``, command by command. ``lowers_cost``: it raises no max-cost."""
    merged = dict(below)
    for name, value in above.items():
        under = below.get(name)
        if isinstance(value, dict):
            inner = under if isinstance(under, dict) else {}
            merged[name] = _merged(inner, value, lowers_cost=lowers_cost)
        elif not (lowers_cost and name == _MAX_COST_PARAM and _is_above(value, under)):
            merged[name] = value
    return merged


def _is_above(amount: Any, limit: Any) -> bool:
    """Whether the amount is above the limit; what is not a number is left for its option to refuse."""
    try:
        return limit is not None and float(amount) > float(limit)
    except (TypeError, ValueError):
        return False


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
    passed_over = _NOT_SPREAD.get(command.name or "", frozenset())
    defaults = {
        names[key]: value for key, value in shared.items() if key in names and key not in passed_over
    }
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
