"""The rows of paid tasks, characters or videos: one set of functions, each change one transaction.

What differs between the kinds is data: a ``Table``. A name says whether a method reads or writes:
``find_``, ``list_``, ``is_`` and ``_of`` read, ``record_``, ``mark_`` and ``add_`` write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from screentest.client.errors import NoLongerKept, RegistryError
from screentest.client.registry.file.database import Database
from screentest.client.registry.records import Row, iso
from screentest.client.registry.states import FINISHED, MAY_BE_PAID, UNSETTLED, Course, State
from screentest.prep.core.remedy import Remedy

NO_ERROR: Mapping[str, object] = {"error_type": None, "error": None}


class PaidWish(Protocol):
    """What a wish of either kind says of the task to be."""

    @property
    def service(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def identity(self) -> str: ...


class PaidTask(PaidWish, Protocol):
    """What a row of either kind tells of its task."""

    @property
    def row_id(self) -> int: ...
    @property
    def state(self) -> State: ...
    @property
    def name(self) -> str:
        """What its outputs are called at the service, "" where they have no name."""

    @property
    def called(self) -> str:
        """What a message calls it."""

    @property
    def task_id(self) -> str | None: ...
    @property
    def cost_usd(self) -> float | None: ...
    @property
    def submitting_at(self) -> datetime | None: ...
    @property
    def served_at(self) -> datetime | None:
        """The service's clock just before its submit, None where it did not tell."""

    @property
    def key_hash(self) -> str | None:
        """What the key is known by that it was submitted with, None where that is not known."""

    @property
    def created_at(self) -> datetime: ...


T = TypeVar("T", bound=PaidTask)


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Where the rows of a kind lie, and how one reads.

    ``told_by``: the view that shows a row with what belongs to it, "" for the table itself. ``living``:
    the SQL condition of a row that was not deleted. ``failure``: what a failure changes
    in a row besides its error. ``keeps_history``: whether each step of a row and every task that it
    had is kept beside it.
    """

    name: str
    key: str
    course: Course
    read: Callable[[Row], T]
    told_by: str = ""
    living: str = "TRUE"
    failure: Mapping[str, object] = field(default_factory=dict)
    keeps_history: bool = False


class Ledger(Generic[T]):
    """The rows of one kind in an open registry.

    A row that was read is a value: a write that is given one refuses it when another process has
    moved the row on meanwhile, and returns the row as it is then.
    """

    def __init__(self, database: Database, *, table: Table[T], now: Callable[[], datetime]) -> None:
        self._database = database
        self._table = table
        self._now = now

    @property
    def course(self) -> Course:
        """The states of this kind."""
        return self._table.course

    # Reading

    def find_row(self, row_id: int) -> T:
        """The row as it is now. Raises RegistryError where it is gone."""
        found = self._select(f"WHERE {self._table.key} = ?", row_id)
        if not found:
            raise RegistryError(f"Row {row_id} is gone from {self._database.path}.")
        return found[0]

    def find_under_way(self, identity: str) -> T | None:
        """The row that the same order goes on with."""
        return self._first(
            f"WHERE identity = ? AND {_not_at(self.course.ends)} AND {self._table.living}",
            identity,
        )

    def list_unfinished(self) -> tuple[T, ...]:
        """Every row that is neither done nor failed, oldest first."""
        return self._select(
            f"WHERE {_not_at(FINISHED)} AND {self._table.living} ORDER BY {self._table.key}"
        )

    def is_unfinished(self, identity: str) -> bool:
        """Whether a row whose identity begins like this is neither done nor failed."""
        begins = "substr(identity, 1, length(?1)) = ?1"
        return bool(
            self._select(f"WHERE {begins} AND {_not_at(FINISHED)} AND {self._table.living}", identity)
        )

    def is_known(self, identity: str) -> bool:
        """Whether a row whose identity begins like this is recorded, finished or deleted or not."""
        return bool(self._select("WHERE substr(identity, 1, length(?1)) = ?1", identity))

    def list_rivals(self, row: T) -> tuple[T, ...]:
        """Other rows of its kind, account and model that may own a task which no row has."""
        return self._select(
            f"WHERE {self._table.key} <> ? AND service = ? AND account = ? AND model = ? "
            f"AND NOT ({_not_at(UNSETTLED)}) AND {self._table.living}",
            row.row_id,
            row.service,
            row.account,
            row.model,
        )

    # Writing

    def mark_submitting(
        self, row: T, *, served_at: datetime | None = None, key_hash: str | None = None
    ) -> T:
        """A request that may cost money leaves right after this: when, and that it does.

        ``served_at``: the service's clock just before, None where it does not tell. ``key_hash``: what
        the key is known by that it goes with.
        """
        told = iso(served_at) if served_at else None
        columns = {
            "submitting_at": iso(self._now()),
            "served_at": told,
            "key_hash": key_hash,
            **NO_ERROR,
        }
        return self._move(row, "submitting", columns)

    def mark_submitted(self, row: T, *, task_id: str, cost_usd: float, note: str = "") -> T:
        """The service has the task. Raises RegistryError for one that another row has, or had."""
        columns = {"task_id": task_id, "cost_usd": cost_usd, **NO_ERROR}
        return self._move(row, "submitted", columns, note=note or f"task {task_id}")

    def mark_failed(self, row: T, error: Exception) -> T:
        """A definite no; or what was paid for is not kept any more, which changes no price."""
        unpaid = {} if isinstance(error, NoLongerKept) else self._table.failure
        return self._move(row, "failed", {**error_columns(error), **unpaid})

    def mark_unknown(self, row: T, error: Exception) -> T:
        """A task may or may not exist."""
        return self._move(row, "unknown", error_columns(error))

    def mark_ready(self, row: T, *, note: str, error: Exception | None = None) -> T:
        """The row is free: nothing was accepted, and it may be submitted.

        The only way out of a lost submit that leads to another one.
        """
        return self._move(row, self.course.ready, error_columns(error) if error else {}, note=note)

    def _mark_done(self, row: T, columns: Mapping[str, object], *, has_nsfw: bool, note: str = "") -> T:
        done = {"has_nsfw": int(has_nsfw), "done_at": iso(self._now()), **NO_ERROR}
        return self._move(row, "done", {**columns, **done}, note=note)

    def _move(self, row: T, after: State, columns: Mapping[str, object], *, note: str = "") -> T:
        with self._database.transaction():
            current = self.find_row(row.row_id)
            if current.state != row.state:
                raise RegistryError(
                    f"{row.called} moved from {row.state} to {current.state} meanwhile.",
                    "Another process worked on it: run the same command again.",
                )
            if not self.course.may_move(current.state, after):
                raise RegistryError(f"{row.called} cannot go from {current.state} to {after}.")
            if isinstance(task_id := columns.get("task_id"), str):
                self._own(task_id, row.row_id)
            self._update(row.row_id, {**columns, "state": after})
            self._note(row.row_id, current.state, after, note or str(columns.get("error") or ""))
            return self.find_row(row.row_id)

    def _change(self, row: T, columns: Mapping[str, object], *, note: str) -> T:
        """The row with other columns, at whatever state it is."""
        with self._database.transaction():
            current = self.find_row(row.row_id)
            self._update(row.row_id, columns)
            self._note(row.row_id, current.state, current.state, note)
            return self.find_row(row.row_id)

    def _add_planned(self, wish: PaidWish, columns: Mapping[str, object], *, note: str = "") -> T:
        now = iso(self._now())
        row_id = self._insert(
            {
                "identity": wish.identity,
                "state": "planned",
                "service": wish.service,
                "account": wish.account,
                "model": wish.model,
                "created_at": now,
                "updated_at": now,
                **columns,
            }
        )
        self._note(row_id, None, "planned", note)
        return self.find_row(row_id)

    def _require_nothing_lost(self, columns: Mapping[str, object], *, called: str) -> None:
        """Raises RegistryError where a lost submit of an export would be dropped for a row here.

        That row would be submitted, though the lost one may be paid for.
        """
        here = self.find_under_way(str(columns["identity"]))
        is_lost = columns["state"] in UNSETTLED
        if not is_lost or here is None or iso(here.created_at) == columns["created_at"]:
            return
        if here.state not in MAY_BE_PAID:
            raise RegistryError(
                f"{called} is under way here, and may have been submitted by the registry that was "
                "exported: nothing was imported.",
                Remedy("by_hand", words="settle it there, then export again"),
            )

    def _own(self, task_id: str, row_id: int) -> None:
        """A task belongs to one row for ever, of whichever kind. Raises RegistryError for another's."""
        for kind, sql in _OWNERS:
            if self._database.run(sql, task_id).fetchone():
                raise RegistryError(f"Task {task_id} belongs to another {kind}.")
        if self._table.keeps_history:
            sql = "INSERT INTO tasks (task_id, row_id, known_at) VALUES (?, ?, ?)"
            self._database.run(sql, task_id, row_id, iso(self._now()))

    def _insert(self, columns: Mapping[str, object]) -> int:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        # Names of tables and columns are literals of this program, never anyone's input.
        insert = f"INSERT INTO {self._table.name} ({names}) VALUES ({marks})"  # noqa: S608
        row_id = self._database.run(insert, *columns.values()).lastrowid
        if row_id is None:
            raise RegistryError("SQLite gave the new row no number.")
        return row_id

    def _update(self, row_id: int, columns: Mapping[str, object]) -> None:
        columns = {**columns, "updated_at": iso(self._now())}
        sets = ", ".join(f"{name} = ?" for name in columns)
        update = f"UPDATE {self._table.name} SET {sets} WHERE {self._table.key} = ?"  # noqa: S608
        self._database.run(update, *columns.values(), row_id)

    def _note(self, row_id: int, before: State | None, after: State, note: str) -> None:
        if self._table.keeps_history:
            self._add_move(row_id, iso(self._now()), before, after, note)

    def _add_move(self, row_id: int, *move: object) -> None:
        insert = "INSERT INTO moves (row_id, at, before, after, note) VALUES (?, ?, ?, ?, ?)"
        self._database.run(insert, row_id, *move)

    def _first(self, clause: str, *values: object) -> T | None:
        found = self._select(f"{clause} LIMIT 1", *values)
        return found[0] if found else None

    def _select(self, clause: str, *values: object) -> tuple[T, ...]:
        with self._database.mapped():
            select = f"SELECT * FROM {self._table.told_by or self._table.name} {clause}"  # noqa: S608
            return tuple(self._table.read(row) for row in self._database.run(select, *values))


def _not_at(states: Collection[State]) -> str:
    """The SQL condition of a row at none of the states, whose words are this program's own."""
    return f"state NOT IN ({', '.join(f'{state!r}' for state in sorted(states))})"


_OWNERS = (
    ("registration", "SELECT 1 FROM tasks WHERE task_id = ?"),
    ("video", "SELECT 1 FROM videos WHERE task_id = ?"),
)


def error_columns(error: Exception) -> dict[str, object]:
    """What a row keeps of an error."""
    return {"error_type": type(error).__name__, "error": str(error)}
