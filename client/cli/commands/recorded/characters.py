"""characters: what is in the registry."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.commands.recorded.accounts import accounts, rename_account
from screentest.client.cli.commands.recorded.deleting import delete
from screentest.client.cli.commands.recorded.settling import reconcile, wait
from screentest.client.cli.output.emit import emit, emit_json, json_text
from screentest.client.cli.output.tables import say
from screentest.client.cli.output.wording import counted, visible
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from screentest.client.registry.records import Registration
    from screentest.client.registry.registry import Registry


@click.group(no_args_is_help=True)
@common_options
def characters() -> None:
    """List, show, settle and export the characters in this home's registry."""


@characters.command("list")
@click.option("--deleted", is_flag=True, help="Also show deleted characters.")
@common_options
@click.pass_obj
def list_(call: Call, deleted: bool) -> None:
    """List every character, oldest first, and what they and their videos cost."""
    from screentest.client.cli.output.history import show_records
    from screentest.client.registry.encoding import registration_json

    with _registry(call) as registry:
        records = registry.registrations.list_all(deleted=deleted)
        spent_usd = registry.spent_usd
    emit(
        call,
        as_json=lambda: {
            "characters": [registration_json(record) for record in records],
            "spent_usd": spent_usd,
        },
        show=partial(show_records, records=records, spent_usd=spent_usd),
    )


@characters.command()
@click.argument("name_or_id", metavar="NAME_OR_ID", shell_complete=completing.characters)
@click.option("--id", "only_id", is_flag=True, help="Print the id alone; fails where there is none.")
@common_options
@click.pass_obj
def show(call: Call, name_or_id: str, only_id: bool) -> None:
    """Show the full history of a character: footage, window, clip, task, cost, times, other models.

    If several characters have the name, give the id of one: they are listed with it. One that has no id
    yet is meant by how its identity begins.
    """
    from screentest.client.cli.output.history import show_history
    from screentest.client.registry.encoding import registration_json

    with _registry(call) as registry:
        ledger = registry.registrations
        record = ledger.find_one(name_or_id)
        if only_id:
            _show_id(call, record)
            return
        moves = ledger.moves_of(record)
        own = ledger.list_of(record.character_no, deleted=True)
        named = ledger.list_named(record.name)
        history = {**ledger.history_of(record), "registrations": list(map(registration_json, own))}
    emit(
        call,
        as_json=lambda: history,
        show=partial(
            show_history,
            record=record,
            moves=moves,
            registrations=[other for other in own if other.row_id != record.row_id],
            others=[other for other in named if other.character_no != record.character_no],
        ),
    )


def _show_id(call: Call, record: Registration) -> None:
    """The id that the model gave. Raises ConfigError for a registration that has none."""
    from screentest.client.errors import ConfigError
    from screentest.prep.core.remedy import Remedy

    if record.character_id is None:
        is_kept = record.state == "done"
        why = f"{record.model} gets it with each video" if is_kept else f"it is at {record.state}"
        raise ConfigError(f"{record.called} has no id: {why}.", Remedy("list_characters"))
    emit(
        call,
        as_json=lambda: {"character_id": record.character_id},
        show=partial(say, line=record.character_id),
    )


@characters.command()
@click.option("--csv", "as_csv", is_flag=True, help="One line each, videos last, for spreadsheets.")
@common_options
@click.pass_obj
def export(call: Call, as_csv: bool) -> None:
    """Print the whole registry as JSON, without secrets: indented, or on one line with --json.

    `characters import` reads the JSON back.
    """
    from screentest.client.registry.exchange import csv_of, exported

    with _registry(call) as registry:
        content = exported(registry)
    if as_csv:
        sys.stdout.write("\n".join(map(visible, csv_of(content).split("\n"))))
    elif call.json:
        emit_json(content)
    else:
        sys.stdout.write(json_text(content, indent=2) + "\n")


@characters.command("import")
@click.argument("file", metavar="FILE", shell_complete=completing.files)
@common_options
@click.pass_obj
def import_(call: Call, file: str) -> None:
    """Add the records of FILE, made by `characters export`, that this registry lacks.

    Existing records are not changed, but where one lacks the id that FILE has of its task.
    """
    from screentest.client.registry.exchange import imported, read_export

    content = read_export(Path(file))
    with _registry(call) as registry:
        added = imported(content, registry)
    line = (
        f"{counted(added.characters, 'registration')} and {counted(added.videos, 'video')} imported, "
        f"{added.known} already known"
        + (f"; {counted(added.decisions, 'decision')} about footage" if added.decisions else "")
    )
    if added.other_keys and call.verbosity >= 0:
        click.echo(f"warning: {_about_keys(added.other_keys)}", err=True)
    emit(
        call,
        as_json=lambda: {
            "imported": added.characters,
            "videos": added.videos,
            "known": added.known,
            "decisions": added.decisions,
        },
        show=partial(say, line=line),
    )


def _about_keys(accounts: Sequence[str]) -> str:
    one = "is one account" if len(accounts) == 1 else "are one account each"
    return (
        f"The account {' and '.join(accounts)} had other API keys there than here: they {one} now. If "
        "they are not, rename the one here first, with `screentest characters rename-account`."
    )


@characters.command()
@click.argument("name_or_id", metavar="NAME_OR_ID", shell_complete=completing.characters)
@click.argument("note")
@common_options
@click.pass_obj
def consent(call: Call, name_or_id: str, note: str) -> None:
    """Record NOTE with a character: who agreed to what, and when. An empty NOTE removes it."""
    from screentest.client.registry.encoding import registration_json

    with _registry(call) as registry:
        ledger = registry.registrations
        record = ledger.record_consent(ledger.find_one(name_or_id, deleted=False), note)
    emit(
        call,
        as_json=lambda: registration_json(record),
        show=partial(say, line=f"Consent note recorded for {record.name}."),
    )


characters.add_command(accounts)
characters.add_command(rename_account)
characters.add_command(delete)
characters.add_command(reconcile)
characters.add_command(wait)


def _registry(call: Call) -> Registry:
    from screentest.client.registry.registry import FILE_NAME, Registry

    return Registry(call.home / FILE_NAME)
