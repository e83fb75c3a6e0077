"""What earlier runs left behind: lost submits to settle, tasks to wait for.

Nothing here costs money. What stays ambiguous is shown and left to its owner, who decides with
``adopt`` or ``forget``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from screentest.client.errors import (
    ConfigError,
    HeldElsewhere,
    RegistryError,
    UnknownCharacter,
    UnsettledSubmit,
)
from screentest.client.registry.locks import locked
from screentest.client.registry.records import CharacterRecord
from screentest.client.registry.states import UNSETTLED, State
from screentest.client.remote.character_models import model_of
from screentest.client.tasks.finish import finish
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import settle, surely_unknown
from screentest.prep.core.errors import ScreentestError

Outcome = Literal["done", "failed", "waiting", "ready", "left"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one row.

    ``outcome``: "done" and "failed" are ends; "waiting": its task goes on at the service; "ready":
    nothing was accepted, and `register` goes on with it; "left": it cannot be told, or is not ours
    to touch. ``reason`` and ``hint``: in words, where there is more to say.
    """

    record: CharacterRecord
    before: State
    outcome: Outcome
    reason: str = ""
    hint: str = ""

    @property
    def open(self) -> bool:
        """Whether a task may exist that the registry does not know."""
        return self.record.state in UNSETTLED


def reconcile(
    rows: Sequence[CharacterRecord], session: Session, *, wait: bool = True
) -> tuple[Settled, ...]:
    """Every row settled as far as it can be told; tasks that were found are waited for if ``wait``.

    Never raises for what one row meets: that is its ``reason``, and the next row follows.
    """
    return tuple(_held(row, session, lambda held: _settled(held, session, wait=wait)) for row in rows)


def adopt(row: CharacterRecord, task_id: str, session: Session, *, wait: bool = True) -> Settled:
    """A lost submit whose task its owner names.

    Raises ConfigError for a task of another model, RegistryError for one that another row has.
    """

    def adopted(held: CharacterRecord) -> Settled:
        held = surely_unknown(held, session.registry)
        task = session.service.result(task_id)
        if task.model not in ("", held.model):
            raise ConfigError(f"Task {task_id} is one of {task.model}, not of {held.model}.")
        if task.name not in (None, held.name):
            raise ConfigError(f"Task {task_id} made {task.name!r}, not {held.name!r}.")
        price_usd = model_of(held.model).price_usd
        note = f"adopted by its owner: task {task_id}"
        held = session.registry.submitted(held, task_id=task_id, cost_usd=price_usd, note=note)
        return _finished(held, session, before=row.state, wait=wait)

    return _claimed(row, session, adopted)


def forget(row: CharacterRecord, session: Session) -> Settled:
    """A lost submit that its owner says was never accepted: `register` may submit again."""

    def forgotten(held: CharacterRecord) -> Settled:
        held = surely_unknown(held, session.registry)
        held = session.registry.returned(held, "uploaded", note="forgotten by its owner")
        return Settled(held, row.state, "ready", "its owner says that nothing was accepted.")

    return _claimed(row, session, forgotten)


def waited(rows: Sequence[CharacterRecord], session: Session) -> tuple[Settled, ...]:
    """Every row at ``submitted`` when its task has ended, or its deadline has come."""
    return reconcile([row for row in rows if row.state == "submitted"], session)


def one_unsettled(name: str, rows: Sequence[CharacterRecord]) -> CharacterRecord:
    """The one row that a decision is about; ``name`` may be empty where there is only one.

    Raises UnknownCharacter for none, RegistryError where several could be meant.
    """
    found = [row for row in rows if row.state in UNSETTLED and name in ("", row.name, row.identity)]
    if not found:
        raise UnknownCharacter(
            f"No lost submit{f' of {name!r}' if name else ''} is recorded.",
            "`screentest characters list` shows every state.",
        )
    if len(found) > 1:
        meant = ", ".join(f"{row.name!r} ({row.identity[:12]}...)" for row in found)
        raise RegistryError(f"Several lost submits could be meant: {meant}.", "Give one's identity.")
    return found[0]


def _held(row: CharacterRecord, session: Session, act: Callable[[CharacterRecord], Settled]) -> Settled:
    if (row.service, row.account) != (session.settings.service, session.settings.account):
        reason = f"it belongs to another account or service ({row.service})."
        return Settled(row, row.state, "left", reason, "Run this with that account's settings.")
    try:
        return _claimed(row, session, act)
    except HeldElsewhere as error:
        return Settled(row, row.state, "left", error.message, error.hint)
    except UnsettledSubmit as error:
        return Settled(_now(row, session), row.state, "left", error.message, error.hint)
    except ScreentestError as error:
        return _with_error(_now(row, session), row.state, error)


def _claimed(
    row: CharacterRecord, session: Session, act: Callable[[CharacterRecord], Settled]
) -> Settled:
    with locked(session.settings.home / "locks", row.identity, what=repr(row.name)):
        return act(_now(row, session))


def _now(row: CharacterRecord, session: Session) -> CharacterRecord:
    """The row as it is now: another process may have moved it on."""
    return session.registry.row(row.row_id)


def _settled(held: CharacterRecord, session: Session, *, wait: bool) -> Settled:
    before = held.state
    if held.state in UNSETTLED:
        held = settle(held, model=model_of(held.model), session=session)
    if held.state == "submitted":
        return _finished(held, session, before=before, wait=wait)
    if held.state in ("done", "failed"):
        return Settled(held, before, "done" if held.state == "done" else "failed")
    hint = "The `screentest register` command that began it goes on with it."
    return Settled(held, before, "ready", "nothing was submitted, nothing is owed.", hint)


def _finished(held: CharacterRecord, session: Session, *, before: State, wait: bool) -> Settled:
    if not wait and not session.service.result(held.task_id or "").ended:
        return Settled(held, before, "waiting", f"task {held.task_id} goes on at the service.")
    return Settled(finish(held, session), before, "done")


def _with_error(row: CharacterRecord, before: State, error: ScreentestError) -> Settled:
    outcomes: dict[State, Outcome] = {"failed": "failed", "submitted": "waiting"}
    return Settled(row, before, outcomes.get(row.state, "left"), error.message, error.hint)
