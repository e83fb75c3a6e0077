"""What earlier runs left behind: lost submits to settle, tasks to wait for.

Nothing here costs money. What stays ambiguous is shown and left to its owner, who decides with
``adopt`` or ``forget``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from screentest.client.errors import (
    ConfigError,
    HeldElsewhere,
    RegistryError,
    UnknownCharacter,
    UnsettledSubmit,
)
from screentest.client.registry.ledger import T
from screentest.client.registry.locks import locked
from screentest.client.registry.states import UNSETTLED, State
from screentest.client.tasks.finish import finish
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.ours import carries
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import settle, surely_unknown
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.remedy import Remedy, in_words, remedies_of

Outcome = Literal["done", "failed", "waiting", "ready", "left"]


@dataclass(frozen=True, slots=True)
class Settled(Generic[T]):
    """What became of one row.

    ``outcome``: "done" and "failed" are ends; "waiting": its task goes on at the service; "ready":
    nothing was accepted, and the command that began it goes on with it; "left": it cannot be told,
    or is not ours to touch. ``reason`` and ``hint``: in words, where there is more to say.
    """

    record: T
    before: State
    outcome: Outcome
    reason: str = ""
    remedies: tuple[Remedy, ...] = ()

    @property
    def hint(self) -> str:
        """The remedies in plain words."""
        return in_words(self.remedies)

    @property
    def unsettled(self) -> bool:
        """Whether a task may exist that the registry does not know."""
        return self.record.state in UNSETTLED


def reconcile(
    rows: Sequence[T], *, kind: Kind[T], session: Session, wait: bool = True
) -> tuple[Settled[T], ...]:
    """Every row settled as far as it can be told; tasks that were found are waited for if ``wait``.

    Never raises for what one row meets: that is its ``reason``, and the next row follows.
    """

    def settled(row: T) -> Settled[T]:
        return _settled(row, kind, session, wait=wait)

    return tuple(_tried(row, kind, session, settled) for row in rows)


def wait_for(rows: Sequence[T], *, kind: Kind[T], session: Session) -> tuple[Settled[T], ...]:
    """Every row at ``submitted`` when its task has ended, or its deadline has come."""
    return reconcile([row for row in rows if row.state == "submitted"], kind=kind, session=session)


def adopt(row: T, task_id: str, *, kind: Kind[T], session: Session, wait: bool = True) -> Settled[T]:
    """A lost submit whose task its owner names.

    Raises ConfigError for a task of another model, name or inputs, RegistryError for one that is a
    row's.
    """

    def adopted(row: T) -> Settled[T]:
        before, ledger = row.state, kind.ledger(session.registry)
        row = surely_unknown(row, ledger)
        task = session.service.result(task_id)
        if task.model not in ("", row.model):
            raise ConfigError(f"Task {task_id} is one of {task.model}, not of {row.model}.")
        if kind.tells_name and carries(task, row.name) is False:
            raise ConfigError(f"Task {task_id} made {task.name!r}, not {row.called}.")
        if task.inputs is not None and kind.matches(row, task.inputs) is False:
            raise ConfigError(f"Task {task_id} was asked for with other inputs than {row.called}.")
        note = f"adopted by its owner: task {task_id}"
        row = ledger.mark_submitted(row, task_id=task_id, cost_usd=kind.price_usd(row), note=note)
        return _finished(row, kind, session, before=before, wait=wait)

    return _with_lock(row, kind, session, adopted)


def forget(row: T, *, kind: Kind[T], session: Session) -> Settled[T]:
    """A lost submit that its owner says was never accepted: it may be submitted again."""

    def forgotten(row: T) -> Settled[T]:
        before, ledger = row.state, kind.ledger(session.registry)
        row = ledger.mark_ready(surely_unknown(row, ledger), note="forgotten by its owner")
        return Settled(row, before, "ready", "its owner says that nothing was accepted.")

    return _with_lock(row, kind, session, forgotten)


def one_unsettled(name: str, rows: Sequence[T]) -> T:
    """The one row that a decision is about; ``name`` may be empty where there is only one.

    Raises UnknownCharacter for none, RegistryError where several could be meant.
    """
    found = [row for row in rows if row.state in UNSETTLED and name in ("", row.name, row.identity)]
    if not found:
        raise UnknownCharacter(
            f"No lost submit{f' of {name!r}' if name else ''} is recorded.",
            Remedy("list_characters"),
        )
    if len(found) > 1:
        meant = ", ".join(f"{row.called} ({row.identity[:12]}...)" for row in found)
        raise RegistryError(f"Several lost submits could be meant: {meant}.", "Give one's identity.")
    return found[0]


def _tried(row: T, kind: Kind[T], session: Session, act: Callable[[T], Settled[T]]) -> Settled[T]:
    if (row.service, row.account) != (session.settings.service, session.settings.account):
        reason = f"it belongs to another account or service ({row.service})."
        return Settled(row, row.state, "left", reason, remedies_of("Use that account's settings."))
    try:
        return _with_lock(row, kind, session, act)
    except HeldElsewhere as error:
        return Settled(row, row.state, "left", error.message, error.remedies)
    except UnsettledSubmit as error:
        now = kind.ledger(session.registry).find_row(row.row_id)
        return Settled(now, row.state, "left", error.message, error.remedies)
    except ScreentestError as error:
        now = kind.ledger(session.registry).find_row(row.row_id)
        return _with_error(now, row.state, error)


def _with_lock(row: T, kind: Kind[T], session: Session, act: Callable[[T], Settled[T]]) -> Settled[T]:
    """What the act gives of the row as it is now: another process may have moved it on."""
    with locked(session.settings.home / "locks", row.identity, what=row.called):
        return act(kind.ledger(session.registry).find_row(row.row_id))


def _settled(row: T, kind: Kind[T], session: Session, *, wait: bool) -> Settled[T]:
    before = row.state
    if row.state in UNSETTLED:
        row = settle(row, kind=kind, session=session)
    if row.state == "submitted":
        return _finished(row, kind, session, before=before, wait=wait)
    if row.state == "done":
        return Settled(row, before, "done")
    if row.state == "failed":
        return Settled(row, before, "failed")
    owed = "nothing was submitted, nothing is owed."
    return Settled(row, before, "ready", owed, (Remedy("go_on"),))


def _finished(row: T, kind: Kind[T], session: Session, *, before: State, wait: bool) -> Settled[T]:
    if not wait and not session.service.result(row.task_id or "").ended:
        return Settled(row, before, "waiting", f"task {row.task_id} goes on at the service.")
    return Settled(finish(row, kind=kind, session=session), before, "done")


def _with_error(row: T, before: State, error: ScreentestError) -> Settled[T]:
    outcomes: dict[State, Outcome] = {"failed": "failed", "submitted": "waiting"}
    return Settled(row, before, outcomes.get(row.state, "left"), error.message, error.remedies)
