"""Rows that go to another account, each with the identity that the same order has there.

A key may change while its account stays, so what was recorded under a key's hash, or under a name
that its owner changes, must be found by the same command afterwards and not be paid for again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from screentest.client.config import DEFAULT_ACCOUNT
from screentest.client.registry.identity import account_of_key, identity_now, video_identity_now
from screentest.client.registry.states import MAY_BE_PAID

Run = Callable[..., sqlite3.Cursor]
"""Executes one statement with its values."""

REGISTRATIONS = "registrations"
"""The table of registrations; migrations from before it had this name pass the one it had."""

Key = tuple[str, str]
"""A service, and the hash of a key for it."""


def names_of_keys(newest_first: Iterable[Key], *, taken: Collection[str] = ()) -> dict[Key, str]:
    """What the account of each key is called: the key that was used last is the default account's.

    The others are named after their keys, as nobody can tell whether they are other accounts.
    ``taken``: services that have a default account already.
    """
    names: dict[Key, str] = {}
    has_default = set(taken)
    for service, key_hash in newest_first:
        is_first = service not in has_default
        names[service, key_hash] = DEFAULT_ACCOUNT if is_first else account_of_key(key_hash)
        has_default.add(service)
    return names


def transferred(
    run: Run,
    *,
    service: str,
    before: str,
    after: str,
    key_hash: str | None = None,
    table: str = REGISTRATIONS,
) -> int:
    """How many rows went from one account of a service to another, in the caller's transaction.

    ``key_hash``: only what was submitted with this key. ``table``: where the registrations are. Two
    that become the same stay two rows, each with its id: the later one is a later generation. Where
    both are under way the second keeps its identity, as only one may be.
    """
    condition = "WHERE service = ? AND account = ? AND (? IS NULL OR key_hash = ?)"
    values = (service, before, key_hash, key_hash)
    registrations = _rows(run, f"SELECT * FROM {table} {condition} ORDER BY row_id", *values)  # noqa: S608
    for row in registrations:
        identify(run, row, identity_now(row, account=after), table=table)
        run(f"UPDATE {table} SET account = ? WHERE row_id = ?", after, row["row_id"])  # noqa: S608
    videos = _rows(run, f"SELECT * FROM videos {condition} ORDER BY video_id", *values)  # noqa: S608
    for row in videos:
        _identify_video(run, row, video_identity_now(row, account=after))
        run("UPDATE videos SET account = ? WHERE video_id = ?", after, row["video_id"])
    return len(registrations) + len(videos)


def identify(run: Run, row: Mapping[str, Any], identity: str, *, table: str = REGISTRATIONS) -> None:
    """Give a registration's row an identity, as a further generation where others have it.

    Of two that are under way, the one that may be paid for has it; the other keeps the row's.
    """
    if identity == row["identity"]:
        return
    is_open = row["state"] != "done" and row["deleted_at"] is None
    other = _open(run, identity, table) if is_open else None
    if other is not None and not _gives_way(other, row):
        return
    if other is not None:
        aside = f"{other['row_id']} makes room"
        run(f"UPDATE {table} SET identity = ? WHERE row_id = ?", aside, other["row_id"])  # noqa: S608
    _set(run, row, identity, table)
    if other is not None:
        _set(run, other, row["identity"], table)


def _set(run: Run, row: Mapping[str, Any], identity: str, table: str) -> None:
    run(
        f"UPDATE {table} SET identity = ?, generation = (SELECT coalesce(max(generation), 0) + 1 "  # noqa: S608
        f"FROM {table} WHERE identity = ?) WHERE row_id = ?",
        identity,
        identity,
        row["row_id"],
    )


def _gives_way(other: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row under way leaves its identity to one that may be paid for, as it is not itself."""
    return row["state"] in MAY_BE_PAID and other["state"] not in MAY_BE_PAID


def _open(run: Run, identity: str, table: str) -> Mapping[str, Any] | None:
    """The row of an identity that is under way."""
    is_open = "identity = ? AND state <> 'done' AND deleted_at IS NULL"
    return next(iter(_rows(run, f"SELECT * FROM {table} WHERE {is_open}", identity)), None)  # noqa: S608


def _identify_video(run: Run, row: Mapping[str, Any], identity: str) -> None:
    if identity == row["identity"]:
        return
    select = "SELECT * FROM videos WHERE identity = ? AND state NOT IN ('done', 'failed')"
    is_open = row["state"] not in ("done", "failed")
    other = next(iter(_rows(run, select, identity)), None) if is_open else None
    if other is not None and not _gives_way(other, row):
        return
    update = "UPDATE videos SET identity = ? WHERE video_id = ?"
    if other is not None:
        run(update, f"{other['video_id']} makes room", other["video_id"])
    run(update, identity, row["video_id"])
    if other is not None:
        run(update, row["identity"], other["video_id"])


def _rows(run: Run, sql: str, *values: object) -> list[dict[str, Any]]:
    cursor = run(sql, *values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, found, strict=True)) for found in cursor.fetchall()]
