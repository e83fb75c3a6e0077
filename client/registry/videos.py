"""Videos as recorded, and their rows in an open registry: what was asked, its cost, where it went."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from screentest.client.errors import RegistryError
from screentest.client.registry.file.database import Database
from screentest.client.registry.file.validation import require_valid
from screentest.client.registry.identity import video_identity, video_identity_now
from screentest.client.registry.ledger import Ledger, Table
from screentest.client.registry.records import Row
from screentest.client.registry.states import VIDEO_COURSE, State, as_state
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class ShownCharacter:
    """A character in a video. ``character``: its key; ``registration``: the identity of that which was
    sent.
    """

    name: str
    character: str
    registration: str


@dataclass(frozen=True, slots=True)
class VideoWish:
    """What a video is asked for.

    ``inputs``: the body; an image by its file's SHA-256, or by its URL without what signs it, and so a
    reference. ``shows``: the characters, which the inputs tell as well, so that they are no part of the
    identity.
    """

    service: str
    account: str
    model: str
    prompt: str
    inputs: Mapping[str, object]
    cost_usd: float
    shows: tuple[ShownCharacter, ...] = ()

    @property
    def identity(self) -> str:
        """SHA-256, in hex, of everything but the price."""
        return video_identity(
            service=self.service, account=self.account, model=self.model, inputs=self.inputs
        )


@dataclass(frozen=True, slots=True)
class Video:
    """Everything known about one video; moments are in UTC.

    ``likeness``: what ``compare`` found in it, by the name of each character, None where it was not
    looked at.
    """

    row_id: int
    identity: str
    state: State
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
    served_at: datetime | None = None
    key_hash: str | None = None
    shows: tuple[ShownCharacter, ...] = ()
    likeness: Mapping[str, object] | None = None

    @property
    def name(self) -> str:
        """Its outputs have none at the service."""
        return ""

    @property
    def is_paid(self) -> bool:
        return is_paid(self.state, self.error_type)

    @property
    def called(self) -> str:
        """What a message calls it: by the beginning of its prompt."""
        return f"the video {shortened(self.prompt)!r}"


def shortened(prompt: str) -> str:
    """The beginning of a prompt, as much as fits into a line about something else."""
    return prompt if len(prompt) <= _BRIEF else f"{prompt[:_BRIEF]}..."


_BRIEF = 40


def spent_usd(videos: Iterable[Video]) -> float:
    """What videos at real services cost, as far as a task was accepted."""
    return math.fsum(one.cost_usd for one in videos if one.service != "sandbox" and one.is_paid)


def practised_usd(videos: Iterable[Video]) -> float:
    """What the sandbox's videos would have cost elsewhere, as far as a task was accepted."""
    return math.fsum(one.cost_usd for one in videos if one.service == "sandbox" and one.is_paid)


def is_paid(state: str, error_type: str | None) -> bool:
    """Whether a video's price was paid: before, it was asked alone, and a task that fails is free."""
    return state in ("submitted", "done") or error_type == "NoLongerKept"


def video_from(row: Row) -> Video:
    """The value of a row; raises ValueError, KeyError or TypeError for one not written here."""
    return Video(
        row_id=row["video_id"],
        identity=row["identity"],
        state=as_state(row["state"], VIDEO_COURSE),
        service=row["service"],
        account=row["account"],
        model=row["model"],
        prompt=row["prompt"],
        inputs=json.loads(row["inputs"]),
        cost_usd=row["cost_usd"],
        submitting_at=_moment(row["submitting_at"]),
        task_id=row["task_id"],
        out_path=row["out_path"],
        out_sha256=row["out_sha256"],
        has_nsfw=bool(row["has_nsfw"]),
        error_type=row["error_type"],
        error=row["error"],
        created_at=datetime.fromisoformat(row["created_at"]),
        done_at=_moment(row["done_at"]),
        served_at=_moment(row["served_at"]),
        key_hash=row["key_hash"],
        shows=tuple(ShownCharacter(**one) for one in json.loads(row["shows"])),
        likeness=json.loads(row["likeness"]) if row["likeness"] is not None else None,
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None


def stored_video(entry: Mapping[str, Any], *, account: str | None = None) -> dict[str, object]:
    """The columns of an exported video: the read-back of ``encoding.video_json``.

    ``account``: the one it goes to, None for the one it has. Raises KeyError, TypeError, ValueError or
    OverflowError for what would not be read again.
    """
    error = entry["error"] or {}
    same = {name: entry[name] for name in _SAME_COLUMNS}
    inputs = json.dumps(entry["inputs"], sort_keys=True)
    to = account or entry["account"]
    columns = {
        **same,
        "account": to,
        "identity": video_identity_now({**same, "inputs": inputs}, account=to),
        "inputs": inputs,
        "served_at": entry.get("served_at"),
        "key_hash": entry.get("key_hash"),
        "shows": json.dumps(entry.get("shows") or []),
        "likeness": json.dumps(entry["likeness"]) if entry.get("likeness") is not None else None,
        "out_path": entry["video"],
        "out_sha256": entry["video_sha256"],
        "has_nsfw": int(entry["has_nsfw_contents"]),
        "error_type": error.get("type"),
        "error": error.get("message"),
        "updated_at": entry["done_at"] or entry["submitting_at"] or entry["created_at"],
    }
    require_valid(video_from({"video_id": 0, **columns}))
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


VIDEOS = Table(name="videos", key="video_id", course=VIDEO_COURSE, read=video_from)


class VideoLedger(Ledger[Video]):
    """Every video, its state and where it went."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        super().__init__(database, table=VIDEOS, now=now)

    # Reading

    def list_all(self) -> tuple[Video, ...]:
        """Every video, oldest first."""
        return self._select("ORDER BY video_id")

    def find_done(self, identity: str) -> Video | None:
        """The newest video of an order that is done."""
        return self._first("WHERE identity = ? AND state = 'done' ORDER BY video_id DESC", identity)

    def list_fetched(self) -> tuple[Video, ...]:
        """Videos whose file came whole, known by its hash, and that are not recorded as done."""
        return self._select("WHERE state = 'submitted' AND out_sha256 IS NOT NULL ORDER BY video_id")

    def list_done(self, identity: str) -> tuple[Video, ...]:
        """Every video of this very order that was downloaded, oldest first."""
        return self._select("WHERE identity = ? AND state = 'done' ORDER BY video_id", identity)

    # Writing

    def record_wish(self, wish: VideoWish) -> Video:
        """The unfinished video of this very order, else a new one."""
        with self._database.transaction():
            return self.find_under_way(wish.identity) or self._add_planned(wish, _wish_columns(wish))

    def mark_fetched(self, row: Video, *, sha256: str) -> Video:
        """The video's file has that hash, and is about to lie where it belongs."""
        return self._change(row, {"out_sha256": sha256}, note=f"fetched, sha256 {sha256}")

    def mark_done(self, row: Video, *, path: str, sha256: str, has_nsfw: bool) -> Video:
        """The video lies at ``path``."""
        return self._mark_done(row, {"out_path": path, "out_sha256": sha256}, has_nsfw=has_nsfw)

    def record_likeness(self, row: Video, likeness: Mapping[str, object]) -> Video:
        """The video with what ``compare`` found in it."""
        return self._change(row, {"likeness": json.dumps(dict(likeness))}, note="compared")

    def add_imported(self, columns: Mapping[str, object]) -> bool:
        """Whether a video of another registry was added.

        One that is known here, or whose order is under way here, is left out. Raises RegistryError
        where that would drop a task that was paid for.
        """
        with self._database.transaction():
            if self._is_paid_for_elsewhere(columns):
                self._require_room(columns)
            elif self._is_known(columns):
                self._require_nothing_lost(columns, called="A video")
                return False
            if isinstance(task_id := columns["task_id"], str) and task_id:
                self._own(task_id, 0)
            self._insert(columns)
            return True

    def _is_paid_for_elsewhere(self, columns: Mapping[str, object]) -> bool:
        """Whether a task of it was accepted that no row here has."""
        is_paid = columns["state"] in ("submitted", "done")
        return is_paid and not self._select("WHERE task_id = ?", columns["task_id"])

    def _require_room(self, columns: Mapping[str, object]) -> None:
        if columns["state"] != "done" and self.find_under_way(str(columns["identity"])):
            raise RegistryError(
                f"A video is under way here, and in the export with task {columns['task_id']}: nothing "
                "was imported.",
                Remedy("go_on"),
            )

    def _is_known(self, columns: Mapping[str, object]) -> bool:
        return bool(
            self._select(
                "WHERE task_id = ? OR (identity = ? AND (created_at = ? OR "
                "(state NOT IN ('done', 'failed') AND ? NOT IN ('done', 'failed'))))",
                columns["task_id"],
                columns["identity"],
                columns["created_at"],
                columns["state"],
            )
        )


def _wish_columns(wish: VideoWish) -> dict[str, object]:
    inputs = json.dumps(dict(wish.inputs), sort_keys=True)
    shows = json.dumps([asdict(one) for one in wish.shows])
    return {"prompt": wish.prompt, "inputs": inputs, "cost_usd": wish.cost_usd, "shows": shows}
