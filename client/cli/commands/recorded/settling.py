"""characters reconcile and characters wait: what earlier runs left unfinished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.results import settled_result, settled_video_result
from screentest.client.cli.output.settled import show_settled, show_settled_videos
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import (
    common_options,
    deciding_options,
    service_options,
    settling_options,
)
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.preflight import require_known
from screentest.client.cli.running.services import session

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.ledger import T
    from screentest.client.registry.records import Registration
    from screentest.client.registry.videos import Video
    from screentest.client.tasks.kind import Kind
    from screentest.client.tasks.recover import Settled
    from screentest.client.tasks.session import Session

_NOTHING = "Nothing is unfinished."
_NO_TASK = "No task to wait for; `screentest characters list` shows what is unfinished."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about lost submits. ``name``: "" for all. ``wait``: for tasks that are found."""

    name: str
    adopt: str | None
    forget: bool
    wait: bool

    def __post_init__(self) -> None:
        if self.adopt and self.forget:
            raise click.UsageError("Give --adopt or --forget, not both.")

    @property
    def decides(self) -> bool:
        return self.forget or self.adopt is not None


def settled(
    asked: Asked, rows: Sequence[T], *, kind: Kind[T], session: Session
) -> tuple[Settled[T], ...]:
    """What became of the rows that are meant, none where none is."""
    from screentest.client.tasks import recover

    if not asked.decides:
        meant = recover.list_meant(asked.name, rows, kind=kind)
        return recover.reconcile(meant, kind=kind, session=session, wait=asked.wait)
    row = recover.one_unsettled(asked.name, rows, kind=kind)
    if asked.adopt is None:
        return (recover.forget(row, kind=kind, session=session),)
    return (recover.adopt(row, asked.adopt, kind=kind, session=session, wait=asked.wait),)


@click.command()
@click.argument("name", required=False, default="", shell_complete=completing.characters)
@deciding_options
@click.option("--no-wait", is_flag=True, help="Do not wait for tasks that are still running.")
@service_options
@settling_options
@common_options
@click.pass_obj
def reconcile(call: Call, name: str, adopt: str | None, forget: bool, no_wait: bool) -> None:
    """Settle what a lost reply or a crash left unfinished, videos included; costs nothing.

    Looks in the service's own list of tasks. A task that is found is adopted; a submit that certainly
    was not accepted may be sent again; one that cannot be decided is shown and left as it is (exit
    code 1) until --adopt or --forget decides. NAME limits it to one character's; `videos reconcile`
    decides about videos.
    """
    from screentest.client.characters.task import CHARACTER
    from screentest.client.videos.task import VIDEO

    asked = Asked(name, adopt, forget, wait=not no_wait)
    videos: Sequence[Settled[Video]] = ()
    with watching(call) as watcher, session(call, watcher=watcher) as open_session:
        registry = open_session.registry
        rows = registry.registrations.list_unfinished()
        found = settled(asked, rows, kind=CHARACTER, session=open_session)
        if name and not found:
            registry.registrations.find(name)  # raises for one that nobody knows
        if not name and not asked.decides:
            left, at_once = registry.videos.list_unfinished(), replace(asked, wait=False)
            videos = settled(at_once, left, kind=VIDEO, session=open_session)
    emit(
        call,
        as_json=lambda: {
            "settled": list(map(settled_result, found)),
            "videos": list(map(settled_video_result, videos)),
        },
        show=partial(_show_both, found=found, videos=videos),
    )
    refuse_open([*found, *videos])


@click.command()
@click.argument("names", metavar="[NAME]...", shell_complete=completing.characters, nargs=-1)
@service_options
@settling_options
@common_options
@click.pass_obj
def wait(call: Call, names: tuple[str, ...]) -> None:
    """Wait for submitted characters, from any earlier run, and record their ids.

    Waits for all of them, or for the NAMEs given. Fails if one of them failed or is still running.
    """
    from screentest.client.characters.task import CHARACTER
    from screentest.client.tasks import recover

    require_known(call, names)
    with watching(call) as watcher, session(call, watcher=watcher) as open_session:
        rows = _named(open_session, names)
        found = recover.wait_for(rows, kind=CHARACTER, session=open_session)
    none = _NO_TASK if rows else _NOTHING
    emit(
        call,
        as_json=lambda: {"settled": list(map(settled_result, found))},
        show=partial(show_settled, found=found, none=none),
    )
    _refuse_unfinished(found)


def _named(open_session: Session, names: Sequence[str]) -> Sequence[Registration]:
    from screentest.client.characters.task import CHARACTER
    from screentest.client.tasks.recover import list_meant

    rows = open_session.registry.registrations.list_unfinished()
    meant = [row for name in names or ("",) for row in list_meant(name, rows, kind=CHARACTER)]
    return [row for row in rows if row in meant]


def _show_both(
    console: Console, found: Sequence[Settled[Registration]], videos: Sequence[Settled[Video]]
) -> None:
    if found or not videos:
        show_settled(console, found, none=_NOTHING)
    if videos:
        show_settled_videos(console, videos, none=_NOTHING)


def refuse_open(found: Sequence[Settled[Registration] | Settled[Video]]) -> None:
    """Raises UnsettledSubmit where a task may exist that the registry does not know."""
    from screentest.client.errors import UnsettledSubmit

    if still := [one for one in found if one.unsettled]:
        raise UnsettledSubmit(
            f"{_called(still)} cannot be settled: {still[0].reason}",
            *(still[0].remedies or ("Decide with --adopt TASK_ID or --forget.",)),
        )


def _refuse_unfinished(found: Sequence[Settled[Registration]]) -> None:
    from screentest.client.errors import TaskFailed, WaitTimeout

    if failed := [one for one in found if one.outcome == "failed"]:
        raise TaskFailed(f"{_called(failed)} failed: {failed[0].reason}", *failed[0].remedies)
    if left := [one for one in found if one.outcome != "done"]:
        raise WaitTimeout(f"{_called(left)} did not end: {left[0].reason}", *left[0].remedies)


def _called(found: Sequence[Settled[Registration] | Settled[Video]]) -> str:
    return ", ".join(one.record.called for one in found)
