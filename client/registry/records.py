"""A character as recorded: from a row of the registry to a value."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from screentest.client.errors import RegistryError, SeveralMeant
from screentest.client.registry.identity import (
    AskedFor,
    Wish,
    asked_in,
    folded,
    identity_now,
    one_form,
    stored_asked,
)
from screentest.client.registry.states import MAY_BE_PAID, State, as_state
from screentest.prep.core.encoding import CLIP_KEPT, ClipFact, clip_json, segment_json
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import timecode
from screentest.prep.core.values import Candidate, Clip, Segment
from screentest.prep.stills.values import Still

Values = tuple[object, ...]
Row = sqlite3.Row | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything known about one registration of a character; moments are in UTC.

    At one model of one account: with the id that the model gave, or without one where the reference is
    sent with every video. ``character``: the key of whose it is, ``character_no`` its row here.
    ``generation``: 1, and one more each time the same thing was registered again. ``service``: base
    URL, or "sandbox". ``clip``: with its path as it was made; ``stills``: what is sent instead of one.
    ``cost_usd``: once it was submitted. ``consent``: the character's note. ``object_deleted_at``: when
    the clip was taken out of the bucket.
    ``deleted_at``: when the registration was deleted; the row stays as a tombstone. ``served_at``: the
    service's clock just before the submit. ``key_hash``: what the key is known by that it went with.
    ``name`` and ``overrides`` are what it was made with; ``asked``: what its order said by itself where
    a decision about the footage changed them.
    """

    row_id: int
    character_no: int
    character: str
    identity: str
    generation: int
    state: State
    service: str
    account: str
    model: str
    name: str
    source_path: str
    source_fingerprint: str
    overrides: Mapping[str, object]
    clip: Clip | None
    bucket: str | None
    object_key: str | None
    submitting_at: datetime | None
    task_id: str | None
    character_id: str | None
    cost_usd: float | None
    error_type: str | None
    error: str | None
    created_at: datetime
    updated_at: datetime
    done_at: datetime | None
    consent: str | None = None
    has_nsfw: bool = False
    object_deleted_at: datetime | None = None
    deleted_at: datetime | None = None
    served_at: datetime | None = None
    key_hash: str | None = None
    stills: tuple[Still, ...] = ()
    asked: AskedFor | None = None

    @property
    def called(self) -> str:
        """What a message calls it."""
        return repr(self.name)

    @property
    def told_apart(self) -> str:
        """What tells it from others of its name: its id, or its identity's start, and its footage."""
        which = self.character_id or self.identity[:12]
        start = f" from {timecode(self.segment.start_s)} on" if self.segment else ""
        return f"{which} ({Path(self.source_path).name}{start})"

    @property
    def segment(self) -> Segment | None:
        return self.clip.segment if self.clip else None

    def is_as(self, wish: Wish) -> bool:
        """Whether it has the name and the choice of a wish for the same thing, whatever was decided."""
        return one_form(self.name) == one_form(wish.name) and self.overrides == wish.overrides


def one_meant(name_or_id: str, rows: Sequence[Registration]) -> Registration:
    """The current one of some registrations, newest first, that a name or an id means.

    Raises SeveralMeant where they are of different characters.
    """
    exact = [row for row in rows if row.character_id == name_or_id]
    done = [row for row in rows if row.state == "done"]
    found = exact or done or rows
    several = {row.character_no: row for row in reversed(found)}
    if not exact and len(several) > 1:
        raise SeveralMeant(
            f"{len(several)} characters are called {name_or_id!r}: "
            f"{', '.join(row.told_apart for row in several.values())}.",
            Remedy("by_hand", words="give the id of one"),
        )
    return found[0]


def require_forgettable(row: Registration) -> None:
    """Raises RegistryError for a registration whose task may be lost with it."""
    if row.state in MAY_BE_PAID:
        raise RegistryError(
            f"{row.called} is at {row.state}: its task would be forgotten.", Remedy("reconcile")
        )


def of_clip(overrides: Mapping[str, object]) -> Mapping[str, object]:
    """What of a choice makes its clip another one."""
    return {name: value for name, value in overrides.items() if name != "description"}


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a registration. ``before`` is None for its first."""

    at: datetime
    before: State | None
    after: State
    note: str


def record_from(row: Row) -> Registration:
    """The value of a row; raises ValueError, KeyError or TypeError for one not written here."""
    return Registration(
        row_id=row["row_id"],
        character_no=row["character_no"],
        character=row["character"],
        identity=row["identity"],
        generation=row["generation"],
        state=as_state(row["state"]),
        service=row["service"],
        account=row["account"],
        model=row["model"],
        name=row["name"],
        source_path=row["source_path"],
        source_fingerprint=row["source_fingerprint"],
        overrides=json.loads(row["overrides"]),
        clip=_clip_from(row),
        bucket=row["bucket"],
        object_key=row["object_key"],
        submitting_at=_moment(row["submitting_at"]),
        task_id=row["task_id"],
        character_id=row["character_id"],
        cost_usd=row["cost_usd"],
        error_type=row["error_type"],
        error=row["error"],
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
        done_at=_moment(row["done_at"]),
        consent=row["consent"],
        has_nsfw=bool(row["has_nsfw"]),
        object_deleted_at=_moment(row["object_deleted_at"]),
        deleted_at=_moment(row["deleted_at"]),
        served_at=_moment(row["served_at"]),
        key_hash=row["key_hash"],
        stills=tuple(Still(**one) for one in json.loads(row["stills"] or "[]")),
        asked=asked_in(row["asked"]),
    )


def move_from(row: Row) -> Move:
    before = as_state(row["before"]) if row["before"] is not None else None
    return Move(datetime.fromisoformat(row["at"]), before, as_state(row["after"]), row["note"])


def choice_columns(wish: Wish) -> dict[str, object]:
    """What a row keeps of a wish besides its identity and where it is for."""
    return {
        "name": wish.name,
        "name_folded": folded(wish.name),
        "source_path": wish.source_path,
        "source_fingerprint": wish.source_fingerprint,
        "overrides": json.dumps(dict(wish.overrides), sort_keys=True),
        "asked": stored_asked(wish.asked),
    }


def clip_columns(clip: Clip) -> dict[str, str]:
    """What a row keeps of a clip."""
    facts = {**clip_json(clip, _CLIP_COLUMNS), "fps": str(clip.fps)}
    return {
        "segment": json.dumps(segment_json(clip.segment, exact=True)),
        "clip": json.dumps(facts),
        "clip_path": clip.path,
        "clip_sha256": clip.sha256,
    }


def stills_columns(stills: Sequence[Still]) -> dict[str, str]:
    """What a row keeps of stills."""
    return {"stills": json.dumps([asdict(one) for one in stills])}


# The length follows from rate and number of frames, which is kept exactly.
_CLIP_COLUMNS: tuple[ClipFact, ...] = (
    "bytes",
    "model",
    *(name for name in CLIP_KEPT if name not in ("bytes", "length_s")),
)


def stored_columns(entry: Mapping[str, Any], *, account: str | None = None) -> dict[str, object]:
    """The columns of an exported registration; raises KeyError, TypeError or ValueError for none.

    The read-back of ``encoding.registration_json``: what a registry of an older version lacks is empty,
    its character's key too. ``account``: the one it goes to, None for the one it has.
    """
    facts, error = entry["clip_facts"], entry["error"] or {}
    clip: dict[str, object] = dict.fromkeys(("clip", "segment", "clip_path", "clip_sha256"))
    if facts is not None:
        kept = {name: value for name, value in facts.items() if name != "length_s"}
        fps = str(Fraction(facts["fps"]).limit_denominator(1001))
        clip = {
            "clip": json.dumps({**kept, "fps": fps, "model": entry["model"]}),
            "segment": json.dumps(entry["segment"]),
            "clip_path": entry["clip"],
            "clip_sha256": entry["clip_sha256"],
        }
    same = {name: entry[name] for name in _SAME_COLUMNS}
    overrides = json.dumps(entry["overrides"], sort_keys=True)
    asked = json.dumps(entry["asked"], sort_keys=True) if entry.get("asked") else None
    return {
        **same,
        "account": account or entry["account"],
        "identity": identity_now({**same, "overrides": overrides, "asked": asked}, account=account),
        **clip,
        "state": as_state(entry["state"]),
        "source_path": entry["source"],
        "overrides": overrides,
        "error_type": error.get("type"),
        "error": error.get("message"),
        "character": entry.get("character") or "",
        "consent": entry.get("consent"),
        "stills": json.dumps(entry["stills"]) if entry.get("stills") else None,
        "has_nsfw": int(entry.get("has_nsfw_contents", False)),
        "object_deleted_at": entry.get("object_deleted_at"),
        "deleted_at": entry.get("deleted_at"),
        "served_at": entry.get("served_at"),
        "key_hash": entry.get("key_hash"),
        "asked": asked,
    }


_SAME_COLUMNS = (
    "identity",
    "generation",
    "service",
    "account",
    "model",
    "name",
    "source_fingerprint",
    "bucket",
    "object_key",
    "submitting_at",
    "task_id",
    "character_id",
    "cost_usd",
    "created_at",
    "updated_at",
    "done_at",
)


def iso(moment: datetime) -> str:
    """A moment in UTC with milliseconds, as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clip_from(row: Row) -> Clip | None:
    if row["clip"] is None:
        return None
    facts = json.loads(row["clip"])
    facts["fps"] = Fraction(facts["fps"])
    facts["warnings"] = tuple(facts["warnings"])
    segment = _segment_from(json.loads(row["segment"]))
    return Clip(path=row["clip_path"], sha256=row["clip_sha256"], segment=segment, **facts)


def _segment_from(facts: dict[str, Any]) -> Segment:
    alternatives = tuple(Candidate(**other) for other in facts["alternatives"])
    return Segment(**{**facts, "reasons": tuple(facts["reasons"]), "alternatives": alternatives})


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None
