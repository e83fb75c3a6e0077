"""The characters in an open registry: each its owner's, with registrations at models and accounts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from screentest.client.errors import UnknownCharacter
from screentest.client.registry.file.database import Database
from screentest.client.registry.identity import NAMED, choice_in, folded
from screentest.client.registry.records import Registration, iso
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody or something that videos show, whatever model knows it.

    ``number``: its row here; ``key``: what it is called in every registry that it is exported to.
    ``consent``: its owner's note, None for none. What it was made from is told by its registrations.
    """

    number: int
    key: str
    name: str
    consent: str | None
    created_at: datetime


class CharacterLedger:
    """Every character that was ever registered; none is removed, as its registrations are not."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    # Reading

    def list_all(self) -> tuple[Character, ...]:
        """Every character, in the order they came."""
        return self._select("ORDER BY character_no")

    def find(self, number: int) -> Character:
        """The character of a row. Raises UnknownCharacter."""
        if found := self._select("WHERE character_no = ?", number):
            return found[0]
        raise UnknownCharacter(
            f"Character {number} is not recorded in {self._database.path}.", Remedy("list_characters")
        )

    def find_key(self, key: str) -> int | None:
        """The number of the character of that key."""
        found = self._select("WHERE key = ?", key)
        return found[0].number if found else None

    def find_same(self, name: str, *, footage: str, overrides: str) -> int | None:
        """The number of the character of a name and a choice from some footage, deleted or not.

        ``footage``: its fingerprint; ``overrides``: as a registration's row holds them.
        """
        find = f"SELECT character_no, overrides FROM registrations WHERE {NAMED} "  # noqa: S608
        find += "AND source_fingerprint = ?2 ORDER BY deleted_at IS NULL DESC, row_id DESC"
        with self._database.mapped():
            rows = self._database.run(find, folded(name), footage).fetchall()
        wanted = choice_in(overrides)
        return next((number for number, said in rows if choice_in(said) == wanted), None)

    # Writing

    def add_for(self, columns: Mapping[str, Any], *, number: int | None = None) -> int:
        """The number of the character that a registration with these columns is of; made where needed.

        ``number``: where that is known. ``columns``: ``character``, a key, where another registry tells
        it. Where nobody has that here, it is the character of the same name, footage and choice,
        deleted or not. A note of consent is added to what it has.
        """
        key = columns.get("character") or ""
        note = columns.get("consent") or None
        with self._database.transaction():
            number = number or (self.find_key(key) if key else None)
            number = number or self.find_same(
                columns["name"],
                footage=columns["source_fingerprint"],
                overrides=columns["overrides"],
            )
            if number is None:
                return self._add(key or secrets.token_hex(8), columns, note)
            known = self.find(number).consent
            if note and note not in (known or ""):
                self.record_consent(number, f"{known}; {note}" if known else note)
            return number

    def record_for(self, row: Registration, columns: Mapping[str, Any]) -> int:
        """The number of the character that a registration is of once it has other columns.

        One of which there is nothing else takes its name, unless another has the same name and choice.
        """
        footage, overrides = columns["source_fingerprint"], columns["overrides"]
        others = "SELECT 1 FROM registrations WHERE character_no = ? AND row_id <> ?"
        rename = "UPDATE characters SET name = ? WHERE character_no = ?"
        with self._database.transaction():
            same = self.find_same(columns["name"], footage=footage, overrides=overrides)
            if same is not None:
                return same
            if self._database.run(others, row.character_no, row.row_id).fetchone():
                return self._add(secrets.token_hex(8), columns, row.consent)
            self._database.run(rename, columns["name"], row.character_no)
            return row.character_no

    def record_consent(self, number: int, note: str | None) -> None:
        """The character has this note of consent, and no other."""
        update = "UPDATE characters SET consent = ? WHERE character_no = ?"
        with self._database.transaction():
            self._database.run(update, note or None, number)

    def _add(self, key: str, columns: Mapping[str, Any], note: str | None) -> int:
        at = columns.get("created_at") or iso(self._now())
        insert = "INSERT INTO characters (key, name, consent, created_at) VALUES (?, ?, ?, ?)"
        return int(self._database.run(insert, key, columns["name"], note, at).lastrowid or 0)

    def _select(self, clause: str, *values: object) -> tuple[Character, ...]:
        with self._database.mapped():
            select = f"SELECT * FROM characters {clause}"  # noqa: S608
            return tuple(
                Character(
                    number=row["character_no"],
                    key=row["key"],
                    name=row["name"],
                    consent=row["consent"],
                    created_at=datetime.fromisoformat(row["created_at"]),
                )
                for row in self._database.run(select, *values)
            )
