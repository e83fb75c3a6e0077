"""What a page was offered for a video, and whether it may still be ordered on it. Pure.

The library's own locks keep two runs of one command from paying twice. A page adds another danger: a
press that comes again after its video is done would be a new order. So an offer remembers what was
recorded of its order when it was made, and is spent by whatever was recorded since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from screentest.client.registry.videos import Video

Standing = Literal["stands", "spent", "changed", "dearer"]


@dataclass(frozen=True, slots=True)
class Offer:
    """``identity``: of the order. ``stamp``: what was recorded of it. ``usd``: the price that the
    service asks; ``words``: what for. ``is_paid``: an earlier run paid for it, and nothing is spent.
    ``takes``: how many videos of this very order are done.
    """

    identity: str
    stamp: str
    usd: float
    words: str
    is_paid: bool = False
    takes: int = 0


NOTHING = Offer("", "", 0.0, "")
"""What nobody was offered yet: no order is of it."""


def stamp_of(identity: str, videos: Iterable[Video]) -> str:
    """What is recorded of an order: its newest video and how far it is; "" for none."""
    own = [one for one in videos if one.identity == identity]
    newest = max(own, key=lambda one: one.row_id, default=None)
    return f"{newest.row_id}.{newest.state}" if newest else ""


def standing(offered: Offer, now: Offer) -> Standing:
    """Whether what was agreed to is what would be ordered now."""
    if offered.identity != now.identity:
        return "changed"
    if offered.stamp != now.stamp:
        return "spent"
    return "dearer" if now.usd > offered.usd and not now.is_paid else "stands"


SAID: dict[Standing, str] = {
    "spent": "This offer was used already, here or on another page. Nothing more was ordered.",
    "changed": "What would be sent has changed since. Nothing was ordered yet.",
    "dearer": "The service asks more by now. Nothing was ordered yet.",
}
