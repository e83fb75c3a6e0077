"""The registry as a file to carry: JSON out and in again, CSV out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from client.errors import RegistryError
from client.migrations import LATEST
from client.records import Json, iso, stored_columns
from client.registry import Registry, Values
from client.videos import VideoLedger, video_json

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
    """``characters export``: everything, tombstones included, without secrets."""
    return {
        "format": FORMAT,
        "version": LATEST,
        "exported_at": iso(registry.now()),
        "characters": [registry.story(record) for record in registry.list(deleted=True)],
        "videos": [video_json(record) for record in VideoLedger(registry).list()],
    }


def csv_of(content: Json) -> str:
    """An export as CSV, one line per registration, with a heading."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    characters = content["characters"]
    for story in characters if isinstance(characters, list) else ():
        writer.writerow({**story, **(story["segment"] or {}), **_defused(story)})
    return out.getvalue()


def read_export(path: Path) -> Json:
    """The content of an exported file. Raises RegistryError for any other."""
    hint = "Give a file that `screentest characters export` wrote."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no JSON"
        raise RegistryError(f"{path} cannot be read: {reason}.", hint) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RegistryError(f"{path} is not an exported registry.", hint)
    if not isinstance(content.get("version"), int) or content["version"] > LATEST:
        raise RegistryError(
            f"{path} was written by a newer screentest.", "Update screentest to the newest release."
        )
    return content


def imported(content: Json, registry: Registry) -> tuple[int, int]:
    """How many registrations were added, and how many were known already and left as they are.

    All of them in one transaction, or none. Raises RegistryError for an entry that is none.
    """
    entries = content.get("characters")
    try:
        rows = [_row(entry) for entry in entries] if isinstance(entries, list) else []
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RegistryError(
            f"The export holds an entry that cannot be read ({type(error).__name__}: {error}).",
            "Nothing was imported.",
        ) from None
    added = registry.insert_all(rows)
    return added, len(rows) - added


def _row(entry: Mapping[str, Any]) -> tuple[dict[str, object], list[Values]]:
    moves: list[Values] = [
        (move["at"], move["before"], move["after"], move["note"]) for move in entry["moves"]
    ]
    return stored_columns(entry), moves


def _defused(story: Mapping[str, Any]) -> dict[str, str]:
    """Texts that a spreadsheet would take for a formula, made plain."""
    risky = ("=", "+", "-", "@", "\t", "\r")
    return {
        name: f"'{value}"
        for name, value in story.items()
        if isinstance(value, str) and value.startswith(risky)
    }
