"""What was spent, by month, model or character. Pure functions over rows of the registry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

from screentest.client.registry.records import Registration
from screentest.client.registry.videos import Video, practised_usd, spent_usd

By = Literal["month", "model", "character"]
_SANDBOX = "sandbox"
_NOBODY = "(nobody)"


@dataclass(frozen=True, slots=True)
class Spent:
    """``name``: "2026-11", a model, or whom it shows. ``registrations``, ``videos``: those that were
    paid for at real services, and what they cost in USD; ``free``: how many of both the sandbox made,
    and ``free_usd`` what they would have cost.
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


def spent(
    rows: Iterable[Registration],
    videos: Iterable[Video],
    *,
    by: By = "month",
    since: datetime | None = None,
    names: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
) -> tuple[Spent, ...]:
    """Everything that was submitted, in groups; tombstones count. Months: the newest first, others: the
    dearest first.

    A video of several characters is a group of theirs, so that nothing counts twice. ``since``: what
    was submitted before it does not count. ``names``: of characters, by key, where they have another
    one now than when they were registered. ``zone``: whose months they are; None: this machine's.
    """
    called = dict(names or {})
    groups: dict[tuple[str, ...], tuple[list[Registration], list[Video]]] = {}
    for row in rows:
        at = row.submitting_at or row.created_at
        if row.cost_usd is None or (since and at < since):
            continue
        called.setdefault(row.character, row.name)
        key = {"month": _month(at, zone), "model": row.model, "character": row.character}[by]
        groups.setdefault((key,), ([], []))[0].append(row)
    for video in videos:
        at = video.submitting_at or video.created_at
        if not video.is_paid or (since and at < since):
            continue
        shown = tuple(sorted({one.character for one in video.shows}))
        called.update({one.character: one.name for one in video.shows if one.character not in called})
        of = {"month": (_month(at, zone),), "model": (video.model,), "character": shown or (_NOBODY,)}
        groups.setdefault(of[by], ([], []))[1].append(video)
    found = [
        _of(" and ".join(sorted(called.get(one, one) for one in keys)), *group)
        for keys, group in groups.items()
    ]
    if by == "month":
        return tuple(sorted(found, key=lambda one: one.name, reverse=True))
    return tuple(sorted(found, key=lambda one: (-one.usd, one.name)))


def total_usd(found: Iterable[Spent]) -> float:
    return sum(one.usd for one in found)


def _month(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).strftime("%Y-%m")


def _of(name: str, rows: list[Registration], videos: list[Video]) -> Spent:
    billed = [row for row in rows if row.service != _SANDBOX]
    practised = [row for row in rows if row.service == _SANDBOX]
    sold = [video for video in videos if video.service != _SANDBOX]
    return Spent(
        name,
        len(billed),
        math.fsum(row.cost_usd or 0.0 for row in billed),
        len(sold),
        spent_usd(sold),
        len(rows) + len(videos) - len(billed) - len(sold),
        math.fsum(row.cost_usd or 0.0 for row in practised) + practised_usd(videos),
    )
