"""videos: what was ordered, what it shows, and what earlier runs left unfinished of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.commands.recorded.settling import Asked, refuse_open, settled
from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.results import settled_video_result
from screentest.client.cli.output.settled import show_settled_videos
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import (
    common_options,
    deciding_options,
    service_options,
    settling_options,
)
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.preflight import left_at, require_free
from screentest.client.cli.running.services import session

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.videos import Video
    from screentest.client.tasks.session import Session

_NOTHING = "No video is unfinished."


@click.group(no_args_is_help=True)
@common_options
def videos() -> None:
    """List the videos in this home's registry, and settle what is unfinished."""


@videos.command("list")
@common_options
@click.pass_obj
def list_(call: Call) -> None:
    """List every video that was ordered, oldest first, and what all of them cost."""
    from screentest.client.registry.encoding import video_json
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.client.registry.videos import spent_usd

    with Registry(call.home / FILE_NAME) as registry:
        records = registry.videos.list_all()
    emit(
        call,
        as_json=lambda: {
            "videos": list(map(video_json, records)),
            "spent_usd": round(spent_usd(records), 6),
        },
        show=partial(_show, records=records, spent_usd=spent_usd(records)),
    )


@videos.command()
@click.argument("video", metavar="VIDEO")
@common_options
@click.pass_obj
def show(call: Call, video: str) -> None:
    """Show everything known about VIDEO: whom it shows, what was sent, its cost, its likeness.

    VIDEO is its prompt, or how its identity begins, as `videos list` shows it.
    """
    from screentest.client.registry.encoding import video_json
    from screentest.client.registry.registry import FILE_NAME, Registry

    with Registry(call.home / FILE_NAME) as registry:
        record, others = _meant(video, registry.videos.list_all())
    emit(
        call,
        as_json=lambda: {**video_json(record), "others": list(map(video_json, others))},
        show=partial(_show_one, record=record, others=others),
    )


def _meant(video: str, records: Sequence[Video]) -> tuple[Video, Sequence[Video]]:
    """The newest video of the one order that is meant, and its other takes, newest first.

    Raises ConfigError for none, or for several orders.
    """
    from screentest.client.errors import ConfigError
    from screentest.client.tasks.recover import list_meant
    from screentest.client.videos.task import VIDEO
    from screentest.prep.core.remedy import Remedy

    wanted = video.strip()
    is_start = len(wanted) >= _LEAST_DIGITS
    found = [one for one in records if is_start and one.identity.startswith(wanted.lower())]
    if wanted and not found:
        found = list(list_meant(wanted, records, kind=VIDEO))
    orders = {one.identity for one in found}
    if len(orders) != 1:
        count = f"{len(orders)} videos are" if orders else "No video is"
        raise ConfigError(f"{count} called {video!r}.", Remedy("list_videos"))
    newest, *others = reversed(found)
    return newest, others


_LEAST_DIGITS = 6
"""As many as the name of a video's file ends with."""


@videos.command()
@click.argument("video", required=False, default="")
@deciding_options
@click.option(
    "-o",
    "--out",
    default="",
    metavar="FILE",
    shell_complete=completing.files,
    help="Wait for the one video, and download it to FILE.",
)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@service_options
@settling_options
@common_options
@click.pass_obj
def reconcile(
    call: Call, video: str, adopt: str | None, forget: bool, out: str, overwrite: bool
) -> None:
    """Settle every video that a lost reply or a crash left unfinished; costs nothing.

    Looks in the service's own list of tasks. Where it shows what a task was asked for, the task is
    found by that; otherwise it is shown, and left as it is (exit code 1) until --adopt or --forget
    decides. VIDEO limits it to one: its prompt, or the first digits that `videos list` shows. The
    `video` command that began it downloads it, and so does -o.
    """
    from screentest.client.videos.task import video_to

    path = Path(out).absolute() if out else None
    left = left_at(call, path) if path else None
    if path and left is None:
        require_free(path, overwrite=overwrite)
    kind = video_to(path)
    asked = Asked(video, adopt, forget, wait=path is not None)
    with watching(call) as watcher, session(call, watcher=watcher) as open_session:
        rows = _rows(open_session, video, one=path is not None)
        if path and (left is None or left.row_id != rows[0].row_id):
            # Another run may have put it there since.
            require_free(path, overwrite=overwrite)
        found = settled(asked, rows, kind=kind, session=open_session)
    emit(
        call,
        as_json=lambda: {"videos": list(map(settled_video_result, found))},
        show=partial(show_settled_videos, found=found, none=_NOTHING),
    )
    refuse_open(found)


def _rows(open_session: Session, video: str, *, one: bool) -> Sequence[Video]:
    """What is unfinished and meant. Raises ConfigError for a name of none, or of several for one."""
    from screentest.client.errors import ConfigError
    from screentest.client.tasks.recover import list_meant
    from screentest.client.videos.task import VIDEO
    from screentest.prep.core.remedy import Remedy

    rows = list_meant(video, open_session.registry.videos.list_unfinished(), kind=VIDEO)
    if video and not rows:
        raise ConfigError(f"No unfinished video is called {video!r}.", Remedy("list_videos"))
    if one and len(rows) != 1:
        raise ConfigError(
            f"{len(rows)} videos are unfinished; one goes to a file.", Remedy("list_videos")
        )
    return rows


def _show(console: Console, records: Sequence[Video], spent_usd: float) -> None:
    from screentest.client.cli.output.videos import show_videos

    show_videos(console, records, spent_usd=spent_usd)


def _show_one(console: Console, record: Video, others: Sequence[Video]) -> None:
    from screentest.client.cli.output.videos import show_video

    show_video(console, record, others=others)
