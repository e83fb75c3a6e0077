"""One item of a batch: what would be one call of ``register``."""

from __future__ import annotations

from dataclasses import dataclass

from screentest.client.characters.order import Order


@dataclass(frozen=True, slots=True)
class Item:
    """``order.footage`` is the first of ``footage``: paths of files of one
    person, joined by a name that the user gave. ``name_given``: whether the user gave the name, which
    otherwise is the file's. ``line``: where in a manifest it stands, None for none.
    """

    order: Order
    footage: tuple[str, ...]
    name_given: bool = False
    line: int | None = None

    @property
    def name(self) -> str:
        return self.order.name
