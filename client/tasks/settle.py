"""Settling a submit whose reply was lost: the decision is ``ours``'s, acting on it costs nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from screentest.client.errors import Rejected, ReplyLost, UnsettledSubmit, WaitTimeout
from screentest.client.registry.ledger import Ledger, PaidTask, T
from screentest.client.registry.records import iso
from screentest.client.remote.models.polling import Polled
from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import Listing
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.listing import list_unowned
from screentest.client.tasks.ours import Adopt, Decision, Free, Leave, Lost, decide, proof
from screentest.client.tasks.session import Session


def settle(row: T, *, kind: Kind[T], session: Session) -> T:
    """The row at ``submitted`` (its task was found) or ready (there is none).

    Call it only while holding the row's lock: a row at ``submitting`` is then one whose run died.
    Raises UnsettledSubmit when it cannot be told, with the row at ``unknown``.
    """
    ledger = kind.ledger(session.registry)
    row = surely_unknown(row, ledger)
    decision = _decided(row, kind, session)
    return _applied(decision, row, kind, ledger)


def _decided(row: T, kind: Kind[T], session: Session) -> Decision:
    lost = Lost(
        row.name if kind.tells_name else None,
        lambda inputs: kind.matches(row, inputs),
        row.served_at or submitted_at(row),
        is_served=row.served_at is not None,
    )
    listing = list_unowned(lost.earliest, model_id=row.model, session=session)
    decision = _judged(lost, listing, row, kind, session)
    if isinstance(decision, Adopt) or not kind.tells_name:
        return decision
    # By name first: only what tells none yet is waited for, as a finished task tells its name.
    told = tuple(_told(task, lost, kind.model(row), session) for task in listing.tasks)
    return _judged(lost, replace(listing, tasks=told), row, kind, session)


def _judged(lost: Lost, listing: Listing, row: T, kind: Kind[T], session: Session) -> Decision:
    return decide(
        lost,
        candidates=listing.tasks,
        rivals={rival.name for rival in kind.ledger(session.registry).list_rivals(row)},
        asked_at=listing.served_at or session.clocks.now(),
        is_served=listing.served_at is not None,
        settle_after_s=session.settings.settle_after_s,
    )


def surely_unknown(row: T, ledger: Ledger[T]) -> T:
    """A row at ``submitting`` whose lock is held belongs to a run that died: it is ``unknown``."""
    if row.state != "submitting":
        return row
    return ledger.mark_unknown(row, ReplyLost("The run ended while it submitted."))


def submitted_at(row: PaidTask) -> datetime:
    """When the row was submitted, by our clock."""
    return row.submitting_at or row.created_at


def _told(task: Prediction, lost: Lost, model: Polled, session: Session) -> Prediction:
    """The task as it ended, where only that can tell whose it is."""
    if proof(task, lost) != "none" or not lost.may_be(task) or (task.ended and not task.completed):
        return task
    # One that never ends, or is gone, tells nothing; the others still may.
    with suppress(WaitTimeout, Rejected):
        return replace(session.waited(task.task_id, model), created_at=task.created_at)
    return task


def _applied(decision: Decision, row: T, kind: Kind[T], ledger: Ledger[T]) -> T:
    match decision:
        case Adopt(task_id, reason):
            cost_usd, note = kind.price_usd(row), f"adopted: {reason}"
            return ledger.mark_submitted(row, task_id=task_id, cost_usd=cost_usd, note=note)
        case Free(reason):
            return ledger.mark_ready(row, note=reason)
        case Leave(reason, remedy):
            raise UnsettledSubmit(
                f"Whether the submit of {row.called} at {iso(submitted_at(row))} was accepted is "
                f"open: {reason}",
                remedy,
            )
