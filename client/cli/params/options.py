"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial, wraps
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

from screentest.client.cli.params import completing
from screentest.client.cli.params.logged import log_file_option
from screentest.client.cli.params.seconds import Amount, QuarterTurn, Seconds
from screentest.client.cli.running.call import Call
from screentest.prep.core.wishes import SUBJECT_WORDS, Wishes

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
    """--json, -q, -v and --log-file: accepted by the group and by every command alike.

    The first three belong to one call, so neither the environment nor a settings file sets them.
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
        log_file_option,
    ):
        command = option(command)
    return command


def _start(about: str) -> Callable[[AnyCommand], AnyCommand]:
    return click.option("--start", "start_s", type=Seconds(), metavar="SECONDS", help=about)


def _length(about: str) -> Callable[[AnyCommand], AnyCommand]:
    seconds = Seconds(above_zero=True)
    return click.option("--length", "length_s", type=seconds, metavar="SECONDS", help=about)


_PICK_OPTIONS = (
    click.option(
        "--subject",
        type=click.Choice(SUBJECT_WORDS),
        help="Require a face, or look for none; or what the character is, which decides on that too.  "
        "[default: a face if there is one]",
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
        shell_complete=completing.files,
        help="Pick for the person in this photo.",
    ),
    _length("Length of the window.  [default: the model's, or less if the footage is shorter]"),
)
_SHAPE_OPTIONS = (
    click.option(
        "--orientation",
        type=click.Choice(["landscape", "portrait"]),
        help="Orientation of the clip; --fit says how footage of the other one gets there.  "
        "[default: the footage's own; landscape if it is square]",
    ),
    click.option(
        "--fit",
        type=click.Choice(["pad", "crop", "auto"]),
        default="pad",
        show_default=True,
        help="Show the whole picture, crop around head and shoulders, or crop where it helps. Cropping "
        "needs a face, and footage with more pixels than the clip unless --orientation changes its "
        "shape.",
    ),
)
_ROTATE_OPTION = click.option(
    "--rotate",
    "rotate_deg",
    type=QuarterTurn(),
    help="Degrees to turn the footage clockwise, where it lies on its side or stands on its head in a "
    "player too.",
)
_CLIP_OPTIONS = (
    _start("Start here instead of picking a window: seconds, or a time such as 1:02.5."),
    click.option(
        "--min-score",
        type=click.FloatRange(0, 1),
        metavar="SCORE",
        help="Refuse a window that scores less; nothing is made or sent then.",
    ),
    click.option(
        "--audio",
        type=click.Choice(["keep", "remove"]),
        help="Keep the sound of the footage, or make a silent clip.  [default: keep, but remove where "
        "the model clones a voice from it]",
    ),
    click.option(
        "--audio-track",
        type=click.IntRange(min=1),
        metavar="N",
        help="Audio track to keep.  [default: the player's, unless it is silent]",
    ),
)


_BOUNDS = (
    _start("Look only from here on: seconds, or a time such as 1:02.5."),
    _length("Look only at so much of RAW."),
)


def part_options(command: AnyCommand) -> AnyCommand:
    """--start and --end, which bound where a window is searched; ``part_start_s`` and ``end_s``."""
    about = "Search only from here on: seconds, or a time such as 1:02.5."
    start = click.option("--start", "part_start_s", type=Seconds(), metavar="SECONDS", help=about)
    about = "Search only up to here."
    return start(click.option("--end", "end_s", type=Seconds(), metavar="SECONDS", help=about)(command))


def pick_options(command: AnyCommand) -> AnyCommand:
    """Who to pick, how long and in what shape, given to the command as its ``wishes``."""
    return _with_wishes(command, (_ROTATE_OPTION, *_SHAPE_OPTIONS, *_PICK_OPTIONS))


def clip_options(command: AnyCommand) -> AnyCommand:
    """The same, and what is asked of a clip beside its window, for commands that clip."""
    return _with_wishes(command, (*_CLIP_OPTIONS, _ROTATE_OPTION, *_SHAPE_OPTIONS, *_PICK_OPTIONS))


def look_options(command: AnyCommand) -> AnyCommand:
    """--rotate, for commands that only look at footage; given to the command as its ``wishes``."""
    return _with_wishes(command, (_ROTATE_OPTION,))


def sheet_options(command: AnyCommand) -> AnyCommand:
    """--rotate, --subject, --person and --match; --start and --length bound where to look."""
    return _with_wishes(command, (_ROTATE_OPTION, *_PICK_OPTIONS[:3], *_BOUNDS))


def _with_wishes(command: AnyCommand, options: tuple[Callable[..., Any], ...]) -> AnyCommand:
    @wraps(command)
    def with_wishes(*arguments: Any, **values: Any) -> Any:
        given = {f.name: values.pop(f.name) for f in fields(Wishes) if f.name in values}
        return command(*arguments, wishes=Wishes(**given), **values)

    result: Any = with_wishes
    for option in reversed(options):
        result = option(result)
    return cast(AnyCommand, result)


def said_here() -> frozenset[str]:
    """The wishes and texts that this very command line says; settings say the others, or nobody."""
    ctx = click.get_current_context()
    sources = {name: ctx.get_parameter_source(name) for name in ctx.params}
    return frozenset(name for name, one in sources.items() if one is ParameterSource.COMMANDLINE)


def _call_option(field: str, *names: str, **settings: Any) -> Callable[[AnyCommand], AnyCommand]:
    """An option that no command gets as an argument: it is kept in that field of the call."""

    def keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
        call = ctx.ensure_object(Call)
        given: dict[str, Any] = {str(param.name): value}
        setattr(call, field, replace(getattr(call, field), **given))

    return click.option(*names, expose_value=False, callback=keep, **settings)


_service_option = partial(_call_option, "service_options")
_fetch_option = partial(_call_option, "fetch_options")


def service_options(command: AnyCommand) -> AnyCommand:
    """--sandbox, --bucket, --base-url, --account and --timeout, for commands that talk to services."""
    for option in (
        _service_option(
            "--timeout",
            "timeout_s",
            envvar="SCREENTEST_TIMEOUT",
            show_envvar=True,
            type=Amount(),
            metavar="SECONDS",
            help="How long to wait for a task; it keeps running at the service.  [default: 900]",
        ),
        _service_option(
            "--account",
            envvar="SCREENTEST_ACCOUNT",
            show_envvar=True,
            metavar="NAME",
            help="Your name for the account that the API key belongs to, which may get another key.  "
            "[default: the one that the key was used for, else default]",
        ),
        _service_option(
            "--base-url",
            envvar="WAVESPEED_BASE_URL",
            show_envvar=True,
            metavar="URL",
            help="The service's base URL, if not the default.",
        ),
        _service_option(
            "--bucket",
            envvar="SCREENTEST_BUCKET",
            show_envvar=True,
            help="The S3 bucket for clips.",
        ),
        _service_option(
            "--sandbox",
            is_flag=True,
            help="Use S3 and an API on this machine: no account, no bill.",
        ),
    ):
        command = option(command)
    return command


def fetch_options(command: AnyCommand) -> AnyCommand:
    """--allow-private, --fetch-limit and --fetch-cache, for commands that take footage."""
    for option in (
        _fetch_option(
            "--fetch-cache",
            "cache_gb",
            envvar="SCREENTEST_FETCH_CACHE",
            show_envvar=True,
            type=Amount(),
            metavar="GB",
            default=20.0,
            show_default=True,
            help="How much fetched footage to keep under the home for the next command.",
        ),
        _fetch_option(
            "--fetch-limit",
            "limit_gb",
            envvar="SCREENTEST_FETCH_LIMIT",
            show_envvar=True,
            type=Amount(),
            metavar="GB",
            default=20.0,
            show_default=True,
            help="Refuse to fetch a larger file.",
        ),
        _fetch_option(
            "--allow-private",
            is_flag=True,
            help="Fetch https:// footage from addresses in private networks too.",
        ),
    ):
        command = option(command)
    return command


def settling_options(command: AnyCommand) -> AnyCommand:
    """--settle-after and --keep, for commands that may finish a registration."""
    for option in (
        _service_option(
            "--settle-after",
            "settle_after_s",
            envvar="SCREENTEST_SETTLE_AFTER",
            show_envvar=True,
            type=Amount(),
            metavar="SECONDS",
            help="How long after a lost submit an empty task list proves that nothing was "
            "accepted.  [default: 30]",
        ),
        _service_option(
            "--keep",
            envvar="SCREENTEST_KEEP",
            show_envvar=True,
            is_flag=True,
            help="Keep what was put into the bucket after the character or video is recorded.",
        ),
    ):
        command = option(command)
    return command


def deciding_options(command: AnyCommand) -> AnyCommand:
    """--adopt and --forget, for commands that settle lost submits."""
    for option in (
        click.option(
            "--forget",
            is_flag=True,
            help="Decide that nothing was accepted, so that it may be submitted again.",
        ),
        click.option(
            "--adopt", metavar="TASK_ID", help="Decide that this task is the lost one that is meant."
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
    shell_complete=completing.models,
    help="The character model, whose rules the clip must keep; see `screentest models`.",
)


def reference_option(said: str) -> Callable[[AnyCommand], AnyCommand]:
    """--reference, with what it does at this command."""
    return click.option(
        "--reference",
        type=click.Choice(["auto", "video", "images"]),
        default="auto",
        show_default=True,
        help=said,
    )


unverified_option = click.option(
    "--unverified", is_flag=True, help="Take a model whose fields nobody has seen."
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

raw_argument = click.argument("raw", metavar="RAW", shell_complete=completing.files)
