"""Characters for people: the table of all, and the whole story of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from client.cli.render import plain_table, say, show_facts, show_list
from client.cli.wording import clip_in_brief, counted, usd, visible, window

if TYPE_CHECKING:
    from rich.console import Console

    from client.pipeline import Forecast, Registration
    from client.records import CharacterRecord, Move

_SANDBOX = "sandbox"


def show_records(console: Console, records: Sequence[CharacterRecord], *, spent_usd: float) -> None:
    """``characters list``: one line each, then what was spent at real services, videos included."""
    if not records:
        say(console, "No characters yet: `screentest register RAW --name NAME` makes one.")
        return
    table = plain_table("Name", "Id", "State", "Made")
    table.columns[1].no_wrap = True
    for record in records:
        table.add_row(
            visible(record.name),
            record.character_id or "-",
            _state(record),
            _day(record.created_at),
        )
    console.print(table)
    say(console, f"\n{counted(len(records), 'registration')}, {usd(spent_usd)} spent")


def show_story(
    console: Console,
    record: CharacterRecord,
    moves: Sequence[Move],
    others: Sequence[CharacterRecord],
) -> None:
    """``characters show``: everything known about one registration."""
    show_facts(console, [*_facts(record), *_clip_facts(record), *_task_facts(record)])
    if record.segment:
        show_list(console, "Why this window", record.segment.reasons)
    show_list(console, "Steps", [_step(move) for move in moves])
    show_list(console, "Others of this name", [_brief(other) for other in others])


def show_registration(
    console: Console, done: Registration, record: CharacterRecord, registry_file: Path
) -> None:
    """``register``: the id, the window with its reasons, the clip, the files, the bill."""
    where = " in the sandbox" if record.service == _SANDBOX else ""
    now = f"registered now{where}"
    status = now if done.submitted else f"exists already{where}: nothing was submitted"
    show_facts(
        console,
        [
            ("Name", done.name),
            ("Id", done.character_id or f"not yet: task {done.task_id} goes on"),
            ("Status", status if done.character_id else f"submitted{where}: nobody waits for it"),
            ("Model", done.model),
            ("Window", window(done.segment.start_s, done.segment.length_s)),
            *([("Clip", clip_in_brief(record.clip))] if record.clip else []),
            ("File", done.clip),
            ("Registry", str(registry_file)),
            ("Cost", _bill(record, submitted=done.submitted)),
        ],
    )
    show_list(console, "Why this window", done.segment.reasons)


def show_forecast(console: Console, forecast: Forecast) -> None:
    """``register --dry-run``: what would be sent, what would happen, what it would cost."""
    show_facts(
        console,
        [
            ("Name", forecast.name),
            ("Status", "dry run: nothing was uploaded or submitted"),
            ("Model", forecast.model),
            ("Window", window(forecast.segment.start_s, forecast.segment.length_s)),
            ("Clip", clip_in_brief(forecast.clip)),
            ("Cost", f"{usd(forecast.cost_usd)} ({forecast.price_source})"),
        ],
    )
    show_list(console, "Why this window", forecast.segment.reasons)
    show_list(console, "What would happen", forecast.steps)
    show_list(console, "Mind", forecast.warnings)


def _bill(record: CharacterRecord, *, submitted: bool) -> str:
    amount = usd(record.cost_usd or 0)
    if record.service == _SANDBOX:
        return f"{amount} at the real service, nothing in the sandbox"
    return amount if submitted else f"{amount}, billed when it was registered"


def _facts(record: CharacterRecord) -> Iterable[tuple[str, str]]:
    yield "Name", record.name
    yield "Id", record.character_id or "none yet"
    yield "State", _state(record)
    if record.deleted_at:
        yield "Deleted", _moment(record.deleted_at)
    if record.consent:
        yield "Consent", record.consent
    elif record.segment and record.segment.subject == "face":
        yield "Consent", "none noted, and the clip shows a human face"
    if record.has_nsfw:
        yield "Mind", "the service marks the result as not safe for work"
    if record.error:
        yield "Error", f"{record.error_type}: {record.error}"
    yield "Model", record.model
    yield "Service", record.service
    yield "Footage", record.source_path


def _clip_facts(record: CharacterRecord) -> Iterable[tuple[str, str]]:
    if record.clip is None:
        return
    segment = record.clip.segment
    yield "Window", window(segment.start_s, segment.length_s)
    yield "Clip", clip_in_brief(record.clip)
    yield "File", record.clip.path
    yield "SHA-256", record.clip.sha256


def _task_facts(record: CharacterRecord) -> Iterable[tuple[str, str]]:
    if record.object_key:
        gone = f", deleted {_moment(record.object_deleted_at)}" if record.object_deleted_at else ""
        yield "Object", f"s3://{record.bucket}/{record.object_key}{gone}"
    if record.task_id:
        yield "Task", record.task_id
    if record.cost_usd is not None:
        yield "Cost", usd(record.cost_usd)
    yield "Made", _moment(record.created_at)
    if record.done_at:
        yield "Done", _moment(record.done_at)


def _state(record: CharacterRecord) -> str:
    state = "deleted" if record.deleted_at else record.state
    return f"{state} ({_SANDBOX})" if record.service == _SANDBOX else state


def _step(move: Move) -> str:
    return " ".join(part for part in (_moment(move.at), move.after, move.note) if part)


def _brief(record: CharacterRecord) -> str:
    return f"{record.character_id or 'no id'}, {_state(record)}, {_moment(record.created_at)}"


def _moment(moment: datetime) -> str:
    """In the reader's own time zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _day(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d")
