"""The footage that sources name, addresses among them: a file, an object, all below a prefix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from screentest.client.batch.sources.expand import PassedOver, files_in
from screentest.client.errors import NotFetched
from screentest.client.fetching.elsewhere import InBucket, elsewhere, is_elsewhere
from screentest.prep.core.remedy import Remedy
from screentest.prep.media.suffixes import VIDEOS


class Keyed(Protocol):
    """An object of a bucket."""

    @property
    def key(self) -> str: ...


class Buckets(Protocol):
    """What lies in buckets; see ``client.fetching.store``."""

    def find(self, bucket: str, key: str) -> Keyed:
        """Raises NotFetched where nothing lies there."""

    def listed(self, bucket: str, prefix: str) -> Iterator[Keyed]: ...


def footage_in(
    sources: Iterable[str], passed_over: PassedOver, buckets: Buckets | None = None
) -> Iterator[str]:
    """The path or address of each file that sources name; folders and prefixes are read as it goes.

    A URL is one file, whatever it is called; it is asked when it is fetched. ``buckets``: None where no
    source lies in one. Raises NotFound and NotFetched for a source that is not there, ConfigError for
    one that cannot be, StorageError.
    """
    for source in sources:
        if not is_elsewhere(source):
            yield from map(str, files_in([source], passed_over))
            continue
        place = elsewhere(source)
        if isinstance(place, InBucket) and buckets is not None:
            yield from _in_bucket(place, buckets, passed_over)
        else:
            yield source


def _in_bucket(place: InBucket, buckets: Buckets, passed_over: PassedOver) -> Iterator[str]:
    """The object itself where the key is one's; else what lies below it as in a folder."""
    prefix = place.key if place.key.endswith("/") or not place.key else f"{place.key}/"
    is_empty = True
    for key in videos_below(prefix, _keys(buckets, place.bucket, prefix), passed_over):
        is_empty = False
        yield f"s3://{place.bucket}/{key}"
    if not is_empty:
        return
    if prefix == place.key:
        raise NotFetched(f"There is no video below {place.shown}.", Remedy("footage"))
    yield f"s3://{place.bucket}/{buckets.find(place.bucket, place.key).key}"


def _keys(buckets: Buckets, bucket: str, prefix: str) -> Iterator[str]:
    return (stored.key for stored in buckets.listed(bucket, prefix))


def videos_below(prefix: str, keys: Iterable[str], passed_over: PassedOver) -> Iterator[str]:
    """The keys that are called as videos are; others are counted, as in a folder of this machine.

    Keys that end with a slash stand for folders, and are nothing.
    """
    for key in keys:
        below: Sequence[str] = key.removeprefix(prefix).split("/")
        if key.endswith("/"):
            continue
        if any(part.startswith(".") for part in below):
            passed_over.hidden += 1
        elif PurePosixPath(key).suffix.lower() in VIDEOS:
            yield key
        else:
            passed_over.foreign += 1
