"""Whether a press is asked about once more, above the limit that the user set. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

UNKNOWN: Final = "unknown"
"""What a person agrees to where the service names no price."""


def is_asked(usd: float | None, *, above_usd: float | None, agreed: str | None) -> bool:
    """Whether a second question is due before something is ordered.

    ``usd``: what the service asks for it, None where it names no price. ``above_usd``: the limit, None
    where none was set. ``agreed``: the price that a person said yes to, as the page wrote it; None
    before any question.
    """
    if above_usd is None:
        return False
    if usd is None:
        return agreed != UNKNOWN
    return usd > above_usd and (agreed is None or not usd <= _usd(agreed))


def sum_usd(each_usd: Collection[float | None]) -> float | None:
    """All of it, None where one of them is not known."""
    known = [usd for usd in each_usd if usd is not None]
    return math.fsum(known) if len(known) == len(each_usd) else None


def _usd(text: str) -> float:
    """What cannot be read is less than any price; so is a price that nobody knew."""
    try:
        return float(text)
    except ValueError:
        return -1.0
