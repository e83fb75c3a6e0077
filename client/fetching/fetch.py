"""Footage as a file of this machine, wherever it lies: the one way in for every command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.config import S3Access
from screentest.client.fetching.cache import FOLDER, MOST_BYTES, Cache, LocalFootage
from screentest.client.fetching.elsewhere import InBucket, elsewhere
from screentest.client.worker import receive
from screentest.client.worker.line import Reach
from screentest.client.worker.receive import Bounds, Opener
from screentest.client.worker.web import opened
from screentest.prep.core.progress import Progress, unwatched

if TYPE_CHECKING:
    from screentest.client.fetching.store import FootageStore


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """Where footage is fetched to and from. ``home``: the cache lies below it. ``kept_bytes``: how much
    is kept there; ``most_bytes``: a larger file is refused. ``s3``: how buckets are reached.
    ``allow_private``: whether a URL may lead into a private network.
    """

    home: Path
    s3: S3Access = field(default_factory=S3Access)
    allow_private: bool = False
    most_bytes: int = receive.MOST_BYTES
    kept_bytes: int = MOST_BYTES


class Fetching:
    """Fetches footage; threads may share it. Close it, or use it as a context manager."""

    def __init__(self, plan: FetchPlan) -> None:
        self._plan = plan
        self._cache = Cache(plan.home / FOLDER, most_bytes=plan.kept_bytes)
        self._store: FootageStore | None = None

    def __enter__(self) -> Fetching:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    @property
    def store(self) -> FootageStore:
        """What lies in buckets; nothing is asked before it is used."""
        from screentest.client.fetching.store import FootageStore  # boto3: loaded where needed

        if self._store is None:
            self._store = FootageStore(self._plan.s3)
        return self._store

    @contextmanager
    def fetched(
        self,
        footage: str,
        *,
        progress: Progress = unwatched,
        goes_on: Callable[[], None] | None = None,
    ) -> Iterator[LocalFootage]:
        """The file at an address, which stays until the block ends.

        ``goes_on``: raises where nobody wants it any more, see ``Cache.fetched``. Raises ConfigError
        for an address that cannot be, NotFetched, StorageError, DiskFull.
        """
        place = elsewhere(footage)
        opener: Opener
        if isinstance(place, InBucket):
            opener = partial(self.store.opened, place.bucket, place.key)
        else:
            opener = partial(opened, place.url, reach=Reach(allow_private=self._plan.allow_private))
        bounds = Bounds(self._plan.most_bytes, progress=progress)
        asked = self._cache.fetched(place.names, place.shown, opener, bounds, goes_on=goes_on)
        with asked as found:
            yield found
