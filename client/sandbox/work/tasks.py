"""The stand-in's record of tasks and characters, which survives restarts.

A task's status is never stored: it follows from when the task came, when its work ended, and the
time of the question. A task whose work was cut short by the end of the process is still unfinished
after a restart, and is done again.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from screentest.client.sandbox.redact import redacted

Status = Literal["created", "processing", "completed", "failed"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, model TEXT NOT NULL, inputs TEXT NOT NULL, price_usd REAL NOT NULL,
    created_at REAL NOT NULL, starts_at REAL NOT NULL, finished_at REAL, outputs TEXT,
    code INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
    inference_ms INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS tasks_by_age ON tasks (created_at);
CREATE TABLE IF NOT EXISTS characters (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, task_id TEXT NOT NULL REFERENCES tasks (id),
    kind TEXT NOT NULL, clip TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS webhooks (
    task_id TEXT PRIMARY KEY REFERENCES tasks (id), url TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One submitted task. Times are Unix seconds; ``code`` is 0 unless the task failed."""

    id: str
    model: str
    inputs: dict[str, Any]
    price_usd: float
    created_at: float
    starts_at: float
    finished_at: float | None
    outputs: tuple[Any, ...]
    code: int
    error: str
    inference_ms: int

    def status(self, now: float) -> Status:
        """The status that the service reports at a time."""
        if now < self.starts_at:
            return "created"
        if self.finished_at is None or now < self.finished_at:
            return "processing"
        return "failed" if self.code else "completed"


@dataclass(frozen=True, slots=True)
class StoredCharacter:
    """A character that videos can show. ``clip``: file name of its clip in the sandbox's folder."""

    id: str
    name: str
    task_id: str
    kind: Literal["face", "other"]
    clip: str


@dataclass(frozen=True, slots=True)
class Query:
    """A filter and page of the task list. Times are Unix seconds, pages count from 1."""

    page: int
    page_size: int
    after: float
    before: float
    model: str | None = None
    status: str | None = None


class TaskStore:
    """Tasks and characters in one SQLite file; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file, after the statement that is running."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def add(self, task: Task, *, funds_usd: float, webhook: str = "") -> bool:
        """Record and charge a new task; False, and nothing recorded, where the balance is too low.

        ``webhook``: the URL to call when it has ended.
        """
        with self._transaction() as db:
            if _spent(db) + task.price_usd > funds_usd + 1e-9:
                return False
            db.execute(
                "INSERT INTO tasks (id, model, inputs, price_usd, created_at, starts_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    task.id,
                    task.model,
                    json.dumps(task.inputs),
                    task.price_usd,
                    task.created_at,
                    task.starts_at,
                ),
            )
            if webhook:
                db.execute("INSERT INTO webhooks (task_id, url) VALUES (?, ?)", (task.id, webhook))
        return True

    def webhook(self, task_id: str) -> str | None:
        """The URL to call when a task has ended."""
        row = self._one("SELECT url FROM webhooks WHERE task_id = ?", task_id)
        return str(row["url"]) if row else None

    def spent_usd(self) -> float:
        """What the account has paid; failed tasks cost nothing (assumed)."""
        with self._lock:
            return _spent(self._db)

    def get(self, task_id: str, *, since: float) -> Task | None:
        """A task no older than ``since`` that was not deleted."""
        row = self._one(
            "SELECT * FROM tasks WHERE id = ? AND created_at >= ? AND NOT deleted", task_id, since
        )
        return _task(row) if row else None

    def unfinished(self) -> list[Task]:
        """Tasks whose work has not ended, oldest first."""
        sql = "SELECT * FROM tasks WHERE finished_at IS NULL ORDER BY starts_at"
        with self._lock:
            return [_task(row) for row in self._db.execute(sql)]

    def listed(self, query: Query, *, now: float) -> list[Task]:
        """One page of the tasks that match a query, newest first."""
        sql = (
            "SELECT * FROM tasks WHERE NOT deleted AND created_at BETWEEN ? AND ?"
            " AND (? IS NULL OR model = ?) ORDER BY created_at DESC, id LIMIT ? OFFSET ?"
        )
        first, size = (query.page - 1) * query.page_size, query.page_size
        # A status follows from the time of the question, so all have to be looked at for one.
        limit, offset = (size, first) if query.status is None else (-1, 0)
        with self._lock:
            wanted = (query.after, query.before, query.model, query.model, limit, offset)
            found = [_task(row) for row in self._db.execute(sql, wanted)]
        if query.status is None:
            return found
        return [t for t in found if query.status == t.status(now)][first : first + size]

    def delete(self, ids: list[str], *, now: float) -> int:
        """Hide finished tasks and return how many. Running and unknown ones are skipped."""
        with self._transaction() as db:
            gone = [
                db.execute(
                    "UPDATE tasks SET deleted = 1 WHERE id = ? AND finished_at <= ? AND NOT deleted",
                    (task_id, now),
                ).rowcount
                for task_id in dict.fromkeys(ids)
            ]
        return sum(gone)

    def complete(
        self,
        task: Task,
        outputs: list[Any],
        *,
        at: float,
        inference_ms: int,
        character: StoredCharacter | None = None,
    ) -> None:
        """Record a task's outputs, and the character that it made."""
        with self._transaction() as db:
            _finish(db, task, at, json.dumps(outputs), 0, "", inference_ms)
            if character is not None:
                db.execute(
                    "INSERT INTO characters (id, name, task_id, kind, clip) VALUES (?, ?, ?, ?, ?)",
                    (
                        character.id,
                        character.name,
                        character.task_id,
                        character.kind,
                        character.clip,
                    ),
                )

    def fail(self, task: Task, code: int, error: str, *, at: float, inference_ms: int) -> None:
        """Record why a task failed."""
        with self._transaction() as db:
            _finish(db, task, at, "[]", code, error, inference_ms)

    def character(self, character_id: str) -> StoredCharacter | None:
        """The character of an id."""
        row = self._one("SELECT * FROM characters WHERE id = ?", character_id)
        return StoredCharacter(**dict(row)) if row else None

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return row


def _spent(db: sqlite3.Connection) -> float:
    return float(db.execute("SELECT total(price_usd) FROM tasks WHERE code = 0").fetchone()[0])


def _finish(
    db: sqlite3.Connection,
    task: Task,
    at: float,
    outputs: str,
    code: int,
    error: str,
    inference_ms: int,
) -> None:
    """Finished work needs no presigned URL, so none is kept."""
    db.execute(
        "UPDATE tasks SET finished_at = ?, outputs = ?, code = ?, error = ?, inference_ms = ?,"
        " inputs = ? WHERE id = ?",
        (at, outputs, code, error, inference_ms, json.dumps(redacted(task.inputs)), task.id),
    )


def _task(row: sqlite3.Row) -> Task:
    return Task(
        id=row["id"],
        model=row["model"],
        inputs=json.loads(row["inputs"]),
        price_usd=row["price_usd"],
        created_at=row["created_at"],
        starts_at=row["starts_at"],
        finished_at=row["finished_at"],
        outputs=tuple(json.loads(row["outputs"] or "[]")),
        code=row["code"],
        error=row["error"],
        inference_ms=row["inference_ms"],
    )
