"""What a step of the schema has to do that SQL alone cannot: each over the rows that are there."""

from __future__ import annotations

import sqlite3

from screentest.client.registry.identity import choice_in, folded, identity_now
from screentest.client.registry.transfer import Run, identify, names_of_keys, transferred


def bring_names_into_one_form(connection: sqlite3.Connection) -> None:
    """Give every registration the identity that the same command has now.

    Two that become the same stay two rows, each with its id: the later one is a later generation.
    Where both are under way the second keeps its identity, as only one may be.
    """
    names = (
        "row_id", "identity", "state", "service", "account", "model", "name", "source_fingerprint",
        "overrides", "deleted_at",
    )  # fmt: skip
    found = connection.execute(f"SELECT {', '.join(names)} FROM characters ORDER BY row_id")  # noqa: S608
    for values in found.fetchall():
        row = dict(zip(names, values, strict=True))
        identify(_run_of(connection), row, identity_now(row), table="characters")


def name_accounts(connection: sqlite3.Connection) -> None:
    """Bring what was recorded under the hash of a key to an account with a name."""
    run = _run_of(connection)
    for table in ("characters", "videos"):
        run(f"UPDATE {table} SET key_hash = account")  # noqa: S608
    used = run(
        "SELECT service, key_hash, max(used_at) FROM ("
        "SELECT service, key_hash, coalesce(submitting_at, created_at) AS used_at FROM characters "
        "UNION ALL "
        "SELECT service, key_hash, coalesce(submitting_at, created_at) AS used_at FROM videos) "
        "GROUP BY service, key_hash ORDER BY max(used_at) DESC, key_hash"
    ).fetchall()
    names = names_of_keys((service, key_hash) for service, key_hash, _ in used)
    for service, key_hash, used_at in used:
        name = names[service, key_hash]
        run("INSERT INTO keys VALUES (?, ?, ?, ?)", service, name, key_hash, used_at)
        transferred(run, service=service, before=key_hash, after=name, table="characters")


def bring_characters_together(connection: sqlite3.Connection) -> None:
    """One character of those whose names differ in nothing but how they were typed."""
    run = _run_of(connection)
    columns = "character_no, name, source_fingerprint, overrides"
    found = run(f"SELECT {columns} FROM registrations GROUP BY character_no ORDER BY character_no")  # noqa: S608
    first: dict[tuple[object, ...], int] = {}
    for number, name, footage, overrides in found.fetchall():
        kept = first.setdefault((folded(name), footage, choice_in(overrides)), number)
        if kept != number:
            run("UPDATE registrations SET character_no = ? WHERE character_no = ?", kept, number)
            run(
                "UPDATE characters SET consent = (SELECT group_concat(consent, '; ') FROM characters "
                "WHERE character_no IN (?1, ?2)) WHERE character_no = ?1",
                kept,
                number,
            )
            run("DELETE FROM characters WHERE character_no = ?", number)


def fold_names(connection: sqlite3.Connection) -> None:
    run = _run_of(connection)
    for row_id, name in run("SELECT row_id, name FROM registrations").fetchall():
        run("UPDATE registrations SET name_folded = ? WHERE row_id = ?", folded(name), row_id)


def _run_of(connection: sqlite3.Connection) -> Run:
    return lambda sql, *values: connection.execute(sql, values)
