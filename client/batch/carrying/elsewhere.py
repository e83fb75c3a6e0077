"""Where workers find footage of buckets and of the web: the driver signs for its own credentials."""

from __future__ import annotations

from collections.abc import Callable

from screentest.client.fetching.elsewhere import InBucket, elsewhere
from screentest.client.fetching.store import FootageStore
from screentest.client.worker.job import Place

_GET_S = 6 * 3600


def reached_by(
    store: FootageStore, *, allow_private: bool, most_bytes: int | None = None
) -> Callable[[Place], Place]:
    """A function that gives a worker's place for one that names footage by its address.

    ``most_bytes``: a larger file is refused by the worker. What lies in a bucket gets a presigned URL;
    an address of the web is handed on. The function raises ConfigError, NotFetched and StorageError.
    """

    def reached(place: Place) -> Place:
        if place.url is None or place.is_own:
            return place
        where = elsewhere(place.url)
        if not isinstance(where, InBucket):
            return Place(place.shown, url=where.url, allow_private=allow_private, most_bytes=most_bytes)
        found = store.find(where.bucket, where.key)
        url = store.presigned(where.bucket, where.key, expires_s=_GET_S)
        return Place(
            place.shown,
            url=url,
            bytes=found.bytes,
            tag=found.version,
            is_own=True,
            most_bytes=most_bytes,
        )

    return reached
