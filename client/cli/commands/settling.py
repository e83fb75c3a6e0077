"""characters reconcile and characters wait: what earlier runs left unfinished."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.output.results import settled_result
from screentest.client.cli.params.options import common_options, service_options, settling_options
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.preflight import require_known
from screentest.client.cli.running.services import session

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.records import Character
    from screentest.client.tasks.recover import Settled
    from screentest.client.tasks.session import Session

_NOTHING = "Nothing is unfinished."
_NO_TASK = "No task to wait for; `screentest characters list` shows what is unfinished."


@click.command()
@click.argument("name", required=False, default="")
@click.option("--adopt", metavar="TASK_ID", help="Decide that this task is the lost one of NAME.")
@click.option(
    "--forget",
    is_flag=True,
    help="Decide that nothing was accepted, so that it may be submitted again.",
)
@click.option("--no-wait", is_flag=True, help="Do not wait for tasks that are still running.")
@service_options
@settling_options
@common_options
@click.pass_obj
def reconcile(call: Call, name: str, adopt: str | None, forget: bool, no_wait: bool) -> None:
    """Settle every registration that a lost reply or a crash left unfinished; costs nothing.

    Looks in the service's own list of tasks. A task that is found is adopted; a submit that certainly
    was not accepted may be sent again; one that cannot be decided is shown and left as it is (exit
    code 1) until --adopt or --forget decides. NAME limits it to one name.
    """
    from screentest.client.characters.task import CHARACTER
    from screentest.client.tasks import recover

    if adopt and forget:
        raise click.UsageError("Give --adopt or --forget, not both.")
    with watching(call) as watcher, session(call, watcher=watcher) as open_session:
        rows = open_session.registry.characters.list_unfinished()
        if adopt:
            row = recover.one_unsettled(name, rows)
            found: Sequence[Settled[Character]] = (
                recover.adopt(row, adopt, kind=CHARACTER, session=open_session, wait=not no_wait),
            )
        elif forget:
            row = recover.one_unsettled(name, rows)
            found = (recover.forget(row, kind=CHARACTER, session=open_session),)
        else:
            matching = [row for row in rows if name in ("", row.name, row.identity)]
            if name and not matching:
                open_session.registry.characters.find(name)  # raises for one that nobody knows
            found = recover.reconcile(matching, kind=CHARACTER, session=open_session, wait=not no_wait)
    _emit_settled(call, found, none=_NOTHING)
    _refuse_open(found)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
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
    _emit_settled(call, found, none=_NO_TASK if rows else _NOTHING)
    _refuse_unfinished(found)


def _named(open_session: Session, names: Sequence[str]) -> list[Character]:
    rows = open_session.registry.characters.list_unfinished()
    return [row for row in rows if not names or row.name in names]


def _emit_settled(call: Call, found: Sequence[Settled[Character]], *, none: str) -> None:
    emit(
        call,
        as_json=lambda: {"settled": [settled_result(one) for one in found]},
        show=partial(_show, found=found, none=none),
    )


def _show(console: Console, found: Sequence[Settled[Character]], *, none: str) -> None:
    from screentest.client.cli.output.tables import plain_table, print_table, say
    from screentest.client.cli.output.wording import visible

    if not found:
        say(console, none)
        return
    table = plain_table("Name", "Was", "Is", "Id", "")
    for one in found:
        words = " ".join(part for part in (one.reason, spoken(one.remedies)) if part)
        record = one.record
        made = visible(record.character_id or "-")
        table.add_row(visible(record.name), one.before, record.state, made, visible(words))
    print_table(console, table)


def _refuse_open(found: Sequence[Settled[Character]]) -> None:
    from screentest.client.errors import UnsettledSubmit

    if still := [one for one in found if one.unsettled]:
        raise UnsettledSubmit(
            f"{_names(still)} cannot be settled: {still[0].reason}",
            *(still[0].remedies or ("Decide with --adopt TASK_ID or --forget.",)),
        )


def _refuse_unfinished(found: Sequence[Settled[Character]]) -> None:
    from screentest.client.errors import TaskFailed, WaitTimeout

    if failed := [one for one in found if one.outcome == "failed"]:
        raise TaskFailed(f"{_names(failed)} failed: {failed[0].reason}", *failed[0].remedies)
    if left := [one for one in found if one.outcome != "done"]:
        raise WaitTimeout(f"{_names(left)} did not end: {left[0].reason}", *left[0].remedies)


def _names(found: Sequence[Settled[Character]]) -> str:
    return ", ".join(repr(one.record.name) for one in found)
