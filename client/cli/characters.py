"""characters: what the registry holds."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from client.cli.call import Call
from client.cli.options import common_options
from client.cli.output import emit, emit_json

if TYPE_CHECKING:
    from client.registry import Registry


@click.group(no_args_is_help=True)
@common_options
def characters() -> None:
    """List, show and export the characters in this home's registry."""


@characters.command("list")
@common_options
@click.pass_obj
def list_(call: Call) -> None:
    """List every character, oldest first, and what they cost."""
    from client.cli.stories import show_records
    from client.records import record_json

    with _registry(call) as registry:
        records = registry.list()
    emit(
        call,
        as_json=lambda: {"characters": [record_json(record) for record in records]},
        show=partial(show_records, records=records),
    )


@characters.command()
@click.argument("name_or_id", metavar="NAME_OR_ID")
@common_options
@click.pass_obj
def show(call: Call, name_or_id: str) -> None:
    """Show the whole story of a character: footage, window, clip, task, cost, times.

    Of several with one name, the newest that is done.
    """
    from client.cli.stories import show_story

    with _registry(call) as registry:
        record = registry.find(name_or_id)
        moves = registry.moves(record)
        others = [other for other in registry.named(record.name) if other.row_id != record.row_id]
        story = registry.story(record)
    emit(
        call,
        as_json=lambda: story,
        show=partial(show_story, record=record, moves=moves, others=others),
    )


@characters.command()
@common_options
@click.pass_obj
def export(call: Call) -> None:
    """Print the whole registry as JSON, without secrets; indented, or on one line with --json."""
    with _registry(call) as registry:
        content = registry.export()
    if call.json:
        emit_json(content)
    else:
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def _registry(call: Call) -> Registry:
    from client.registry import FILE_NAME, Registry

    return Registry(call.home / FILE_NAME)
