"""From a submitted task to what it made: waiting for it, then keeping the result.

Whoever comes by may do it: the run that submitted, a later one, or one that only waits or reconciles.
"""

from __future__ import annotations

from screentest.client.errors import Rejected, TaskFailed
from screentest.client.registry.ledger import T
from screentest.client.remote.replies import Prediction, task_error
from screentest.client.tasks.kind import Kind
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
    return kind.keep(row, task, session)


def _waited(row: T, kind: Kind[T], session: Session) -> Prediction:
    try:
        return session.waited(row.task_id or "", kind.model(row))
    except Rejected as error:
        if gone := _no_longer_kept(row, error, kind, session):
            kind.ledger(session.registry).mark_failed(row, gone)
            raise gone from error
        raise


def _no_longer_kept(row: T, error: Rejected, kind: Kind[T], session: Session) -> TaskFailed | None:
    """What a task that the service does not know stands for once its keeping time is over."""
    kept_days = kind.kept_days(row)
    if 404 not in (error.status, error.code) or kept_days is None:
        return None
    if (session.clocks.now() - submitted_at(row)).days < kept_days:
        return None
    return TaskFailed(
        f"The service no longer knows task {row.task_id}: it keeps results for {kept_days} days.",
        Remedy("retry", ("to order it once more, which costs again",)),
        task_id=row.task_id,
    )
