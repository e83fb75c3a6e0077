"""The registry: characters, videos and what they cost, in one SQLite file.

Durable before anything else: WAL with ``synchronous=FULL``, each move one transaction, a request
that costs money only after its row says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from screentest.client.registry.accounts import AccountLedger
from screentest.client.registry.characters import CharacterLedger
from screentest.client.registry.decisions import DecisionLedger
from screentest.client.registry.file.database import Database
from screentest.client.registry.registrations import RegistrationLedger
from screentest.client.registry.videos import VideoLedger, practised_usd, spent_usd

FILE_NAME = "registry.sqlite3"


def utc_now() -> datetime:
    return datetime.now(UTC)


class Registry:
    """The open registry of one home. Close it, or use it as a context manager.

    ``registrations`` and ``videos`` hold the rows, ``characters`` whom they show, ``accounts`` whose
    they are, ``decisions`` what is decided about footage. A method's name says what it does to the
    file: ``find_``, ``list_``, ``is_``, ``_of`` and every property read; ``record_``, ``mark_`` and
    ``add_`` write, each in one transaction.

    Opening makes the file where there is none, and brings an older one to the current schema.
    Raises RegistryDamaged for a file that cannot be read, which is never written to.
    """

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        opened: Callable[[Path], Database] = Database,
    ) -> None:
        self.path = path
        self.now = now
        self.database = opened(path)
        # The clock is looked up each time, so that whoever sets another one here sets all.
        self.characters = CharacterLedger(self.database, now=lambda: self.now())
        self.registrations = RegistrationLedger(self.database, now=lambda: self.now())
        self.videos = VideoLedger(self.database, now=lambda: self.now())
        self.accounts = AccountLedger(self.database, now=lambda: self.now())
        self.decisions = DecisionLedger(self.database, now=lambda: self.now())

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    @property
    def folder(self) -> str:
        """The folder that this registry's objects lie in, in any bucket; no other registry has it."""
        with self.database.mapped():
            return str(self.database.run("SELECT folder FROM home").fetchone()[0])

    @property
    def spent_usd(self) -> float:
        """What all registrations and videos at real services cost, deleted ones included."""
        return self._ordered_usd(practised=False) + spent_usd(self.videos.list_all())

    @property
    def practised_usd(self) -> float:
        """What all of the sandbox's would have cost elsewhere, at list prices."""
        return self._ordered_usd(practised=True) + practised_usd(self.videos.list_all())

    def _ordered_usd(self, *, practised: bool) -> float:
        """What registrations cost, deleted ones included: the sandbox's, or all others."""
        total = "SELECT total(cost_usd) FROM registrations WHERE (service = 'sandbox') = ?"
        with self.database.mapped():
            return float(self.database.run(total, practised).fetchone()[0])

    def list_task_ids(self) -> frozenset[str]:
        """Every task id that belongs to a character or a video, or did."""
        with self.database.mapped():
            rows = self.database.run(
                "SELECT task_id FROM tasks UNION SELECT task_id FROM videos WHERE task_id IS NOT NULL"
            )
            return frozenset(row[0] for row in rows)
