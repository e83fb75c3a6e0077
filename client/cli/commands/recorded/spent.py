"""spent: what characters and videos cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.wording import counted, usd, visible
from screentest.client.cli.params.options import common_options
from screentest.client.cli.params.seconds import Day
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.tasks.spending import By, Spent


@click.command()
@click.option(
    "--since",
    type=Day(),
    metavar="DATE",
    help="Count only what was submitted from this day on, such as 2026-11-01.",
)
@click.option(
    "--by",
    type=click.Choice(["month", "model", "character"]),
    default="month",
    show_default=True,
    help="What to add up by. A video of several characters is a line of its own.",
)
@common_options
@click.pass_obj
def spent(call: Call, since: datetime | None, by: By) -> None:
    """Tell what registrations and videos cost, deleted ones included; the sandbox costs nothing.

    Adds up what this home's registry holds, at the prices that were asked before each submit.
    """
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.client.tasks.spending import spent as added_up
    from screentest.client.tasks.spending import total_usd

    with Registry(call.home / FILE_NAME) as registry:
        rows, videos = registry.registrations.list_all(deleted=True), registry.videos.list_all()
        names = {one.key: one.name for one in registry.characters.list_all()}
    found = added_up(rows, videos, by=by, since=since, names=names)
    emit(
        call,
        as_json=lambda: {
            "by": by,
            "since": since.date().isoformat() if since else None,
            "spent": list(map(_json, found)),
            "spent_usd": round(total_usd(found), 6),
        },
        show=partial(_show, found=found, by=by, since=since),
    )


def _json(one: Spent) -> dict[str, object]:
    return {
        "name": one.name,
        "registrations": one.registrations,
        "registrations_usd": round(one.registered_usd, 6),
        "videos": one.videos,
        "videos_usd": round(one.videos_usd, 6),
        "spent_usd": round(one.usd, 6),
        "sandbox": one.free,
        "sandbox_usd": round(one.free_usd, 6),
    }


def _show(console: Console, found: Sequence[Spent], by: str, since: datetime | None) -> None:
    from screentest.client.cli.output.tables import plain_table, print_table, say
    from screentest.client.tasks.spending import total_usd

    start = f" since {since.date().isoformat()}" if since else ""
    if not found:
        say(console, f"Nothing was submitted{start or ' yet'}.")
        return
    table = plain_table(by.capitalize(), "Registered", "Videos", "Cost")
    for one in found:
        table.add_row(
            visible(one.name),
            _some(one.registrations, one.registered_usd),
            _some(one.videos, one.videos_usd),
            usd(one.usd),
        )
    print_table(console, table)
    say(console, f"\n{usd(total_usd(found))} spent{start}")
    if free := sum(one.free for one in found):
        would = usd(sum(one.free_usd for one in found))
        say(
            console,
            f"{counted(free, 'task')} in the sandbox beside that, not billed: {would} outside it",
        )


def _some(count: int, amount_usd: float) -> str:
    return f"{count}, {usd(amount_usd)}" if count else "-"
