"""Settling a submit whose reply was lost: the decision is ``ours``'s, acting on it costs nothing."""

from __future__ import annotations

from datetime import datetime

from screentest.client.errors import ReplyLost, UnsettledSubmit
from screentest.client.registry.ledger import Ledger, PaidTask, T
from screentest.client.registry.records import iso
from screentest.client.remote.character_models import Polled
from screentest.client.remote.replies import Prediction
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.listing import list_unowned
from screentest.client.tasks.ours import Adopt, Decision, Free, Leave, decide
from screentest.client.tasks.session import Session


def settle(row: T, *, kind: Kind[T], session: Session) -> T:
    """The row at ``submitted`` (its task was found) or ready (there is none).

    Call it only while holding the row's lock: a row at ``submitting`` is then one whose run died.
    Raises UnsettledSubmit when it cannot be told, with the row at ``unknown``.
    """
    ledger = kind.ledger(session.registry)
    row = surely_unknown(row, ledger)
    waited = session.clocks.now() - submitted_at(row)
    decision = decide(
        row.name,
        candidates=_candidates(row, kind, session),
        rivals={rival.name for rival in ledger.list_rivals(row)},
        waited_s=waited.total_seconds(),
        settle_after_s=session.settings.settle_after_s,
    )
    return _applied(decision, row, kind, ledger)


def surely_unknown(row: T, ledger: Ledger[T]) -> T:
    """A row at ``submitting`` whose lock is held belongs to a run that died: it is ``unknown``."""
    if row.state != "submitting":
        return row
    return ledger.mark_unknown(row, ReplyLost("The run ended while it submitted."))


def submitted_at(row: PaidTask) -> datetime:
    """When the row was submitted, by our clock."""
    return row.submitting_at or row.created_at


def _candidates(row: T, kind: Kind[T], session: Session) -> list[Prediction]:
    tasks = list_unowned(submitted_at(row), model_id=row.model, session=session)
    if not kind.tells_name:
        return tasks
    # Waited for, as only a finished task tells its name.
    model = kind.model(row)
    return [task if task.name is not None else _ended(task, model, session) for task in tasks]


def _ended(task: Prediction, model: Polled, session: Session) -> Prediction:
    if task.ended and not task.completed:
        return task
    return session.waited(task.task_id, model)


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
