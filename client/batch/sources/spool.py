"""The items of a batch on disk: all have to be known before one has a name, and memory is not for that.

SQLite's own temporary database: it holds a few megabytes in memory, has no name that another program
could open it by, and is gone with the process.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

from screentest.client.batch.item import Item
from screentest.client.batch.sources.naming import name_below
from screentest.client.characters.choosing.decided import said_in
from screentest.client.characters.order import Order
from screentest.client.fetching.elsewhere import elsewhere, is_elsewhere, named_after
from screentest.client.registry.identity import folded, one_form
from screentest.prep.core.errors import SetupError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.wishes import Wishes

MOST_FOLDERS = 7
"""How many folders' names a made name takes before it is numbered."""

_COLUMNS = ("key", "line", "said", "given", "first", "alike", "name", "folded")
_TABLES = (
    # alike: what no folder's name tells apart, such as joe.mp4 and joe.mov in one folder.
    """
    CREATE TABLE items (
        number INTEGER PRIMARY KEY, key TEXT UNIQUE, line INTEGER, said TEXT, given INTEGER,
        first BLOB, alike BLOB, name TEXT, folded TEXT
    )
    """,
    "CREATE INDEX by_folded ON items (folded)",
    "CREATE TABLE files (number INTEGER, path BLOB, real BLOB, UNIQUE (number, real))",
    "CREATE INDEX by_real ON files (real)",
)
_INSERT = f"INSERT INTO items ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})"  # noqa: S608
_COLLIDE = "given = 0 AND folded IN (SELECT folded FROM items GROUP BY folded HAVING {} > 1)"


class ItemSpool:
    """Items in the order they were added; each pass over it reads them anew. ``close`` lets go of
    them; whoever forgets a spool does so too.

    ``defaults``: the order that most items are like. An item that the user gave no name has "" until
    ``call`` is done.
    """

    def __init__(self, defaults: Order) -> None:
        self._defaults = defaults
        with _mapped():
            # One that is forgotten is closed by whichever thread collects it.
            self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self.close = weakref.finalize(self, self._database.close)
            self._database.create_function("called", 2, _called, deterministic=True)
            self._database.create_function("folded", 1, folded, deterministic=True)
            for statement in ("PRAGMA journal_mode = OFF", *_TABLES, "BEGIN"):
                self._database.execute(statement)

    def __len__(self) -> int:
        with _mapped():
            return int(self._database.execute("SELECT count(*) FROM items").fetchone()[0])

    def __iter__(self) -> Iterator[Item]:
        with _mapped():
            rows = self._database.execute(
                "SELECT number, line, said, given, name FROM items ORDER BY number"
            )
            for row in rows:
                yield self._item(*row)

    def add(self, item: Item) -> Item | None:
        """Keeps an item, or its footage with the one of the same name that the user gave before.

        Returns that one where it wants other things, and keeps nothing then. What nobody named is kept
        once for each file and what is wanted of it.
        """
        said = _said(item.order, self._defaults)
        key = f"name {one_form(item.name)}" if item.name_given else f"{said} {_real(item.footage[0])!r}"
        key = hashlib.sha256(os.fsencode(key)).hexdigest()
        find = "SELECT number, line, said, given, name FROM items WHERE key = ?"
        with _mapped():
            row = self._database.execute(find, (key,)).fetchone()
            if row is None:
                self._add(key, said, item)
            elif item.name_given:
                before = self._item(*row)
                if replace(before.order, footage="") != replace(item.order, footage=""):
                    return before
                self._add_files(row[0], item)
            return None

    def has(self, file: str) -> bool:
        """Whether an item has this file, however its path is spelled."""
        find = "SELECT 1 FROM files WHERE real = ?"
        with _mapped():
            return self._database.execute(find, (_real(file),)).fetchone() is not None

    def call(self) -> None:
        """Gives whoever nobody named a name of their own: made of the file's, and where names collide
        of its folders' too; what those do not tell apart is numbered.

        The same file in the same company is called the same in every run, whatever their order. A name
        that the user gave stays.
        """
        with _mapped():
            self._call(0, "given = 0")
            for depth in range(1, MOST_FOLDERS + 1):
                if not self._call(depth, _COLLIDE.format("count(DISTINCT alike)")):
                    break
            self._number()

    def _add(self, key: str, said: str, item: Item) -> None:
        first = named_after(item.footage[0])
        alike = f"{os.path.realpath(first.parent)}/{folded(name_below(first, 0))}"
        row = {
            "key": key,
            "line": item.line,
            "said": said,
            "given": item.name_given,
            "first": os.fsencode(item.footage[0]),
            "alike": key if item.name_given else os.fsencode(alike),
            "name": item.name,
            "folded": folded(item.name),
        }
        number = self._database.execute(_INSERT, row).lastrowid
        self._add_files(number or 0, item)

    def _add_files(self, number: int, item: Item) -> None:
        rows = ((number, os.fsencode(file), _real(file)) for file in item.footage)
        self._database.executemany("INSERT OR IGNORE INTO files VALUES (?, ?, ?)", rows)

    def _item(self, number: int, line: int | None, said: str, given: int, name: str) -> Item:
        found = self._database.execute(
            "SELECT path FROM files WHERE number = ? ORDER BY rowid", (number,)
        )
        footage = tuple(os.fsdecode(path) for (path,) in found)
        order = _order(said, self._defaults)
        if not given:  # nobody said the name: one that is decided comes before it
            order = replace(order, said=said_in(replace(order, name="")))
        order = replace(order, footage=footage[0], name=name)
        return Item(order, footage, name_given=bool(given), line=line)

    def _call(self, depth: int, which: str) -> int:
        rename = f"""
            UPDATE items SET name = called(first, ?1), folded = folded(called(first, ?1)) WHERE {which}
        """  # noqa: S608
        return self._database.execute(rename, (depth,)).rowcount

    def _number(self) -> None:
        twins = f"SELECT number, name, folded FROM items WHERE {_COLLIDE.format('count(*)')}"  # noqa: S608
        self._database.execute(f"CREATE TEMP TABLE twins AS {twins} ORDER BY folded, first, number")
        before, count = "", 0
        for number, name, alike in self._database.execute("SELECT * FROM twins ORDER BY rowid"):
            count = 1 if alike != before else count + 1
            while self._is_taken(folded(f"{name} {count}")):
                count += 1
            before, own = alike, f"{name} {count}"
            self._database.execute(
                "UPDATE items SET name = ?, folded = ? WHERE number = ?", (own, folded(own), number)
            )
        self._database.execute("DROP TABLE twins")

    def _is_taken(self, name: str) -> bool:
        find = "SELECT 1 FROM items WHERE folded = ?"
        return self._database.execute(find, (name,)).fetchone() is not None


def _real(file: str) -> bytes:
    """What tells a file from all others, however it is spelled; an address without its signature."""
    return os.fsencode(elsewhere(file).names if is_elsewhere(file) else os.path.realpath(file))


def _called(first: bytes, depth: int) -> str:
    return name_below(named_after(os.fsdecode(first)), depth)


def _said(order: Order, defaults: Order) -> str:
    """What an order says otherwise than the defaults, but for its footage and name."""
    said = _differing(order, defaults, besides=("footage", "name", "wishes"))
    return json.dumps([said, _differing(order.wishes, defaults.wishes)], default=sorted)


def _order(said: str, defaults: Order) -> Order:
    of_order, of_wishes = json.loads(said)
    if of_wishes:
        of_order["wishes"] = replace(defaults.wishes, **of_wishes)
    if of_order.get("said") is not None:
        of_order["said"] = frozenset(of_order["said"])
    return replace(defaults, **of_order)


def _differing(
    one: Order | Wishes, other: Order | Wishes, besides: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    names = (field.name for field in fields(one) if field.name not in besides)
    return {name: getattr(one, name) for name in names if getattr(one, name) != getattr(other, name)}


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SetupError(
            f"The list of items cannot be kept: {error}.",
            Remedy("by_hand", words="name a folder with room in TMPDIR"),
        ) from error
