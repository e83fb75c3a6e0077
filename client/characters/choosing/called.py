"""The name that footage was ordered by before, where nobody says one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screentest.client.characters.order import Order, wish_at
from screentest.client.registry.states import MAY_BE_PAID

if TYPE_CHECKING:
    from screentest.client.registry.registry import Registry
    from screentest.prep.core.values import Source


def as_called_before(
    order: Order, source: Source, registry: Registry, *, service: str, account: str
) -> Order:
    """The order by the name under which the same was ordered before; unchanged where a name was said.

    A name that is made of a file's changes with the company that it is in, and with the file's own; by
    another name, the same footage would be another character, and paid for again.
    """
    if order.said is None or "name" in order.said:
        return order
    for row in reversed(registry.registrations.list_of_footage(source.fingerprint)):
        place = (row.service, row.account, row.model)
        if row.deleted_at or place != (service, account, order.model):
            continue
        if row.state not in MAY_BE_PAID | {"done"}:
            continue
        called = replace(order, name=row.asked.name if row.asked else row.name)
        alone = replace(called, footage=source.path, others=(), undecided=None)
        if wish_at(service, account, alone, source).identity == row.identity:
            return called
    return order
