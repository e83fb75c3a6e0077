"""The registry: every registration, its state and its story, in one SQLite file.

Durable before anything else: WAL with ``synchronous=FULL``, each move one transaction, a request
that costs money only after its row says so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from screentest.client.errors import RegistryError, UnknownCharacter
from screentest.client.registry.database import Database
from screentest.client.registry.encoding import character_json, move_json
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import (
    CharacterRecord,
    Move,
    clip_columns,
    iso,
    move_from,
    record_from,
)
from screentest.client.registry.states import UNSETTLED, State, may_move
from screentest.prep.core.encoding import Json
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Clip

FILE_NAME = "registry.sqlite3"

Values = tuple[object, ...]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Registry:
    """The open registry of one home. Close it, or use it as a context manager.

    Opening makes the file where there is none, and brings an older one to the current schema.
    Raises RegistryDamaged for a file that cannot be read, which is never written to.
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self.now = now
        self.database = Database(path)

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    # Reading

    @property
    def folder(self) -> str:
        """The folder that this registry's objects lie in, in any bucket; no other registry has it."""
        with self.database.mapped():
            return str(self.database.run("SELECT folder FROM home").fetchone()[0])

    def list(self, *, deleted: bool = False) -> tuple[CharacterRecord, ...]:
        """Every registration, oldest first; ``deleted``: with the tombstones of deleted ones."""
        return self._select("WHERE ? OR deleted_at IS NULL ORDER BY row_id", deleted)

    def unfinished(self) -> tuple[CharacterRecord, ...]:
        """Every registration that is neither done nor failed, oldest first."""
        return self._select(
            "WHERE deleted_at IS NULL AND state NOT IN ('done', 'failed') ORDER BY row_id"
        )

    def spent_usd(self) -> float:
        """What all registrations and videos at real services cost, deleted ones included."""
        with self.database.mapped():
            (total,) = self.database.run(
                "SELECT (SELECT total(cost_usd) FROM characters WHERE service <> 'sandbox') + "
                "(SELECT total(cost_usd) FROM videos WHERE service <> 'sandbox' "
                "AND state IN ('submitted', 'done'))"
            ).fetchone()
            return float(total)

    def find(self, name_or_id: str, *, deleted: bool = True) -> CharacterRecord:
        """The character of that id, or the current one of that name.

        Several may have a name over time: the newest done is the current one; where none is done,
        the newest; a deleted one only where no other is left, and ``deleted``. Raises
        UnknownCharacter.
        """
        found = self._select(
            "WHERE (character_id = ? OR name = ?) AND (? OR deleted_at IS NULL) "
            "ORDER BY deleted_at IS NULL DESC, "
            "character_id IS ? DESC, state = 'done' DESC, row_id DESC LIMIT 1",
            name_or_id,
            name_or_id,
            deleted,
            name_or_id,
        )
        if not found:
            raise UnknownCharacter(
                f"No character {name_or_id!r} is recorded in {self.path}.",
                Remedy("list_characters"),
            )
        return found[0]

    def row(self, row_id: int) -> CharacterRecord:
        """The registration as it is now. Raises RegistryError where it is gone."""
        return self._row(row_id)

    def named(self, name: str) -> tuple[CharacterRecord, ...]:
        """Every registration under a name, newest first."""
        return self._select("WHERE name = ? ORDER BY row_id DESC", name)

    def done(self, identity: str) -> CharacterRecord | None:
        """The newest finished registration of this very thing."""
        return self._first(
            "WHERE identity = ? AND state = 'done' AND deleted_at IS NULL ORDER BY row_id DESC",
            identity,
        )

    def rivals(self, record: CharacterRecord) -> tuple[CharacterRecord, ...]:
        """Other registrations that may own a task nobody has claimed yet."""
        return self._select(
            "WHERE row_id <> ? AND service = ? AND account = ? AND model = ? "
            "AND state IN ('submitting', 'unknown') AND deleted_at IS NULL",
            record.row_id,
            record.service,
            record.account,
            record.model,
        )

    def claimed_tasks(self) -> frozenset[str]:
        """Every task id that belongs to a registration, or did."""
        with self.database.mapped():
            rows = self.database.run(
                "SELECT task_id FROM tasks UNION SELECT task_id FROM videos WHERE task_id IS NOT NULL"
            )
            return frozenset(row[0] for row in rows)

    def task_ids(self, record: CharacterRecord) -> tuple[str, ...]:
        """Every task that a registration has or had, oldest first."""
        with self.database.mapped():
            rows = self.database.run(
                "SELECT task_id FROM tasks WHERE row_id = ? ORDER BY known_at, task_id", record.row_id
            )
            return tuple(row[0] for row in rows)

    def moves(self, record: CharacterRecord) -> tuple[Move, ...]:
        """The steps of a registration in order."""
        with self.database.mapped():
            rows = self.database.run(
                "SELECT * FROM moves WHERE row_id = ? ORDER BY move_id", record.row_id
            )
            return tuple(move_from(row) for row in rows)

    def story(self, record: CharacterRecord) -> Json:
        """The record and its steps as JSON."""
        return {**character_json(record), "moves": [move_json(move) for move in self.moves(record)]}

    # Writing, each one transaction

    def plan(self, wish: Wish, *, again: bool = False) -> CharacterRecord:
        """The registration a wish is about: the finished one, the one under way, or a new one.

        ``again``: a finished one does not count.
        """
        with self.database.transaction():
            if not again and (finished := self.done(wish.identity)):
                return finished
            under_way = self._first(
                "WHERE identity = ? AND state <> 'done' AND deleted_at IS NULL", wish.identity
            )
            return under_way or self._insert(wish)

    def clipped(self, record: CharacterRecord, clip: Clip) -> CharacterRecord:
        """The clip is made."""
        return self._move(record, "clipped", clip_columns(clip), note=f"sha256 {clip.sha256}")

    def uploaded(self, record: CharacterRecord, *, bucket: str, key: str) -> CharacterRecord:
        """The clip is in the bucket."""
        columns = {"bucket": bucket, "object_key": key}
        return self._move(record, "uploaded", columns, note=f"{bucket}/{key}")

    def submitting(self, record: CharacterRecord) -> CharacterRecord:
        """A request that may cost money leaves right after this."""
        columns = {"submitting_at": iso(self.now()), "error_type": None, "error": None}
        return self._move(record, "submitting", columns)

    def submitted(
        self, record: CharacterRecord, *, task_id: str, cost_usd: float, note: str = ""
    ) -> CharacterRecord:
        """The service has the task. Raises RegistryError for one that another row has claimed."""
        columns = {"task_id": task_id, "cost_usd": cost_usd, "error_type": None, "error": None}
        return self._move(record, "submitted", columns, note=note or f"task {task_id}")

    def finished(
        self, record: CharacterRecord, *, character_id: str, has_nsfw: bool = False
    ) -> CharacterRecord:
        """The character exists."""
        columns = {
            "character_id": character_id,
            "has_nsfw": int(has_nsfw),
            "done_at": iso(self.now()),
            "error_type": None,
            "error": None,
        }
        return self._move(record, "done", columns, note=character_id)

    def failed(self, record: CharacterRecord, error: Exception) -> CharacterRecord:
        """A definite no."""
        return self._move(record, "failed", {**_error_columns(error), "cost_usd": None})

    def unknown(self, record: CharacterRecord, error: Exception) -> CharacterRecord:
        """A task may or may not exist."""
        return self._move(record, "unknown", _error_columns(error))

    def returned(
        self, record: CharacterRecord, to: State, *, note: str, error: Exception | None = None
    ) -> CharacterRecord:
        """Back to an earlier state, from which the same command goes on."""
        columns: dict[str, object] = {"task_id": None} if record.state == "failed" else {}
        return self._move(record, to, columns | (_error_columns(error) if error else {}), note=note)

    def with_consent(self, record: CharacterRecord, note: str) -> CharacterRecord:
        """The registration with its owner's note of consent, empty for none."""
        return self._marked(record, {"consent": note or None}, note="consent noted")

    def object_gone(self, record: CharacterRecord) -> CharacterRecord:
        """The clip was taken out of the bucket."""
        gone = {"object_deleted_at": iso(self.now())}
        return self._marked(record, gone, note=f"{record.bucket}/{record.object_key} deleted")

    def deleted(self, record: CharacterRecord) -> CharacterRecord:
        """The tombstone of a registration. Raises RegistryError where a task may be lost by it."""
        if record.state in UNSETTLED or record.state == "submitted":
            raise RegistryError(
                f"{record.name!r} is at {record.state}: its task would be forgotten.",
                Remedy("reconcile"),
            )
        return self._marked(record, {"deleted_at": iso(self.now())}, note="deleted")

    def needing(self, sha256: str, *, besides: CharacterRecord) -> tuple[CharacterRecord, ...]:
        """Other registrations that still need a clip's object in the bucket."""
        return self._select(
            "WHERE clip_sha256 = ? AND row_id <> ? AND deleted_at IS NULL "
            "AND state NOT IN ('planned', 'done', 'failed')",
            sha256,
            besides.row_id,
        )

    def with_clip(self, sha256: str) -> tuple[CharacterRecord, ...]:
        """Registrations that this clip was made for, deleted ones included."""
        return self._select("WHERE clip_sha256 = ?", sha256)

    def with_object(self, bucket: str) -> tuple[CharacterRecord, ...]:
        """Registrations that put a clip into a bucket and never heard that it was taken out."""
        return self._select("WHERE bucket = ? AND object_deleted_at IS NULL", bucket)

    def _marked(
        self, record: CharacterRecord, columns: Mapping[str, object], *, note: str
    ) -> CharacterRecord:
        with self.database.transaction():
            current = self._row(record.row_id)
            self._update(record.row_id, columns)
            self._note(record.row_id, current.state, current.state, note)
            return self._row(record.row_id)

    def _move(
        self,
        record: CharacterRecord,
        after: State,
        columns: Mapping[str, object],
        *,
        note: str = "",
    ) -> CharacterRecord:
        with self.database.transaction():
            current = self._row(record.row_id)
            if current.state != record.state:
                raise RegistryError(
                    f"{record.name!r} moved from {record.state} to {current.state} meanwhile.",
                    "Another process worked on it.",
                    Remedy("retry"),
                )
            if not may_move(current.state, after):
                raise RegistryError(f"{record.name!r} cannot go from {current.state} to {after}.")
            self._update(record.row_id, {**columns, "state": after})
            if isinstance(task_id := columns.get("task_id"), str):
                self._claim(task_id, record.row_id)
            self._note(record.row_id, current.state, after, note or str(columns.get("error") or ""))
            return self._row(record.row_id)

    def _insert(self, wish: Wish) -> CharacterRecord:
        now = iso(self.now())
        (newest,) = self.database.run(
            "SELECT coalesce(max(generation), 0) FROM characters WHERE identity = ?",
            wish.identity,
        ).fetchone()
        columns = {
            "identity": wish.identity,
            "generation": newest + 1,
            "state": "planned",
            "service": wish.service,
            "account": wish.account,
            "model": wish.model,
            "name": wish.name,
            "source_path": wish.source_path,
            "source_fingerprint": wish.source_fingerprint,
            "overrides": json.dumps(dict(wish.overrides), sort_keys=True),
            "created_at": now,
            "updated_at": now,
        }
        row_id = self._inserted(columns)
        self._note(row_id, None, "planned", wish.source_path)
        return self._row(row_id)

    def insert(
        self, columns: Mapping[str, object], *, moves: Sequence[Values], task_ids: Sequence[str]
    ) -> bool:
        """Whether a registration of another registry was added, with its steps and all its tasks.

        One that is known here, or that shares an unfinished one's identity, is left out. Call it
        within a transaction of the database.
        """
        if self._known(columns):
            return False
        row_id = self._inserted(columns)
        for task_id in task_ids:
            self._claim(task_id, row_id)
        for move in moves:
            self._move_row(row_id, *move)
        return True

    def _known(self, columns: Mapping[str, object]) -> bool:
        return bool(
            self._select(
                "WHERE identity = ? AND (generation = ? OR (state <> 'done' AND ? <> 'done'))",
                columns["identity"],
                columns["generation"],
                columns["state"],
            )
        )

    def _inserted(self, columns: Mapping[str, object]) -> int:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        # The names are literals of this program, never anyone's input.
        insert = f"INSERT INTO characters ({names}) VALUES ({marks})"  # noqa: S608
        row_id = self.database.run(insert, *columns.values()).lastrowid
        if row_id is None:
            raise RegistryError("SQLite gave the new row no number.")
        return row_id

    def _update(self, row_id: int, columns: Mapping[str, object]) -> None:
        columns = {**columns, "updated_at": iso(self.now())}
        sets = ", ".join(f"{name} = ?" for name in columns)
        update = f"UPDATE characters SET {sets} WHERE row_id = ?"  # noqa: S608 - our own names
        self.database.run(update, *columns.values(), row_id)

    def _claim(self, task_id: str, row_id: int) -> None:
        sql = "SELECT 1 FROM videos WHERE task_id = ?"
        if self.database.run(sql, task_id).fetchone():
            raise RegistryError(f"Task {task_id} belongs to a video.")
        try:
            self.database.run(
                "INSERT INTO tasks (task_id, row_id, known_at) VALUES (?, ?, ?)",
                task_id,
                row_id,
                iso(self.now()),
            )
        except sqlite3.IntegrityError:
            raise RegistryError(f"Task {task_id} belongs to another registration.") from None

    def _note(self, row_id: int, before: State | None, after: State, note: str) -> None:
        self._move_row(row_id, iso(self.now()), before, after, note)

    def _move_row(self, row_id: int, *move: object) -> None:
        self.database.run(
            "INSERT INTO moves (row_id, at, before, after, note) VALUES (?, ?, ?, ?, ?)",
            row_id,
            *move,
        )

    def _row(self, row_id: int) -> CharacterRecord:
        found = self._first("WHERE row_id = ?", row_id)
        if found is None:
            raise RegistryError(f"Row {row_id} is gone from {self.path}.")
        return found

    def _first(self, clause: str, *values: object) -> CharacterRecord | None:
        found = self._select(f"{clause} LIMIT 1", *values)
        return found[0] if found else None

    def _select(self, clause: str, *values: object) -> tuple[CharacterRecord, ...]:
        with self.database.mapped():
            rows = self.database.run(f"SELECT * FROM characters {clause}", *values)  # noqa: S608
            return tuple(record_from(row) for row in rows)


def _error_columns(error: Exception) -> dict[str, object]:
    return {"error_type": type(error).__name__, "error": str(error)}
