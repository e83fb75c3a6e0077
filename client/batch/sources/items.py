"""The items of a batch, and what is wrong with them before anything starts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.client.batch.item import Item
from screentest.client.batch.sources.buckets import Buckets, footage_in
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.known import KnownNames
from screentest.client.batch.sources.manifest import items_of
from screentest.client.batch.sources.rows import RowFaults
from screentest.client.batch.sources.spool import ItemSpool
from screentest.client.characters.choosing.decided import decided
from screentest.client.characters.order import Order, model_for
from screentest.prep.core.errors import ScreentestError
from screentest.prep.media.opening import regular_file

Photo = str | os.PathLike[str]


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
    if manifest is not None:
        _add_rows(found, manifest, defaults)
    for file in footage_in(sources, passed_over, buckets):
        if not found.has(file):
            found.add(Item(replace(defaults, footage=file, name=""), (file,)))
    found.call()
    return found


def names_in_batch(files: Iterable[str]) -> dict[str, str]:
    """What a batch of these files calls each, where nobody named one: file -> name."""
    found = ItemSpool(Order())
    for file in files:
        found.add(Item(Order(footage=file), (file,)))
    found.call()
    return {item.footage[0]: item.name for item in found}


def _add_rows(found: ItemSpool, manifest: Path, defaults: Order) -> None:
    """Raises ConfigError that tells of every row that cannot be."""
    faults = RowFaults(manifest)
    for item in items_of(manifest, defaults, faults):
        before = found.add(item)
        if before is not None:
            rows = f"rows of {item.name!r} want different things: say the same, or name them apart"
            faults.add(f"lines {before.line} and {item.line}", rows)
    faults.raise_any()


def problems(items: Iterable[Item], known: KnownNames | None = None) -> Iterator[Problem]:
    """The items whose name, description or wishes their model does not take, in order; and those
    whose photo cannot be opened.

    ``known``: what the home knows of footage; a text that is decided there stands in the place of one
    that nobody said.
    """
    opened: set[Photo | None] = {None}
    for number, item in enumerate(items, start=1):
        try:
            _require_taken(item, known)
            _require_photo(item.order.wishes.match, opened)
        except ScreentestError as error:
            yield Problem(number, item, error)


def _require_taken(item: Item, known: KnownNames | None) -> None:
    """Footage is read only where what is asked of it would be refused, which few are."""
    try:
        model_for(decided(item.order, None))
    except ScreentestError:
        if known is None or not known.settles(item.order, item.footage):
            raise


def _require_photo(match: Photo | None, opened: set[Photo | None]) -> None:
    """Raises NotFound or NotAFile. ``opened``: the photos that were found before."""
    if match is not None and match not in opened:
        regular_file(match)
        opened.add(match)
