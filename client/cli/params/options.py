"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import wraps
from typing import Any, TypeVar, cast

import click

from screentest.client.cli.params.seconds import Amount, Seconds
from screentest.client.cli.running.call import Call
from screentest.prep.core.wishes import Wishes

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
            help="Write more to stderr: when a stage starts, where an internal error came from.",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=_set_quiet,
            allow_from_autoenv=False,
            help="Write only errors to stderr.",
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


_PICK_OPTIONS = (
    click.option(
        "--subject",
        type=click.Choice(["face", "other"]),
        help="Require a face, or look for none.  [default: a face if there is one]",
    ),
    click.option(
        "--person",
        type=click.IntRange(min=1),
        metavar="N",
        help="Pick for person N of the list that `scan` shows.",
    ),
    click.option(
        "--match",
        metavar="PHOTO",
        help="Pick for the person in this photo.",
    ),
    click.option(
        "--length",
        "length_s",
        type=Seconds(above_zero=True),
        metavar="SECONDS",
        help="Length of the window.  [default: the model's, or less if the footage is shorter]",
    ),
)
_CLIP_OPTIONS = (
    click.option(
        "--start",
        "start_s",
        type=Seconds(),
        metavar="SECONDS",
        help="Start here instead of picking a window: seconds, or a time such as 1:02.5.",
    ),
    click.option(
        "--orientation",
        type=click.Choice(["landscape", "portrait"]),
        default="landscape",
        show_default=True,
        help="Orientation of a square picture; others keep their own.",
    ),
    click.option(
        "--fit",
        type=click.Choice(["pad", "crop", "auto"]),
        default="pad",
        show_default=True,
        help="Show the whole picture, crop around head and shoulders, or crop where it helps. Cropping "
        "needs a face, and footage with more pixels than the clip.",
    ),
    click.option(
        "--audio-track",
        type=click.IntRange(min=1),
        metavar="N",
        help="Audio track to keep.  [default: the one a player plays]",
    ),
)


def pick_options(command: AnyCommand) -> AnyCommand:
    """--subject, --person, --match and --length, given to the command as its ``wishes``."""
    return _with_wishes(command, _PICK_OPTIONS)


def clip_options(command: AnyCommand) -> AnyCommand:
    """The same, and --start, --orientation, --fit and --audio-track, for commands that clip."""
    return _with_wishes(command, (*_CLIP_OPTIONS, *_PICK_OPTIONS))


def _with_wishes(command: AnyCommand, options: tuple[Callable[..., Any], ...]) -> AnyCommand:
    @wraps(command)
    def with_wishes(*arguments: Any, **values: Any) -> Any:
        given = {f.name: values.pop(f.name) for f in fields(Wishes) if f.name in values}
        return command(*arguments, wishes=Wishes(**given), **values)

    result: Any = with_wishes
    for option in reversed(options):
        result = option(result)
    return cast(AnyCommand, result)


def _set_service_option(ctx: click.Context, param: click.Parameter, value: object) -> None:
    given: dict[str, Any] = {str(param.name): value}
    call = ctx.ensure_object(Call)
    call.service_options = replace(call.service_options, **given)


def service_options(command: AnyCommand) -> AnyCommand:
    """--sandbox, --bucket, --base-url and --timeout, for commands that talk to the services."""
    for option in (
        click.option(
            "--timeout",
            "timeout_s",
            envvar="SCREENTEST_TIMEOUT",
            show_envvar=True,
            type=Amount(),
            metavar="SECONDS",
            expose_value=False,
            callback=_set_service_option,
            help="How long to wait for a task; it keeps running at the service.  [default: 900]",
        ),
        click.option(
            "--base-url",
            envvar="WAVESPEED_BASE_URL",
            show_envvar=True,
            metavar="URL",
            expose_value=False,
            callback=_set_service_option,
            help="The service's base URL, if not the default.",
        ),
        click.option(
            "--bucket",
            envvar="SCREENTEST_BUCKET",
            show_envvar=True,
            expose_value=False,
            callback=_set_service_option,
            help="The S3 bucket for clips.",
        ),
        click.option(
            "--sandbox",
            is_flag=True,
            expose_value=False,
            callback=_set_service_option,
            help="Use S3 and an API on this machine: no account, no bill.",
        ),
    ):
        command = option(command)
    return command


def settling_options(command: AnyCommand) -> AnyCommand:
    """--settle-after and --keep, for commands that may finish a registration."""
    for option in (
        click.option(
            "--settle-after",
            "settle_after_s",
            envvar="SCREENTEST_SETTLE_AFTER",
            show_envvar=True,
            type=Amount(),
            metavar="SECONDS",
            expose_value=False,
            callback=_set_service_option,
            help="How long after a lost submit an empty task list proves that nothing was "
            "accepted.  [default: 30]",
        ),
        click.option(
            "--keep",
            envvar="SCREENTEST_KEEP",
            show_envvar=True,
            is_flag=True,
            expose_value=False,
            callback=_set_service_option,
            help="Keep the clip in the bucket after the character is recorded.",
        ),
    ):
        command = option(command)
    return command


def default_model() -> str:
    """The character model that is taken where none is named; looked up only when a command runs."""
    from screentest.client.remote.character_models import DEFAULT_MODEL

    return DEFAULT_MODEL


model_option = click.option(
    "--model",
    default=default_model,
    show_default="the first that `screentest models` lists",
    metavar="MODEL",
    help="The character model, whose rules the clip must keep; see `screentest models`.",
)

max_cost_option = click.option(
    "--max-cost",
    "max_cost_usd",
    envvar="SCREENTEST_MAX_COST",
    show_envvar=True,
    type=Amount(),
    metavar="USD",
    help="Refuse to spend more; checked before anything is spent.",
)

webhook_option = click.option(
    "--webhook",
    default="",
    metavar="URL",
    help="A URL that the service calls when the task has ended; see `screentest.verify_webhook`.",
)

raw_argument = click.argument("raw", metavar="RAW")
