"""Videos as text: the table of all, and everything known about one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.cli.output.likeness import likeness_lines
from screentest.client.cli.output.tables import plain_table, print_table, say, show_facts, show_list
from screentest.client.cli.output.wording import SANDBOX, bill, counted, usd, visible
from screentest.client.registry.states import FINISHED, UNSETTLED
from screentest.client.registry.videos import shortened

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.videos import Video


def show_videos(console: Console, records: Sequence[Video], *, spent_usd: float) -> None:
    """``videos list``: two lines each, what is unfinished, and what was spent at real services."""
    if not records:
        say(console, "No videos yet: `screentest video PROMPT` makes one.")
        return
    table = plain_table("Video\nCost", "Prompt\nFile", "State\nMade")
    table.columns[0].no_wrap = True
    for record in records:
        table.add_row(record.identity[:12], visible(shortened(record.prompt)), _state(record))
        day = record.created_at.astimezone().strftime("%Y-%m-%d")
        table.add_row(_cost(record), visible(Path(record.out_path or "-").name), day)
    print_table(console, table)
    show_list(console, "Unfinished", [*_next_steps(records)])
    free = "; the sandbox costs nothing" if any(one.service == SANDBOX for one in records) else ""
    say(console, f"\n{counted(len(records), 'video')}, {usd(spent_usd)} spent{free}")


def show_video(console: Console, record: Video, *, others: Sequence[Video]) -> None:
    """``videos show``: everything known about one video. ``others``: takes of the same order."""
    show_facts(console, [*_facts(record), *_cast_facts(record), *_task_facts(record)])
    show_list(console, "Unfinished", [*_next_steps([record])])
    show_list(console, "Other takes of this order", [_brief(other) for other in others])


def _facts(record: Video) -> Iterable[tuple[str, str]]:
    yield "Video", record.identity
    yield "Prompt", record.prompt
    yield "State", _state(record)
    if record.out_path:
        yield "File", record.out_path
    if record.out_sha256:
        yield "SHA-256", record.out_sha256
    if record.has_nsfw:
        yield "Warning", "the service marks it as not safe for work"
    if record.error:
        yield "Error", f"{record.error_type}: {record.error}"
    yield "Model", record.model
    yield "Service", record.service
    yield "Account", record.account


def _cast_facts(record: Video) -> Iterable[tuple[str, str]]:
    """Whom it shows, and what was sent beside the prompt."""
    for one in record.shows:
        yield "Shows", f"{one.name} (registration {one.registration[:12]})"
    for line in likeness_lines(record):
        yield "Likeness", line
    for key, value in record.inputs.items():
        if key != "prompt" or value != record.prompt:
            yield "Sent", f"{key}: {_in_words(value)}"


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    if isinstance(value, dict):
        return ", ".join(_in_words(one) for one in value.values())
    return str(value)


def _task_facts(record: Video) -> Iterable[tuple[str, str]]:
    if record.task_id:
        yield "Task", record.task_id
    if record.is_paid:
        yield "Cost", bill(record.cost_usd, service=record.service, now=True)
    yield "Ordered", _moment(record.created_at)
    if record.done_at:
        yield "Done", _moment(record.done_at)


def _brief(record: Video) -> str:
    return f"{record.out_path or '-'}, {_state(record)}, {_moment(record.created_at)}"


def _cost(record: Video) -> str:
    if not record.is_paid:
        return "-"
    return "free" if record.service == SANDBOX else usd(record.cost_usd)


def _state(record: Video) -> str:
    return f"{record.state} ({SANDBOX})" if record.service == SANDBOX else record.state


def _moment(moment: datetime) -> str:
    """In the reader's own time zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _next_steps(records: Sequence[Video]) -> Iterable[str]:
    for record in records:
        if record.state in FINISHED:
            continue
        called = f"{record.identity[:12]}, {shortened(record.prompt)}"
        where = " --sandbox" if record.service == SANDBOX else ""
        if record.state in UNSETTLED:
            settle = f"`videos reconcile {record.identity[:12]}{where}` settles it."
            yield f"{called}: maybe submitted; {settle}"
        elif record.state == "submitted":
            fetch = f"`videos reconcile {record.identity[:12]}{where} -o FILE` downloads it."
            yield f"{called}: paid for; the same `video` command or {fetch}"
        else:
            yield f"{called}: nothing was submitted; the same `video` command continues it."
