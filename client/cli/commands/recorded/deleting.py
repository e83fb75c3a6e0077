"""characters delete: a tombstone where a character was."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.tables import say
from screentest.client.cli.output.wording import SANDBOX, usd
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.asking import agreed
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from screentest.client.registry.records import Registration
    from screentest.client.registry.registrations import RegistrationLedger


@click.command()
@click.argument("name_or_id", metavar="NAME_OR_ID", shell_complete=completing.characters)
@click.option("--all", "every", is_flag=True, help="Delete every character of that name.")
@click.option("--keep-clip", is_flag=True, help="Keep the file of its clip or stills.")
@click.option("--yes", is_flag=True, help="Delete without being asked.")
@common_options
@click.pass_obj
def delete(call: Call, name_or_id: str, every: bool, keep_clip: bool, yes: bool) -> None:
    """Delete a character here: its clip or stills, and the record of each of its registrations.

    An id deletes that registration alone. A tombstone with id, task and cost stays of each; `list
    --deleted` shows it. If several characters have the name, give the id of one, or --all. What is
    under way is not deleted. The service has no way to delete a character.
    """
    from screentest.client.characters.keeping import let_go
    from screentest.client.registry.encoding import registration_json
    from screentest.client.registry.records import require_forgettable
    from screentest.client.registry.registry import FILE_NAME, Registry

    with Registry(call.home / FILE_NAME) as registry:
        rows = _meant(registry.registrations, name_or_id, every=every)
        for row in rows:
            require_forgettable(row)
        _agree(call, rows, yes=yes)
        ledger = registry.registrations
        gone = [let_go(row, ledger, home=call.home, keep_files=keep_clip) for row in rows]
    emit(
        call,
        as_json=lambda: (
            registration_json(gone[0])
            if len(gone) == 1 and not every
            else {"deleted": list(map(registration_json, gone))}
        ),
        show=partial(say, line="\n".join(map(_told, gone))),
    )


def _meant(ledger: RegistrationLedger, name_or_id: str, *, every: bool) -> Sequence[Registration]:
    """What is to be deleted. Raises UnknownCharacter, and ConfigError where it is not clear."""
    from screentest.client.errors import ConfigError

    rows = ledger.list_meant(name_or_id)
    if not rows:
        return [ledger.find(name_or_id, deleted=False)]  # raises
    exact = [row for row in rows if row.character_id == name_or_id]
    several = {row.character_no: row for row in rows}
    if exact or len(several) == 1 or every:
        return exact or rows
    raise ConfigError(
        f"{len(several)} characters are called {name_or_id!r}: "
        f"{', '.join(map(_which, several.values()))}.",
        "Give the id of one, or --all.",
    )


def _agree(call: Call, rows: Sequence[Registration], *, yes: bool) -> None:
    from screentest.client.errors import ConfigError

    called = ", ".join(f"{row.called} ({_which(row)}), {_paid(row)} at {row.model}" for row in rows)
    if not yes and not agreed(call, f"This deletes {called} here; the service keeps what it made."):
        raise ConfigError(f"Nothing was deleted: {called}.", "Pass --yes to agree.")


def _paid(row: Registration) -> str:
    return usd(row.cost_usd or 0.0) if row.service != SANDBOX else "free"


def _told(row: Registration) -> str:
    return f"{row.name} ({_which(row)}) is deleted; `characters list --deleted` still shows it."


def _which(row: Registration) -> str:
    return row.character_id or f"no id, {row.state}, {row.identity[:12]}"
