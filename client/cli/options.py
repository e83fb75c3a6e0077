"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from client.cli.call import Call

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


def set_home(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    """Keep the home that --home, SCREENTEST_HOME or the settings file names."""
    ctx.ensure_object(Call).home_option = value


def _set_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Call).json = True


def _set_quiet(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Call).verbosity = -1


def _set_verbose(ctx: click.Context, _param: click.Parameter, value: int) -> None:
    if value:
        ctx.ensure_object(Call).verbosity = value


def common_options(command: AnyCommand) -> AnyCommand:
    """--json, -q and -v: accepted by the group and by every command alike.

    They belong to one call, so neither the environment nor the settings file sets them.
    """
    for option in (
        click.option(
            "-v",
            "--verbose",
            count=True,
            expose_value=False,
            callback=_set_verbose,
            allow_from_autoenv=False,
            help="Tell more on stderr: when a stage begins, where a fault lies.",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=_set_quiet,
            allow_from_autoenv=False,
            help="Tell nothing on stderr but errors.",
        ),
        click.option(
            "--json",
            is_flag=True,
            expose_value=False,
            callback=_set_json,
            allow_from_autoenv=False,
            help="Print one JSON object; errors become one JSON line on stderr.",
        ),
    ):
        command = option(command)
    return command


def window_options(command: AnyCommand) -> AnyCommand:
    """--start, --length and --orientation, for the commands that make a clip."""
    for option in (
        click.option(
            "--orientation",
            type=click.Choice(["landscape", "portrait"]),
            default="landscape",
            show_default=True,
            help="What a square picture becomes; others keep their own orientation.",
        ),
        click.option(
            "--length",
            "length_s",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="Length of the window.  [default: 4, or less where the footage ends]",
        ),
        click.option(
            "--start",
            "start_s",
            type=click.FloatRange(min=0),
            metavar="SECONDS",
            help="Begin here instead of at the picked window.",
        ),
    ):
        command = option(command)
    return command


raw_argument = click.argument("raw", metavar="RAW")
