"""From a submitted task to what it made: waiting for it, then keeping the result.

Whoever comes by may do it: the run that submitted, a later one, or one that only waits or reconciles.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from screentest.client.errors import BadReply, NoLongerKept, Rejected, ServiceError, TaskFailed
from screentest.client.registry.ledger import T
from screentest.client.remote.replies import Prediction, task_error
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.ours import UNCERTAINTY
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import submitted_at
from screentest.prep.core.progress import stage
from screentest.prep.core.remedy import Remedy


def finish(row: T, *, kind: Kind[T], session: Session) -> T:
    """The row at ``done``, from one at ``submitted`` whose lock the caller holds.

    Raises TaskFailed (the row is then ``failed``), WaitTimeout, what the service said otherwise, and
    what keeping the result raises.
    """
    with stage(session.watcher, "wait") as under_way:
        task = _waited(row, kind, session)
        if not task.completed:
            error = task_error(task)
            kind.ledger(session.registry).mark_failed(row, error)
            raise error
        under_way.summary = task.status
    try:
        return kind.keep(row, task, session)
    except BadReply as error:
        if gone := _no_longer_kept(row, error, kind, session):
            kind.ledger(session.registry).mark_failed(row, gone)
            raise gone from error
        raise


def _waited(row: T, kind: Kind[T], session: Session) -> Prediction:
    try:
        return session.waited(row.task_id or "", kind.model(row))
    except Rejected as error:
        if gone := _no_longer_kept(row, error, kind, session):
            kind.ledger(session.registry).mark_failed(row, gone)
            raise gone from error
        raise


def _no_longer_kept(row: T, error: ServiceError, kind: Kind[T], session: Session) -> TaskFailed | None:
    """What a task or a result that is not there stands for once its keeping time is over."""
    kept_days = kind.kept_days(row)
    if not {error.status, error.code} & _GONE or kept_days is None:
        return None
    if _age(row, session) < timedelta(days=kept_days):
        return None
    return NoLongerKept(
        f"The service no longer has what task {row.task_id} made: it keeps results for {kept_days} "
        "days.",
        Remedy("retry", ("to order it once more, which costs again",)),
        task_id=row.task_id,
    )


_GONE = frozenset({403, 404, 410})
"""How a service and its file servers answer for what they no longer keep (403 and 410 assumed)."""


def _age(row: T, session: Session) -> timedelta:
    """How old a task is at least, by the service's clock; by ours a day less, as it may be wrong."""
    with suppress(ServiceError):
        if row.served_at and (served_at := session.service.served_at()):
            return served_at - row.served_at
    return session.clocks.now() - submitted_at(row) - UNCERTAINTY
