"""Settling a submit whose reply was lost: a pure decision over the service's own list of tasks.

Nothing here costs money. What stays ambiguous is shown and left, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from screentest.client.errors import ReplyLost, UnsettledSubmit
from screentest.client.registry.characters import Registry
from screentest.client.registry.records import CharacterRecord, iso
from screentest.client.remote.character_models import CharacterModel
from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import Listing, WaveSpeed
from screentest.client.tasks.session import Session

CLOCK_SLACK = timedelta(seconds=1)
"""How far the service's machines may disagree about the time (assumed)."""
NO_CLOCK_SLACK = timedelta(seconds=10)
"""How far its clock may be behind ours when it does not tell its own (assumed)."""
FILTER_SLACK = timedelta(hours=1)
"""How much earlier than the submit the service is asked to list from."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """This task is the lost one."""

    task_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Return:
    """Nothing was accepted: the row may be submitted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """It cannot be told: ``reason`` is a sentence, ``hint`` the way out."""

    reason: str
    hint: str


Decision = Adopt | Return | Leave


def decide(
    name: str,
    *,
    candidates: Sequence[Prediction],
    rivals: Collection[str],
    waited_s: float,
    settle_after_s: float,
) -> Decision:
    """What becomes of a lost submit of ``name``.

    ``candidates``: tasks of its model, account and time that no registration has claimed.
    ``rivals``: names of other lost submits that may own one of them. ``waited_s``: how long after
    the submit the list was asked for.
    """
    ours = [task for task in candidates if task.name == name]
    nameless = [task for task in candidates if task.name is None]
    if len(ours) == 1 and name not in rivals:
        return Adopt(ours[0].task_id, f"task {ours[0].task_id} carries its name")
    if not ours and len(nameless) == 1 and not rivals:
        return Adopt(nameless[0].task_id, f"task {nameless[0].task_id} is the only one since")
    if possible := ours + nameless:
        ids = ", ".join(task.task_id for task in possible)
        return Leave(
            f"several submits may own what the service lists since: {ids}.",
            "Settle the other registrations first by running their commands again, or look the "
            "tasks up at the service.",
        )
    if waited_s >= settle_after_s:
        return Return(f"the service lists no such task {waited_s:.0f} s after it")
    return Leave(
        "the service lists no such task, but it may not be listed yet.",
        f"Run the same command again in {settle_after_s - waited_s:.0f} s.",
    )


def settle(record: CharacterRecord, *, model: CharacterModel, session: Session) -> CharacterRecord:
    """The row at ``submitted`` (its task was found) or ``uploaded`` (there is none).

    Call it only while holding the row's lock: a row at ``submitting`` is then one whose run died.
    Raises UnsettledSubmit when it cannot be told, with the row at ``unknown``.
    """
    registry = session.registry
    record = surely_unknown(record, registry)
    submitted_at = record.submitting_at or record.updated_at
    waited = session.clocks.now() - submitted_at
    candidates = unclaimed(submitted_at, model_id=model.model_id, session=session)
    # Waited for, as only a finished task tells its name.
    told = [task if task.name is not None else _told(task, model, session) for task in candidates]
    decision = decide(
        record.name,
        candidates=told,
        rivals={rival.name for rival in registry.rivals(record)},
        waited_s=waited.total_seconds(),
        settle_after_s=session.settings.settle_after_s,
    )
    return _applied(decision, record, submitted_at, model=model, registry=registry)


def surely_unknown(record: CharacterRecord, registry: Registry) -> CharacterRecord:
    """A row at ``submitting`` whose lock is held belongs to a run that died: it is ``unknown``."""
    if record.state != "submitting":
        return record
    return registry.unknown(record, ReplyLost("The run ended while it submitted."))


def unclaimed(since: datetime, *, model_id: str, session: Session) -> list[Prediction]:
    """The model's tasks at the service since a submit that this registry knows nothing of."""
    claimed = session.registry.claimed_tasks()
    listed = _listed(since, model_id=model_id, service=session.service, now=session.clocks.now)
    return [task for task in listed if task.task_id not in claimed]


def _listed(
    submitted_at: datetime,
    *,
    model_id: str,
    service: WaveSpeed,
    now: Callable[[], datetime],
) -> list[Prediction]:
    """The model's tasks since the submit, judged by the service's clock and not by ours."""
    since = submitted_at - FILTER_SLACK
    listing = service.list_predictions(model_id=model_id, since=since)
    ahead = _ahead(listing, now())
    if ahead < -FILTER_SLACK / 2:
        listing = service.list_predictions(model_id=model_id, since=since + ahead)
    earliest = submitted_at + ahead
    # A task without a time cannot be ruled out.
    return [task for task in listing.tasks if task.created_at is None or task.created_at >= earliest]


def _ahead(listing: Listing, now: datetime) -> timedelta:
    """How far the service's clock is ahead of ours, rather less than more.

    Its date is cut to whole seconds and was true before it arrived, so that the difference can only
    be too small: a task is looked at in vain, never missed.
    """
    if listing.served_at is None:
        return -NO_CLOCK_SLACK
    return listing.served_at - now - CLOCK_SLACK


def _told(task: Prediction, model: CharacterModel, session: Session) -> Prediction:
    if task.ended and not task.completed:
        return task
    return session.service.wait(
        task.task_id,
        model=model,
        deadline_s=session.settings.wait_s,
        clock=session.clocks.clock,
        sleep=session.clocks.sleep,
    )


def _applied(
    decision: Decision,
    record: CharacterRecord,
    submitted_at: datetime,
    *,
    model: CharacterModel,
    registry: Registry,
) -> CharacterRecord:
    match decision:
        case Adopt(task_id, reason):
            return registry.submitted(
                record, task_id=task_id, cost_usd=model.price_usd, note=f"adopted: {reason}"
            )
        case Return(reason):
            return registry.returned(record, "uploaded", note=reason)
        case Leave(reason, hint):
            raise UnsettledSubmit(
                f"Whether the submit of {record.name!r} at {iso(submitted_at)} was accepted is "
                f"open: {reason}",
                hint,
            )
