"""The items of a batch, and what is wrong with them before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.client.batch.item import Item
from screentest.client.batch.sources.expand import PassedOver, files_in
from screentest.client.batch.sources.manifest import items_of
from screentest.client.batch.sources.naming import names_of
from screentest.client.characters.choosing.decided import said_in
from screentest.client.characters.order import Order, model_for
from screentest.prep.core.errors import ScreentestError


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item cannot be. ``number``: of the item, from 1 on."""

    number: int
    item: Item
    error: ScreentestError


def items(
    sources: Sequence[str], manifest: Path | None, defaults: Order, passed_over: PassedOver
) -> list[Item]:
    """The items of sources and of a manifest, whoever nobody named called after their files.

    ``defaults``: the order that each is like, but for footage and name. Raises NotFound, ConfigError.
    """
    found = [] if manifest is None else list(items_of(manifest, defaults))
    for file in dict.fromkeys(files_in(sources, passed_over)):
        found.append(Item(replace(defaults, footage=str(file)), (str(file),)))
    named = names_of(Path(item.footage[0]) for item in found if not item.name_given)
    return [item if item.name_given else _called(item, named[Path(item.footage[0])]) for item in found]


def problems(items: Iterable[Item]) -> Iterator[Problem]:
    """The items whose name, description or wishes their model does not take, in order."""
    for number, item in enumerate(items, start=1):
        try:
            model_for(item.order)
        except ScreentestError as error:
            yield Problem(number, item, error)


def _called(item: Item, name: str) -> Item:
    # Nobody said the name: one that is decided comes before it.
    return replace(item, order=replace(item.order, name=name, said=said_in(item.order)))
