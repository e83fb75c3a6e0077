"""Characters as text: the table of all, and the full history of one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.footage import show_face
from screentest.client.cli.output.sheets import still_line
from screentest.client.cli.output.tables import plain_table, print_table, say, show_facts, show_list
from screentest.client.cli.output.wording import (
    SANDBOX,
    bill,
    clip_in_brief,
    counted,
    timecode,
    usd,
    visible,
    window,
)
from screentest.client.registry.states import UNSETTLED

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.characters.register import Forecast, Registered
    from screentest.client.registry.records import Move, Registration
    from screentest.prep.core.values import Clip
    from screentest.prep.stills.values import Still

_WIDEST_NAME = 20
_HASH = re.compile(r"[0-9a-f]{64}")


def show_records(console: Console, records: Sequence[Registration], *, spent_usd: float) -> None:
    """``characters list``: each with its registrations, then what was spent, videos included."""
    if not records:
        say(console, "No characters yet: `screentest register RAW --name NAME` makes one.")
        return
    accounts = {record.account for record in records}
    also = ("Account",) if len(accounts) > 1 else ()
    table = plain_table("Name", "Id, model\nFootage, window", "State\nScore", "Made\nCost", *also)
    table.columns[1].no_wrap = True
    by_character = _by_character(records)
    for some in by_character:
        for number, record in enumerate(some):
            table.add_row(
                visible(record.name) if number == 0 else "",
                visible(_id(record)),
                _state(record),
                _day(record.created_at),
                *((visible(record.account),) if also else ()),
            )
            table.add_row("", visible(record.model))
            table.add_row("", visible(_footage(record)), _score(record), _cost(record))
    print_table(console, table)
    show_list(console, "Unfinished", [*_next_steps(records)])
    free = "; the sandbox costs nothing" if any(map(_is_sandboxed, records)) else ""
    count = f"{counted(len(by_character), 'character')}, {counted(len(records), 'registration')}"
    say(console, f"\n{count}, {usd(spent_usd)} spent{free}")


def _by_character(records: Sequence[Registration]) -> list[list[Registration]]:
    """The registrations of each character together, in the order the characters came."""
    found: dict[int, list[Registration]] = {}
    for record in records:
        found.setdefault(record.character_no, []).append(record)
    return list(found.values())


def _id(record: Registration) -> str:
    """The id, or how a model without ids knows the character."""
    return "sent with each video" if _is_kept(record) else record.character_id or "-"


def _footage(record: Registration) -> str:
    """The footage's name, cut where it is wider than an id, and the window or how many stills."""
    name = Path(record.source_path).name
    name = name if len(name) <= _WIDEST_NAME else f"{name[: _WIDEST_NAME - 11]}...{name[-8:]}"
    if record.stills:
        return f"{name} {counted(len(record.stills), 'still')}"
    if record.segment is None:
        return name
    start_s, end_s = record.segment.start_s, record.segment.start_s + record.segment.length_s
    return f"{name} {timecode(start_s)}-{timecode(end_s)}"


def _score(record: Registration) -> str:
    return f"{record.segment.score:.2f}" if record.segment else "-"


def _cost(record: Registration) -> str:
    if record.cost_usd is None:
        return "-"
    return "free" if _is_sandboxed(record) else usd(record.cost_usd)


def _next_steps(records: Sequence[Registration]) -> Iterable[str]:
    """Why each registration without an id has none, and the command that continues it."""
    for record in records:
        if record.state == "done" or record.deleted_at:
            continue
        name = shlex.quote(record.name)
        where = " --sandbox" if _is_sandboxed(record) else ""
        if record.state == "failed":
            why = f"{record.error_type}: {record.error}" if record.error_type else "it failed"
            why = why.rstrip(".") + "."
            retry = f"The same `register` command tries again; see `characters show {name}`."
            yield f"{record.name}: {why} {retry}"
        elif record.state in UNSETTLED:
            yield f"{record.name}: maybe submitted; `characters reconcile {name}{where}` settles it."
        elif record.state == "submitted":
            yield f"{record.name}: running at the service; `characters wait {name}{where}` fetches it."
        else:
            yield f"{record.name}: nothing was submitted; the same `register` command continues it."


def show_history(
    console: Console,
    record: Registration,
    moves: Sequence[Move],
    others: Sequence[Registration],
    *,
    registrations: Sequence[Registration] = (),
) -> None:
    """``characters show``: everything known about one registration, and the character's other ones.

    ``others``: other characters of its name.
    """
    show_facts(console, [*_facts(record), *_clip_facts(record), *_task_facts(record)])
    show_list(console, "Stills", [*map(still_line, record.stills)])
    if record.segment and not record.stills:
        show_list(console, "Why this window", record.segment.reasons)
    show_list(console, "Steps", [_step(move) for move in moves])
    show_list(console, "Also registered", [_at_model(other) for other in registrations])
    show_list(console, "Others of this name", [_brief(other) for other in others])


def show_registration(
    console: Console,
    done: Registered,
    record: Registration,
    registry_file: Path,
    footage: str = "",
) -> None:
    """``register``: the id, the window with its reasons, the clip, the files, the bill.

    ``footage``: which of several files it is, "" where one was given.
    """
    where = " in the sandbox" if _is_sandboxed(record) else ""
    show_facts(
        console,
        [
            ("Name", done.name),
            ("Id", _id_of(done)),
            ("Status", _status(done, where)),
            ("Model", done.model),
            *([("Footage", footage)] if footage else []),
            *_reference_facts(record),
            ("Registry", str(registry_file)),
            ("Cost", _bill(record, now=done.submitted)),
        ],
    )
    if done.segment:
        show_list(console, "Why this window", done.segment.reasons)
    show_list(console, "Stills", [*map(still_line, done.stills)])


def _id_of(done: Registered) -> str:
    if done.is_kept:
        return "none: this model knows no ids"
    return done.character_id or f"not yet: task {done.task_id} is running"


def _status(done: Registered, where: str) -> str:
    """What this run did for the registration, and what an earlier one had done."""
    if done.is_kept:
        return f"kept{where}: nothing was submitted; it is sent with each video"
    if not done.character_id:
        when = "submitted" if done.submitted else "submitted by an earlier run"
        return f"{when}{where}; not waiting for it"
    if done.submitted:
        return f"registered now{where}"
    if "record" in done.reused:
        return f"already exists{where}; nothing was submitted"
    return f"registered now{where}, by the submit of an earlier run"


def show_forecast(console: Console, forecast: Forecast, footage: str = "") -> None:
    """``register --dry-run``: what would be sent, what would happen, what it would cost."""
    show_facts(
        console,
        [
            ("Name", forecast.name),
            ("Status", _foreseen(forecast)),
            ("Model", forecast.model),
            *([("Footage", footage)] if footage else []),
            *(_facts_of_clip(forecast.clip) if forecast.clip else [_facts_of_stills(forecast.stills)]),
            ("Cost", _foreseen_cost(forecast)),
        ],
    )
    if forecast.segment:
        show_list(console, "Why this window", forecast.segment.reasons)
    show_list(console, "Stills", [*map(still_line, forecast.stills)])
    show_list(console, "What would happen", forecast.steps)
    show_list(console, "Warnings", forecast.warnings)
    if forecast.recorded is None and forecast.clip:
        say(console, "\nThe clip is kept: register its file to send exactly this one.")


def _foreseen(forecast: Forecast) -> str:
    row = forecast.recorded
    if row is None:
        return "dry run: nothing was uploaded or submitted"
    where = " in the sandbox" if _is_sandboxed(row) else ""
    if row.state == "done":
        return f"dry run: already exists{where}; nothing would be submitted"
    if row.state == "submitted":
        return f"dry run: already submitted{where}; nothing would be submitted again"
    return f"dry run: an earlier run may have submitted it{where}"


def _foreseen_cost(forecast: Forecast) -> str:
    if forecast.recorded is not None and not forecast.cost_usd:
        return "nothing more"
    most = "at most " if forecast.recorded is not None else ""
    return f"{most}{usd(forecast.cost_usd)} ({forecast.price_source})"


def _reference_facts(record: Registration) -> Iterable[tuple[str, str]]:
    """What the model was given."""
    if record.stills:
        return [_facts_of_stills(record.stills)]
    return _facts_of_clip(record.clip) if record.clip else []


def _facts_of_clip(clip: Clip) -> list[tuple[str, str]]:
    return [
        ("Window", window(clip.segment.start_s, clip.segment.length_s)),
        ("Clip", clip_in_brief(clip)),
        ("File", clip.path),
    ]


def _facts_of_stills(stills: Sequence[Still]) -> tuple[str, str]:
    return "Reference", f"{counted(len(stills), 'still')}: {', '.join(one.role for one in stills)}"


def _facts(record: Registration) -> Iterable[tuple[str, str]]:
    yield "Name", record.name
    yield "Id", _id(record) if record.state == "done" else record.character_id or "none yet"
    yield "State", _state(record)
    if record.deleted_at:
        yield "Deleted", _moment(record.deleted_at)
    if record.consent:
        yield "Consent", record.consent
    elif record.stills and show_face(record.stills):
        yield "Consent", "none recorded, and the stills show a human face"
    elif not record.stills and record.segment and record.segment.shows_face:
        yield "Consent", "none recorded, and the clip shows a human face"
    if record.has_nsfw:
        yield "Warning", "the service marks the result as not safe for work"
    if record.error:
        yield "Error", f"{record.error_type}: {record.error}"
    yield "Model", record.model
    yield "Service", record.service
    yield "Account", record.account
    yield "Footage", record.source_path


def _clip_facts(record: Registration) -> Iterable[tuple[str, str]]:
    yield from _reference_facts(record)
    if record.clip is not None and not record.stills:
        yield "SHA-256", record.clip.sha256


def _task_facts(record: Registration) -> Iterable[tuple[str, str]]:
    if record.object_key:
        more = f" and {len(record.stills) - 1} more" if len(record.stills) > 1 else ""
        yield "Object", f"s3://{record.bucket}/{record.object_key}{more}"
        if record.object_deleted_at:
            yield "", f"deleted from the bucket {_moment(record.object_deleted_at)}"
    if record.task_id:
        yield "Task", record.task_id
    if record.cost_usd is not None:
        yield "Cost", _bill(record, now=True)
    yield "Made", _moment(record.created_at)
    if record.done_at:
        yield "Done", _moment(record.done_at)


def _state(record: Registration) -> str:
    state = "deleted" if record.deleted_at else record.state
    return f"{state} ({SANDBOX})" if _is_sandboxed(record) else state


def _bill(record: Registration, *, now: bool) -> str:
    return bill(record.cost_usd or 0, service=record.service, now=now)


def _is_sandboxed(record: Registration) -> bool:
    return record.service == SANDBOX


def _step(move: Move) -> str:
    """One line; a hash, which stands in full above, by its beginning."""
    note = _HASH.sub(lambda found: f"{found[0][:12]}...", move.note)
    return "  ".join(part for part in (_moment(move.at), move.after.ljust(10), note) if part).rstrip()


def _is_kept(record: Registration) -> bool:
    return record.state == "done" and record.character_id is None


def _at_model(record: Registration) -> str:
    where = "" if record.service == SANDBOX else f", {_cost(record)}"
    return f"{record.model}: {_id(record)}, {_state(record)}{where}, {_moment(record.created_at)}"


def _brief(record: Registration) -> str:
    return f"{record.told_apart}, {_state(record)}, {_moment(record.created_at)}"


def _moment(moment: datetime) -> str:
    """In the reader's own time zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _day(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d")
