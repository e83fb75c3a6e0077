"""Orders with a direction, made in one place; the only one of these tests that knows its names."""

from __future__ import annotations

from typing import Any

from screentest.client.characters.direction import Direction as Direction
from screentest.client.characters.register import Order
from screentest.client.registry.identity import overrides_of as overrides_of

__all__ = ["DIRECTION", "Direction", "an_order", "overrides_of"]

DIRECTION = "direction"
"""How commands get what is asked of a clip."""


def an_order(footage: str = "/raw/joe.mov", name: str = "Joe", **said: Any) -> Order:
    """``direction``: what is asked of the clip; the rest as an order's own."""
    if "direction" in said:
        said[DIRECTION] = said.pop("direction")
    return Order(footage, name, **said)
