"""The items of a batch, and what is wrong with them before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.client.batch.item import Item
from screentest.client.batch.sources.buckets import Buckets, footage_in
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.manifest import items_of
from screentest.client.batch.sources.spool import ItemSpool
from screentest.client.characters.order import Order, model_for
from screentest.client.errors import ConfigError
from screentest.prep.core.errors import ScreentestError


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item cannot be. ``number``: of the item, from 1 on."""

    number: int
    item: Item
    error: ScreentestError


def items(
    sources: Sequence[str],
    manifest: Path | None,
    defaults: Order,
    passed_over: PassedOver,
    buckets: Buckets | None = None,
) -> ItemSpool:
    """The items of a manifest and of sources, whoever nobody named called after their files.

    Rows of one name are files of one person; a file that the manifest has comes once. ``defaults``: the
    order that each is like, but for footage and name. ``buckets``: where sources of S3 are listed.
    Raises NotFound, NotFetched, StorageError, and ConfigError for a manifest that cannot be.
    """
    found = ItemSpool(defaults)
    for item in () if manifest is None else items_of(manifest, defaults):
        before = found.add(item)
        if before is not None:
            raise ConfigError(
                f"{manifest}, lines {before.line} and {item.line}: rows of {item.name!r} want "
                "different things.",
                "Say the same in both, or give them different names.",
            )
    for file in footage_in(sources, passed_over, buckets):
        if not found.has(file):
            found.add(Item(replace(defaults, footage=file, name=""), (file,)))
    found.call()
    return found


def problems(items: Iterable[Item]) -> Iterator[Problem]:
    """The items whose name, description or wishes their model does not take, in order."""
    for number, item in enumerate(items, start=1):
        try:
            model_for(item.order)
        except ScreentestError as error:
            yield Problem(number, item, error)
