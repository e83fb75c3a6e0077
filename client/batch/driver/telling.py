"""What became of an item, in the words and numbers that its outcome tells: pure."""

from __future__ import annotations

from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome, Reason, Status, reason_of
from screentest.client.characters import footage
from screentest.client.characters.choosing.differing import Difference
from screentest.client.characters.register import Registered
from screentest.client.characters.way import way_of
from screentest.client.registry.decisions import Decision
from screentest.client.registry.records import Registration
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.remote.models.inline import Registrable
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.remedy import in_words


def failed(number: int, item: Item, error: ScreentestError) -> Outcome:
    return Outcome(number, item.shown, item.name, "failed", fault=reason_of(error))


def failed_before(number: int, item: Item, row: Registration) -> Outcome:
    reason = Reason(row.error_type or "", row.error or "", "Failed before; not tried again.")
    return Outcome(number, item.shown, item.name, "failed", fault=reason)


def skipped(number: int, item: Item, decision: Decision) -> Outcome:
    why = f": {decision.note}" if decision.note else ""
    said = f"{decision.who} decided to skip it{why}."
    return Outcome(number, item.shown, item.name, "skipped", said=said)


def unapproved(number: int, item: Item, row: Registration | None, *, is_changed: bool) -> Outcome:
    """``is_changed``: since somebody approved it."""
    clip = row.clip if row is not None and not row.stills else None
    return Outcome(
        number,
        item.shown,
        item.name,
        "skipped",
        clip=clip.path if clip else None,
        segment=clip.segment if clip else None,
        said=_CHANGED if is_changed else "Nobody approved it.",
    )


_CHANGED = "It was changed since it was approved: approve it again."


def told(differs: Difference | None) -> tuple[str, ...]:
    return (f"{differs.said} {in_words(differs.remedies)}".strip(),) if differs else ()


def recorded(
    number: int, item: Item, row: Registration, model: Registrable, differs: Difference | None
) -> Outcome:
    return Outcome(
        number,
        item.shown,
        row.name,
        "exists",
        character_id=row.character_id,
        clip=None if row.stills or row.clip is None else row.clip.path,
        segment=row.segment,
        warnings=(*footage.warnings_of(row, model), *told(differs)),
    )


def rehearsed(
    number: int,
    item: Item,
    row: Registration | None,
    model: Registrable,
    differs: Difference | None,
) -> Outcome:
    is_paid = row is not None and row.state in MAY_BE_PAID
    if model.delivery == "inline":
        said, cost_usd = f"It would be kept for {model.model_id}; nothing is submitted.", 0.0
    elif is_paid:
        said, cost_usd = "It would wait for the task of an earlier run, which is paid for.", 0.0
    else:
        cost_usd = model.price_usd_by(way_of(row) if row is not None and row.clip else "video")
        said = f"It would be registered at {model.model_id} for USD {cost_usd:g}."
    warnings = told(differs) if is_paid else ()
    return Outcome(
        number, item.shown, item.name, "skipped", cost_usd=cost_usd, said=said, warnings=warnings
    )


def of_registered(
    number: int, item: Item, made: Registered, *, was_begun: Registration | None
) -> Outcome:
    status: Status = "prepared"
    if made.character_id is not None or made.is_kept:
        status = "done" if made.submitted or was_begun or made.is_kept else "exists"
    elif made.submitted or made.task_id is not None:
        status = "done"
    return Outcome(
        number,
        item.shown,
        made.name,
        status,
        character_id=made.character_id,
        clip=made.clip,
        segment=made.segment,
        cost_usd=made.cost_usd if made.submitted else 0.0,
    )
