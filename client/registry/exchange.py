"""The registry as a file to carry: JSON out and in again, CSV out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from screentest.client.errors import RegistryError
from screentest.client.registry.accounts import KnownKey
from screentest.client.registry.decisions import step_json, stored_step
from screentest.client.registry.encoding import video_json
from screentest.client.registry.file.migrations import ACCOUNTS_NAMED, LATEST
from screentest.client.registry.file.validation import require_valid
from screentest.client.registry.records import (
    Registration,
    Values,
    iso,
    move_from,
    record_from,
    stored_columns,
)
from screentest.client.registry.registry import Registry
from screentest.client.registry.transfer import Key
from screentest.client.registry.videos import Video, is_paid, stored_video
from screentest.client.remote.prices import is_price
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
    "kind",
    "account",
    "prompt",
    "video",
)
"""Of a video, ``name`` holds those of its characters, and ``cost_usd`` is empty until it is paid.

New columns come last, for who reads by place.
"""


def exported(registry: Registry) -> Json:
    """Everything in the registry as JSON, tombstones included, without secrets."""
    return {
        "format": FORMAT,
        "version": LATEST,
        "exported_at": iso(registry.now()),
        "characters": [
            _entry(record, registry) for record in registry.registrations.list_all(deleted=True)
        ],
        "videos": [{**video_json(record), **_submit(record)} for record in registry.videos.list_all()],
        "keys": [asdict(key) for key in registry.accounts.list_keys()],
        "decisions": [step_json(step) for step in registry.decisions.list_steps()],
    }


def _entry(record: Registration, registry: Registry) -> Json:
    # A task that failed belongs to its registration for ever: none belongs to two.
    ledger = registry.registrations
    own: Json = {"task_ids": list(ledger.task_ids_of(record))}
    if record.asked is not None:
        own["asked"] = asdict(record.asked)
    return {**ledger.history_of(record), **_submit(record), **own}


def _submit(record: Registration | Video) -> Json:
    """What only settling a submit needs: the service's clock, and which key it went with."""
    served_at = iso(record.served_at) if record.served_at else None
    return {"served_at": served_at, "key_hash": record.key_hash}


def csv_of(content: Json) -> str:
    """An export as CSV, one line per registration, then one per video, with a heading."""
    rows = [
        {**entry, **(entry["segment"] or {}), **_defused(entry), "kind": "registration"}
        for entry in _list(content, "characters")
    ]
    rows += [_video_line(entry) for entry in _list(content, "videos")]
    return "".join(map(_csv_line, [dict(zip(CSV_COLUMNS, CSV_COLUMNS, strict=True)), *rows]))


def _video_line(entry: Mapping[str, Any]) -> dict[str, Any]:
    named = {**entry, "name": ", ".join(str(one["name"]) for one in entry.get("shows") or ())}
    if not is_paid(entry["state"], (entry["error"] or {}).get("type")):
        named["cost_usd"] = None
    return {**named, **_defused(named), "kind": "video"}


def _csv_line(row: Mapping[str, Any]) -> str:
    # The writer quotes the characters of its own line end alone, and readers end a line at any.
    line = io.StringIO()
    csv.DictWriter(line, CSV_COLUMNS, extrasaction="ignore", lineterminator="\r\n").writerow(row)
    return line.getvalue().removesuffix("\r\n") + "\n"


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
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise RegistryError(f"{path} does not say which version of an export it is.", hint)
    if version > LATEST:
        raise RegistryError(
            f"{path} was written by a newer screentest.", "Update screentest to the newest release."
        )
    return content


@dataclass(frozen=True, slots=True)
class Added:
    """How much was added.

    ``known``: what was recorded already and left as it is. ``other_keys``: accounts that had other keys
    there than here, and are taken for the same. ``decisions``: steps of what was decided about footage.
    """

    characters: int
    videos: int
    known: int
    other_keys: tuple[str, ...] = ()
    decisions: int = 0


def imported(content: Json, registry: Registry) -> Added:
    """What was added of an export: all that was not known, in one transaction, or nothing.

    Raises RegistryError for an entry that cannot be read. The names of the registry's own folders in a
    bucket do not come along: the home that exported may live on and need its objects there.
    """
    try:
        keys, names = _accounts(content, registry)
        folder = registry.folder
        characters = [_row(entry, names) for entry in _list(content, "characters")]
        videos = [_video_row(entry, names) for entry in _list(content, "videos")]
        steps = [stored_step(entry) for entry in _list(content, "decisions")]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise RegistryError(
            f"The export holds an entry that cannot be read ({type(error).__name__}: {error}).",
            "Nothing was imported.",
        ) from None
    other_keys = _with_other_keys(keys, registry)
    with registry.database.transaction():
        registered = sum(
            registry.registrations.add_imported(
                _without_own_object(columns, folder), moves=moves, task_ids=task_ids
            )
            for columns, moves, task_ids in characters
        )
        made = sum(registry.videos.add_imported(columns) for columns in videos)
        registry.accounts.add_imported(keys)
        decided = sum(registry.decisions.add_imported(step) for step in steps)
    known = len(characters) + len(videos) - registered - made
    return Added(registered, made, known, other_keys, decided)


def _accounts(content: Json, registry: Registry) -> tuple[list[KnownKey], Mapping[Key, str]]:
    """The keys of an export's accounts, and what those accounts are called that were keys then."""
    if int(str(content["version"])) >= ACCOUNTS_NAMED:
        keys = [KnownKey(**entry) for entry in _list(content, "keys")]
        for key in keys:
            require_valid(key)
            _require_moment(key.known_at)
        return keys, {}
    used: dict[Key, str] = {}
    for entry in (*_list(content, "characters"), *_list(content, "videos")):
        place = (entry["service"], entry["account"])
        used[place] = max(used.get(place, ""), entry["submitting_at"] or entry["created_at"])
    names = registry.accounts.names_of(sorted(used, key=lambda place: used[place], reverse=True))
    return [KnownKey(place[0], name, place[1], used[place]) for place, name in names.items()], names


def _with_other_keys(keys: Sequence[KnownKey], registry: Registry) -> tuple[str, ...]:
    """Accounts that have keys there and here, and none in common."""
    there: dict[Key, set[str]] = {}
    for key in keys:
        there.setdefault((key.service, key.account), set()).add(key.key_hash)
    here = {account: registry.accounts.keys_of(*account) for account in there}
    return tuple(
        f"{name!r} at {service}"
        for (service, name), found in there.items()
        if here[service, name] and found.isdisjoint(here[service, name])
    )


def _require_moment(text: str) -> None:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"not a moment: {text!r}")


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


def _row(
    entry: Mapping[str, Any], names: Mapping[Key, str]
) -> tuple[dict[str, object], list[Values], list[str]]:
    columns = stored_columns(_with_key(entry, names), account=_account(entry, names))
    record = record_from({"row_id": 0, "character_no": 0, **columns})
    require_valid(record)
    _require_price(record.cost_usd)
    if record.generation < 1:
        raise ValueError(f"not a generation: {record.generation}")
    own = [entry["task_id"]] if entry["task_id"] else []
    task_ids = list(dict.fromkeys([*entry.get("task_ids", []), *own]))
    if not all(isinstance(task_id, str) for task_id in task_ids):
        raise TypeError("a task id is not text")
    "".join(task_ids).encode()
    return columns, [_move_row(move) for move in entry["moves"]], task_ids


def _account(entry: Mapping[str, Any], names: Mapping[Key, str]) -> str | None:
    return names.get((entry["service"], entry["account"]))


def _with_key(entry: Mapping[str, Any], names: Mapping[Key, str]) -> Mapping[str, Any]:
    """The entry with the key it was submitted with, which once was its account."""
    return {**entry, "key_hash": entry["account"]} if names else entry


def _video_row(entry: Mapping[str, Any], names: Mapping[Key, str]) -> dict[str, object]:
    columns = stored_video(_with_key(entry, names), account=_account(entry, names))
    _require_price(entry["cost_usd"])
    return columns


def _require_price(cost_usd: float | None) -> None:
    # Texts are refused before.
    if cost_usd is not None and not is_price(cost_usd):
        raise ValueError(f"not a price: {cost_usd}")


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
