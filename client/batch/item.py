"""One item of a batch: what would be one call of ``register``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from screentest.client.characters.order import Order
from screentest.client.fetching.elsewhere import is_elsewhere, shown_address
from screentest.prep.core.values import Source


@dataclass(frozen=True, slots=True)
class Item:
    """``order.footage`` is the first of ``footage``: paths and addresses of files of one
    person, joined by a name that the user gave; an address may hold a signature. ``name_given``:
    whether the user gave the name, which otherwise is the file's. ``line``: where in a manifest it
    stands, None for none.
    """

    order: Order
    footage: tuple[str, ...] = field(repr=False)
    name_given: bool = False
    line: int | None = None

    @property
    def shown(self) -> tuple[str, ...]:
        """Its footage as it may be printed."""
        return tuple(map(shown_address, self.footage))

    def probed_as(self, sources: Sequence[Source]) -> Item:
        """The item whose order knows which of its files were fetched, and from where."""
        files = zip(self.footage, sources, strict=True)
        found = ((source.path, shown_address(one)) for one, source in files if is_elsewhere(one))
        return replace(self, order=replace(self.order, addresses=tuple(found)))

    @property
    def name(self) -> str:
        return self.order.name
