"""characters accounts and characters rename-account: whose the characters are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.wording import counted, visible
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.accounts import KnownAccount


@click.command()
@common_options
@click.pass_obj
def accounts(call: Call) -> None:
    """List the accounts that characters and videos belong to, and the API keys they were used with.

    A key is shown by how its hash begins. --account names an account; without it a key's own is meant,
    else `default`. One called `key-...` was recorded before accounts had names: if it is the same as
    another, rename it to that.
    """
    from screentest.client.registry.registry import FILE_NAME, Registry

    with Registry(call.home / FILE_NAME) as registry:
        found = registry.accounts.list_all()
    emit(
        call,
        as_json=lambda: {"accounts": [_json(one) for one in found]},
        show=partial(_show, found=found),
    )


@click.command("rename-account")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--service", default="", metavar="URL", help="The service, where several have OLD.")
@click.option(
    "--key",
    default="",
    metavar="HASH",
    help="Only what was submitted with the key whose hash begins so.",
)
@common_options
@click.pass_obj
def rename_account(call: Call, old: str, new: str, service: str, key: str) -> None:
    """Rename the account OLD to NEW; if there is a NEW, both become one.

    Two registrations of the same thing stay two, each with its id. Nothing changes at the service.
    """
    from screentest.client.cli.output.tables import say
    from screentest.client.config import account_named
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.prep.core.errors import ConfigError

    name = account_named(new)
    if name is None:
        raise ConfigError("The new name is empty.", "Give the account a name.")
    with Registry(call.home / FILE_NAME) as registry:
        account, count = registry.accounts.record_name(old, name, service=service, key_hash=key)
    line = f"{counted(count, 'record')} of {old} at {account.service} now {_belong(count)} to {name}."
    emit(
        call,
        as_json=lambda: {"moved": count, "account": _json(account)},
        show=partial(say, line=line),
    )


def _belong(count: int) -> str:
    return "belongs" if count == 1 else "belong"


def _json(one: KnownAccount) -> dict[str, object]:
    from screentest.client.registry.records import iso

    return {
        "account": one.name,
        "service": one.service,
        "keys": list(one.keys),
        "registrations": one.registrations,
        "videos": one.videos,
        "last_used_at": iso(one.last_used_at) if one.last_used_at else None,
    }


def _show(console: Console, found: Sequence[KnownAccount]) -> None:
    from screentest.client.cli.output.tables import plain_table, print_table, say

    if not found:
        say(console, "No accounts yet: the first registration makes one.")
        return
    table = plain_table("Account", "Service", "Characters", "Videos", "Last used", "Keys")
    for one in found:
        used = one.last_used_at.astimezone().strftime("%Y-%m-%d") if one.last_used_at else "-"
        table.add_row(
            visible(one.name),
            visible(one.service),
            str(one.registrations),
            str(one.videos),
            used,
            " ".join(key[:8] for key in one.keys) or "-",
        )
    print_table(console, table)
