"""The registry as a file to carry: JSON out and in again, CSV out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from screentest.client.errors import RegistryError
from screentest.client.registry.encoding import video_json
from screentest.client.registry.migrations import LATEST
from screentest.client.registry.records import (
    Character,
    Values,
    iso,
    move_from,
    record_from,
    stored_columns,
)
from screentest.client.registry.registry import Registry
from screentest.client.registry.validation import require_valid
from screentest.client.registry.videos import stored_video
from screentest.prep.core.encoding import Json
from screentest.prep.core.remedy import Remedy

FORMAT = "screentest-registry"

CSV_COLUMNS = (
    "name",
    "character_id",
    "state",
    "model",
    "service",
    "cost_usd",
    "source",
    "start_s",
    "length_s",
    "score",
    "clip",
    "clip_sha256",
    "task_id",
    "consent",
    "created_at",
    "done_at",
    "deleted_at",
)


def exported(registry: Registry) -> Json:
    """Everything in the registry as JSON, tombstones included, without secrets."""
    return {
        "format": FORMAT,
        "version": LATEST,
        "exported_at": iso(registry.now()),
        "characters": [
            _entry(record, registry) for record in registry.characters.list_all(deleted=True)
        ],
        "videos": [video_json(record) for record in registry.videos.list_all()],
    }


def _entry(record: Character, registry: Registry) -> Json:
    # A task that failed belongs to its registration for ever: none belongs to two.
    ledger = registry.characters
    return {**ledger.history_of(record), "task_ids": list(ledger.task_ids_of(record))}


def csv_of(content: Json) -> str:
    """An export as CSV, one line per registration, with a heading."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    characters = content["characters"]
    for entry in characters if isinstance(characters, list) else ():
        writer.writerow({**entry, **(entry["segment"] or {}), **_defused(entry)})
    return out.getvalue()


def read_export(path: Path) -> Json:
    """The content of an exported file. Raises RegistryError for any other."""
    hint = Remedy("export")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise RegistryError(f"{path} cannot be read: {reason}.", hint) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RegistryError(f"{path} is not an exported registry.", hint)
    if not isinstance(content.get("version"), int) or content["version"] > LATEST:
        raise RegistryError(
            f"{path} was written by a newer screentest.", "Update screentest to the newest release."
        )
    return content


@dataclass(frozen=True, slots=True)
class Added:
    """How much was added; ``known``: what was recorded already and left as it is."""

    characters: int
    videos: int
    known: int


def imported(content: Json, registry: Registry) -> Added:
    """What was added of an export: all that was not known, in one transaction, or nothing.

    Raises RegistryError for an entry that cannot be read. The names of the registry's own folders in a
    bucket do not come along: the home that exported may live on and need its objects there.
    """
    try:
        folder = registry.folder
        characters = [_row(entry, folder) for entry in _list(content, "characters")]
        videos = [stored_video(entry) for entry in _list(content, "videos")]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise RegistryError(
            f"The export holds an entry that cannot be read ({type(error).__name__}: {error}).",
            "Nothing was imported.",
        ) from None
    with registry.database.transaction():
        registered = sum(
            registry.characters.add_imported(
                _without_own_object(columns, folder), moves=moves, task_ids=task_ids
            )
            for columns, moves, task_ids in characters
        )
        made = sum(registry.videos.add_imported(columns) for columns in videos)
    return Added(registered, made, len(characters) + len(videos) - registered - made)


def _without_own_object(columns: dict[str, object], folder: str) -> dict[str, object]:
    """The columns without an object in this registry's own folder: an import gives no right to it."""
    if not str(columns["object_key"]).startswith(f"{folder}/"):
        return columns
    return {**columns, "bucket": None, "object_key": None}


def _list(content: Json, name: str) -> list[Mapping[str, Any]]:
    entries = content.get(name, [])
    if not isinstance(entries, list):
        raise TypeError(f"{name} is not a list")
    return entries


def _row(entry: Mapping[str, Any], folder: str) -> tuple[dict[str, object], list[Values], list[str]]:
    columns = _without_own_object(stored_columns(entry), folder)
    record = record_from({"row_id": 0, **columns})
    require_valid(record)
    if record.generation < 1:
        raise ValueError(f"not a generation: {record.generation}")
    own = [entry["task_id"]] if entry["task_id"] else []
    task_ids = list(dict.fromkeys([*entry.get("task_ids", []), *own]))
    if not all(isinstance(task_id, str) for task_id in task_ids):
        raise TypeError("a task id is not text")
    "".join(task_ids).encode()
    return columns, [_move_row(move) for move in entry["moves"]], task_ids


def _move_row(move: Mapping[str, Any]) -> Values:
    require_valid(move_from(move))
    return move["at"], move["before"], move["after"], move["note"]


def _defused(entry: Mapping[str, Any]) -> dict[str, str]:
    """Texts that a spreadsheet would take for a formula, made plain."""
    risky = ("=", "+", "-", "@", "\t", "\r")
    return {
        name: f"'{value}"
        for name, value in entry.items()
        if isinstance(value, str) and value.startswith(risky)
    }
