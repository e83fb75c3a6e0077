"""What became of what earlier runs left, as text: one table for characters, one for videos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.output.tables import plain_table, print_table, say
from screentest.client.cli.output.wording import SANDBOX, visible

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.records import Registration
    from screentest.client.registry.videos import Video
    from screentest.client.tasks.recover import Settled


def show_settled(console: Console, found: Sequence[Settled[Registration]], *, none: str) -> None:
    """``characters reconcile`` and ``characters wait``."""
    if not found:
        say(console, none)
        return
    table = plain_table("Name", "Was", "Is", "Id", "")
    for one in found:
        record = one.record
        made = visible(record.character_id or "-")
        table.add_row(visible(record.name), one.before, record.state, made, _why(one))
    print_table(console, table)


def show_settled_videos(console: Console, found: Sequence[Settled[Video]], *, none: str) -> None:
    """``videos reconcile``."""
    from screentest.client.registry.videos import shortened

    if not found:
        say(console, none)
        return
    table = plain_table("Video", "Prompt", "Was", "Is", "")
    table.columns[0].no_wrap = True
    for one in found:
        record = one.record
        prompt = visible(shortened(record.prompt))
        table.add_row(record.identity[:12], prompt, one.before, record.state, _why(one))
    print_table(console, table)


def _why(one: Settled[Any]) -> str:
    hint = spoken(one.remedies, sandbox=one.record.service == SANDBOX)
    return visible(" ".join(part for part in (one.reason, hint) if part))
