"""Orders with a direction, made in one place; the only one of these tests that knows its names."""

from __future__ import annotations

from typing import Any

from screentest.client.characters.order import overrides_of as overrides_of
from screentest.client.characters.register import Forecast, Order
from screentest.prep.core.errors import ImpossibleWish as ImpossibleWish
from screentest.prep.core.values import CheckReport, Clip
from screentest.prep.core.wishes import Wishes as Direction
from tests.made_up import scan_of

__all__ = ["DIRECTION", "Direction", "ImpossibleWish", "a_forecast", "an_order", "overrides_of"]

DIRECTION = "wishes"
"""How commands get what is asked of a clip."""


def an_order(footage: str = "/raw/joe.mov", name: str = "Joe", **said: Any) -> Order:
    """``direction``: what is asked of the clip; the rest as an order's own."""
    if "direction" in said:
        said[DIRECTION] = said.pop("direction")
    return Order(footage, name, **said)


def a_forecast(clip: Clip, report: CheckReport) -> Forecast:
    """What ``register --dry-run`` would tell about this clip."""
    return Forecast(
        name="Joe",
        model="openai/sora-2/characters",
        scan=scan_of(lambda _: None),
        clip=clip,
        report=report,
        steps=("Upload the clip.", "Submit it."),
        cost_usd=0.001,
        price_source="price page, 2026",
        warnings=("The clip shows a human face.",),
    )
