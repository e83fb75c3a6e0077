"""The footage that a person gave a studio: files, folders, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from screentest.client.batch.sources.buckets import footage_in
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.fetching.elsewhere import is_elsewhere, is_in_bucket
from screentest.client.fetching.fetch import Fetching
from screentest.prep.core.errors import NotFound


def footage_given(sources: Iterable[str], fetching: Fetching) -> Iterator[str]:
    """The absolute path, or the address, of each file that sources name.

    Raises NotFound and NotFetched for a source that is not there, ConfigError for one that cannot be,
    StorageError.
    """
    named = [source if is_elsewhere(source) else path_of(source) for source in sources]
    buckets = fetching.store if any(map(is_in_bucket, named)) else None
    return footage_in(named, PassedOver(), buckets)


def path_of(source: str) -> str:
    """The absolute path of what a person named. Raises NotFound."""
    try:
        return str(Path(source).expanduser().absolute())
    except RuntimeError:
        raise NotFound(f"There is no home folder for {source.partition('/')[0]}.") from None
