"""The registry's file: made private, opened durable, never written to when it is not ours or damaged.

WAL with ``synchronous=FULL`` and foreign keys. The errors of sqlite3 become ours here, once; a file is
called damaged where SQLite's own check says so, and nowhere else.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from screentest.client.config import private_folder
from screentest.client.errors import RegistryDamaged, RegistryError
from screentest.client.registry.file.migrations import APPLICATION_ID, LATEST, migrate, version_of
from screentest.client.registry.identity import folded
from screentest.prep.core.remedy import Remedy, remedies_of
from screentest.prep.core.text import shown

BUSY_S = 15.0
"""How long one process waits for another's transaction, which takes milliseconds."""


class Database:
    """An open connection in autocommit mode; each change is one transaction of its own.

    Opening makes the file where there is none, and brings an older one to the current schema.
    ``any_thread``: another thread than the one that opened it may use it, one at a time.
    Raises RegistryDamaged for a file that cannot be read, which is never written to.
    """

    def __init__(self, path: Path, *, any_thread: bool = False) -> None:
        self.path = path
        with _mapped(path):
            self._connection = _opened(path, any_thread=any_thread)

    def close(self) -> None:
        self._connection.close()

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Execute one statement."""
        return self._connection.execute(sql, values)

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Errors of sqlite3, and of values that were not written here, become ours in the block."""
        with _mapped(self.path):
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing of it; other writers wait. One inside another joins it."""
        with _mapped(self.path):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _opened(path: Path, *, any_thread: bool) -> sqlite3.Connection:
    private_folder(path.parent)
    # Made here and not by SQLite, whose mode would follow the umask; its -wal and -shm copy ours.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=not any_thread
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.create_function("folded", 1, folded, deterministic=True)
        # A row that another program wrote in bytes that are not text stays readable.
        connection.text_factory = _text
        _require_ours(connection, path)
        _set_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_ours(connection: sqlite3.Connection, path: Path) -> None:
    (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if problem != "ok":
        raise _damaged(path, str(problem))
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and mark != APPLICATION_ID:
        raise RegistryError(
            f"{path} is another program's database.", Remedy("home", words="choose another folder")
        )
    if version_of(connection) > LATEST:
        raise RegistryError(
            f"{path} was written by a newer screentest.", "Update screentest to the newest release."
        )


def _set_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for other connections when it changes the mode, so this does.
    give_up = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _damaged(path: Path, problem: str) -> RegistryDamaged:
    return RegistryDamaged(
        f"The registry {path} is damaged ({problem}); it was left as it is.",
        f"Move {path.name} and any {path.name}-wal and -shm beside it away.",
        Remedy("by_hand", words="put a copy back"),
        Remedy("import"),
        f"Or rescue it with: sqlite3 {path.name} .recover | sqlite3 rescued.sqlite3",
    )


def _damaged_or_unreadable(path: Path, error: Exception) -> RegistryError:
    """What a row or a page that cannot be read means: damage only where SQLite's own check finds it."""
    if problem := _found_by_sqlite(path):
        return _damaged(path, problem)
    return RegistryError(
        f"The registry {path} is whole, but an entry of it cannot be read: {shown(str(error))}.",
        "Another program or version may have written it; nothing was changed.",
        Remedy("by_hand", words="put a copy back"),
    )


def _found_by_sqlite(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return ""  # busy, or gone: that is not known
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if problem == "ok" else str(problem)


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            ways = remedies_of("Another process writes to it.", Remedy("retry"))
        else:
            ways = remedies_of("Check the folder's rights and the room on its disk.")
        raise RegistryError(f"The registry {path} cannot be used: {text}.", *ways) from error
    except sqlite3.IntegrityError as error:
        raise RegistryError(f"The registry {path} refused a change: {error}.") from error
    except UnicodeEncodeError as error:
        raise RegistryError(
            f"{shown(str(error.object))!r} is not valid UTF-8 and cannot be recorded.",
            "Write it in UTF-8.",
        ) from None
    except (sqlite3.DatabaseError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise _damaged_or_unreadable(path, error) from error
    except OSError as error:
        raise RegistryError(
            f"The registry {path} cannot be opened: {error.strerror}.",
            "Check the folder's rights and the room on its disk.",
        ) from error
