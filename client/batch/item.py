"""One item of a batch: what would be one call of ``register``."""

from __future__ import annotations

from dataclasses import dataclass, field

from screentest.client.characters.order import Order
from screentest.client.fetching.elsewhere import shown_address


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

    @property
    def name(self) -> str:
        return self.order.name
