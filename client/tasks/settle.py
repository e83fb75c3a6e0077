"""Settling a submit whose reply was lost: the decision is ``ours``'s, acting on it costs nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from screentest.client.errors import Rejected, ReplyLost, UnsettledSubmit
from screentest.client.registry.ledger import Ledger, PaidTask, T
from screentest.client.registry.records import iso
from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import Listing
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.listing import list_unowned
from screentest.client.tasks.ours import Adopt, Decision, Free, Leave, Lost, decide, proof
from screentest.client.tasks.session import Session
from screentest.prep.core.remedy import Remedy

ID_DIGITS = 12
"""How many digits of a row's identity tell it from others in a message."""


def settle(row: T, *, kind: Kind[T], session: Session) -> T:
    """The row at ``submitted`` (its task was found) or ready (there is none).

    Call it only while holding the row's lock: a row at ``submitting`` is then one whose run died.
    Raises UnsettledSubmit when it cannot be told, with the row at ``unknown``.
    """
    ledger = kind.ledger(session.registry)
    row = surely_unknown(row, ledger)
    decision = _decided(row, kind, session)
    return _applied(_of_its_own_key(decision, row, session), row, kind, ledger)


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
    return _decided_by_ends(lost, listing, row, kind, session)


def _decided_by_ends(lost: Lost, listing: Listing, row: T, kind: Kind[T], session: Session) -> Decision:
    """The decision once the tasks that tell nothing have ended, as far as they do in time.

    All are looked at in turn, so that one that never ends keeps nobody from finding theirs.
    """
    tasks = {task.task_id: task for task in listing.tasks}
    asked = [task for task in tasks.values() if _may_tell_more(task, lost)]
    model, clocks = kind.model(row), session.clocks
    deadline_s, polls = clocks.clock() + session.settings.wait_s, 0
    while True:
        found = [_seen(task, session) for task in asked]
        tasks |= {task.task_id: task for task in found if task}
        decision = _judged(lost, replace(listing, tasks=tuple(tasks.values())), row, kind, session)
        asked = [task for task in found if task and not task.ended and _may_tell_more(task, lost)]
        pause_s = model.poll_interval_s(polls)
        if isinstance(decision, Adopt) or not asked or clocks.clock() + pause_s > deadline_s:
            return decision
        clocks.sleep(pause_s)
        polls += 1


def _of_its_own_key(decision: Decision, row: PaidTask, session: Session) -> Decision:
    """The decision, but that a list which another key is shown proves nothing by what it lacks."""
    is_shown_it = row.key_hash in (None, session.settings.key_hash)
    if is_shown_it or not isinstance(decision, Free):
        return decision
    return Leave(
        "the service lists no such task for this API key, but it was submitted with another one.",
        Remedy(
            "by_hand",
            words="use that key again, or look at the service and adopt its task or forget the submit",
        ),
    )


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


def _may_tell_more(task: Prediction, lost: Lost) -> bool:
    """Whether only how it ended can tell whose a task is: a finished one tells its name."""
    return proof(task, lost) == "none" and lost.may_be(task) and (task.completed or not task.ended)


def _seen(task: Prediction, session: Session) -> Prediction | None:
    """The task as it is now; None for one that is gone, which tells nothing."""
    with suppress(Rejected):
        now = session.service.result(task.task_id)
        return replace(now, created_at=task.created_at or now.created_at)
    return None


def _applied(decision: Decision, row: T, kind: Kind[T], ledger: Ledger[T]) -> T:
    match decision:
        case Adopt(task_id, reason):
            cost_usd, note = kind.price_usd(row), f"adopted: {reason}"
            return ledger.mark_submitted(row, task_id=task_id, cost_usd=cost_usd, note=note)
        case Free(reason):
            return ledger.mark_ready(row, note=reason)
        case Leave(reason, remedy):
            if remedy.kind == "decide":
                remedy = replace(kind.decide, values=(row.identity[:ID_DIGITS],))
            raise UnsettledSubmit(
                f"Whether the submit of {row.called} at {iso(submitted_at(row))} was accepted is "
                f"open: {reason}",
                remedy,
            )
