"""The registry's record of videos: what was asked, what it cost, where it went.

    planned -> submitting -> submitted -> done | failed
       ^           |
       +-----------+-> unknown -> submitted | planned

The same promise as for characters: ``submitting`` is recorded before the request leaves, and an
``unknown`` is looked for at the service and never sent again blindly.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from screentest.client.errors import RegistryError
from screentest.client.registry.characters import Registry
from screentest.client.registry.records import iso
from screentest.client.registry.validation import require_sound

VideoState = Literal["planned", "submitting", "submitted", "done", "failed", "unknown"]

_MOVES: Mapping[VideoState, frozenset[VideoState]] = {
    "planned": frozenset({"submitting"}),
    "submitting": frozenset({"submitted", "planned", "failed", "unknown"}),
    "submitted": frozenset({"done", "failed"}),
    "unknown": frozenset({"submitted", "planned"}),
    "failed": frozenset(),
    "done": frozenset(),
}


@dataclass(frozen=True, slots=True)
class VideoWish:
    """What a video is asked for. ``inputs``: the body, an image by its SHA-256, never by its URL."""

    service: str
    account: str
    model: str
    prompt: str
    inputs: Mapping[str, object]
    cost_usd: float

    @property
    def identity(self) -> str:
        """SHA-256, in hex, of everything but the price."""
        parts = [self.service, self.account, self.model, dict(self.inputs)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """Everything known about one video; moments are in UTC."""

    video_id: int
    identity: str
    state: VideoState
    service: str
    account: str
    model: str
    prompt: str
    inputs: Mapping[str, object]
    cost_usd: float
    submitting_at: datetime | None
    task_id: str | None
    out_path: str | None
    out_sha256: str | None
    has_nsfw: bool
    error_type: str | None
    error: str | None
    created_at: datetime
    done_at: datetime | None


class VideoLedger:
    """The videos of a registry; each change is one transaction."""

    def __init__(self, registry: Registry) -> None:
        self._database = registry.database
        self._now = registry.now

    def list(self) -> tuple[VideoRecord, ...]:
        """Every video, oldest first."""
        return self._select("ORDER BY video_id")

    def rivals(self, record: VideoRecord) -> tuple[VideoRecord, ...]:
        """Other videos that may own a task nobody has claimed yet."""
        return self._select(
            "WHERE video_id <> ? AND service = ? AND account = ? AND model = ? "
            "AND state IN ('submitting', 'unknown')",
            record.video_id,
            record.service,
            record.account,
            record.model,
        )

    def under_way(self, wish: VideoWish) -> VideoRecord | None:
        """The unfinished video of this very order."""
        found = self._select("WHERE identity = ? AND state NOT IN ('done', 'failed')", wish.identity)
        return found[0] if found else None

    def is_open(self, identity: str) -> bool:
        """Whether the video whose identity begins like this is unfinished."""
        return bool(
            self._select("WHERE identity LIKE ? || '%' AND state NOT IN ('done', 'failed')", identity)
        )

    def knows(self, identity: str) -> bool:
        """Whether a video whose identity begins like this is recorded, finished or not."""
        return bool(self._select("WHERE identity LIKE ? || '%'", identity))

    def plan(self, wish: VideoWish) -> VideoRecord:
        """The unfinished video of this very order, else a new one."""
        with self._database.transaction():
            return self.under_way(wish) or self._insert(wish)

    def submitting(self, record: VideoRecord) -> VideoRecord:
        """A request that costs money leaves right after this."""
        return self._move(record, "submitting", submitting_at=iso(self._now()), **_NO_ERROR)

    def submitted(self, record: VideoRecord, *, task_id: str) -> VideoRecord:
        """The service has the task."""
        return self._move(record, "submitted", task_id=task_id, **_NO_ERROR)

    def finished(self, record: VideoRecord, *, path: str, sha256: str, has_nsfw: bool) -> VideoRecord:
        """The video lies at ``path``."""
        done = {"out_path": path, "out_sha256": sha256, "has_nsfw": int(has_nsfw)}
        return self._move(record, "done", done_at=iso(self._now()), **done, **_NO_ERROR)

    def failed(self, record: VideoRecord, error: Exception) -> VideoRecord:
        """A definite no."""
        return self._move(record, "failed", **_error(error))

    def unknown(self, record: VideoRecord, error: Exception) -> VideoRecord:
        """A task may or may not exist."""
        return self._move(record, "unknown", **_error(error))

    def returned(self, record: VideoRecord) -> VideoRecord:
        """Nothing was accepted."""
        return self._move(record, "planned")

    def insert(self, columns: Mapping[str, object]) -> bool:
        """Whether a video of another registry was added.

        One that is known here, or whose order is under way here, is left out. Call it within a
        transaction of the database.
        """
        known = self._select(
            "WHERE task_id = ? OR (identity = ? AND (created_at = ? OR "
            "(state NOT IN ('done', 'failed') AND ? NOT IN ('done', 'failed'))))",
            columns["task_id"],
            columns["identity"],
            columns["created_at"],
            columns["state"],
        )
        if known:
            return False
        if columns["task_id"]:
            self._require_nobodys(columns["task_id"])
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        insert = f"INSERT INTO videos ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        self._database.run(insert, *columns.values())
        return True

    def _move(self, record: VideoRecord, after: VideoState, **columns: object) -> VideoRecord:
        with self._database.transaction():
            [current] = self._select("WHERE video_id = ?", record.video_id)
            if current.state != record.state or after not in _MOVES[current.state]:
                raise RegistryError(f"The video cannot go from {current.state} to {after}.")
            if task_id := columns.get("task_id"):
                self._require_nobodys(task_id)
            columns |= {"state": after, "updated_at": iso(self._now())}
            sets = ", ".join(f"{name} = ?" for name in columns)
            update = f"UPDATE videos SET {sets} WHERE video_id = ?"  # noqa: S608 - our own names
            self._database.run(update, *columns.values(), record.video_id)
            return self._select("WHERE video_id = ?", record.video_id)[0]

    def _require_nobodys(self, task_id: object) -> None:
        sql = "SELECT 1 FROM tasks WHERE task_id = ?"
        if self._database.run(sql, task_id).fetchone():
            raise RegistryError(f"Task {task_id} belongs to a character.")

    def _insert(self, wish: VideoWish) -> VideoRecord:
        now = iso(self._now())
        row_id = self._database.run(
            "INSERT INTO videos (identity, state, service, account, model, prompt, inputs, cost_usd,"
            " created_at, updated_at) VALUES (?, 'planned', ?, ?, ?, ?, ?, ?, ?, ?)",
            wish.identity,
            wish.service,
            wish.account,
            wish.model,
            wish.prompt,
            json.dumps(dict(wish.inputs), sort_keys=True),
            wish.cost_usd,
            now,
            now,
        ).lastrowid
        return self._select("WHERE video_id = ?", row_id)[0]

    def _select(self, clause: str, *values: object) -> tuple[VideoRecord, ...]:
        with self._database.mapped():
            rows = self._database.run(f"SELECT * FROM videos {clause}", *values)  # noqa: S608
            return tuple(video_from(dict(row)) for row in rows)


_NO_ERROR: Mapping[str, None] = {"error_type": None, "error": None}


def _error(error: Exception) -> dict[str, object]:
    return {"error_type": type(error).__name__, "error": str(error)}


def video_from(row: dict[str, Any]) -> VideoRecord:
    """The value of a row; raises ValueError, KeyError or TypeError for one not written here."""
    if row["state"] not in get_args(VideoState):
        raise ValueError(f"no such state: {row['state']!r}")
    del row["updated_at"]
    moments = {name: _moment(row[name]) for name in ("submitting_at", "done_at")}
    row |= moments | {"created_at": datetime.fromisoformat(row["created_at"])}
    row |= {"inputs": json.loads(row["inputs"]), "has_nsfw": bool(row["has_nsfw"])}
    return VideoRecord(**row)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None


def stored_video(story: Mapping[str, Any]) -> dict[str, object]:
    """The columns of an exported video: the read-back of ``encoding.video_json``.

    Raises KeyError, TypeError, ValueError or OverflowError for what would not be read again.
    """
    error = story["error"] or {}
    same = {name: story[name] for name in _SAME_COLUMNS}
    columns = {
        **same,
        "inputs": json.dumps(story["inputs"], sort_keys=True),
        "out_path": story["video"],
        "out_sha256": story["video_sha256"],
        "has_nsfw": int(story["has_nsfw_contents"]),
        "error_type": error.get("type"),
        "error": error.get("message"),
        "updated_at": story["done_at"] or story["submitting_at"] or story["created_at"],
    }
    require_sound(video_from({"video_id": 0, **columns}))
    return columns


_SAME_COLUMNS = (
    "identity",
    "state",
    "service",
    "account",
    "model",
    "prompt",
    "cost_usd",
    "submitting_at",
    "task_id",
    "created_at",
    "done_at",
)
