"""A glance at a registry: it makes no file, brings none up to date and waits for nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_WAIT_S = 0.2


def names_in(home: Path) -> list[tuple[str, str | None]]:
    """(name, id) of each living character of a home, the id of its newest registration that has one.

    Raises sqlite3.Error where there is no registry, or one of another version.
    """
    from screentest.client.registry.registry import FILE_NAME

    select = (
        "SELECT name, character_id FROM registrations WHERE deleted_at IS NULL "
        "ORDER BY character_id IS NOT NULL, row_id"
    )
    address = f"{(home / FILE_NAME).as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as connection:
        return list(dict(connection.execute(select).fetchall()).items())
