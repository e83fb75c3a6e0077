"""What was spent, month by month. Pure functions over rows of the registry."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from screentest.client.registry.records import Registration
from screentest.client.registry.videos import Video, practised_usd, spent_usd
from screentest.client.studio.library.known import SANDBOX, registered_usd


@dataclass(frozen=True, slots=True)
class Month:
    """``name``: "2026-11". ``registrations``, ``videos``: those that were paid for at real services,
    and what they cost in USD; ``free``: how many of both the sandbox made, and ``free_usd`` what they
    would have cost.
    """

    name: str
    registrations: int = 0
    registered_usd: float = 0.0
    videos: int = 0
    videos_usd: float = 0.0
    free: int = 0
    free_usd: float = 0.0

    @property
    def usd(self) -> float:
        return self.registered_usd + self.videos_usd


def months(
    rows: Iterable[Registration], videos: Iterable[Video], *, zone: tzinfo | None = None
) -> tuple[Month, ...]:
    """Every month in which something was submitted, the newest first; tombstones count.

    ``zone``: whose months they are; None: this machine's.
    """
    ordered: dict[str, list[Registration]] = {}
    made: dict[str, list[Video]] = {}
    for row in rows:
        if row.cost_usd is not None:
            ordered.setdefault(_name(row.submitting_at or row.created_at, zone), []).append(row)
    for video in videos:
        if video.is_paid:
            made.setdefault(_name(video.submitting_at or video.created_at, zone), []).append(video)
    names = sorted({*ordered, *made}, reverse=True)
    return tuple(_month(name, ordered.get(name, []), made.get(name, [])) for name in names)


def total_usd(found: Iterable[Month]) -> float:
    return sum(one.usd for one in found)


def _name(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).strftime("%Y-%m")


def _month(name: str, rows: list[Registration], videos: list[Video]) -> Month:
    billed = [row for row in rows if row.service != SANDBOX]
    sold = [video for video in videos if video.service != SANDBOX]
    free = len(rows) + len(videos) - len(billed) - len(sold)
    return Month(
        name,
        len(billed),
        registered_usd(billed),
        len(sold),
        spent_usd(sold),
        free,
        math.fsum(row.cost_usd or 0.0 for row in rows if row.service == SANDBOX)
        + practised_usd(videos),
    )
