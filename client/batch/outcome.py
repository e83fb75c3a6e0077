"""What became of one item, and of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from screentest.prep.core.encoding import Json
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Segment

Status = Literal["done", "exists", "prepared", "failed", "skipped"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item failed."""

    error_type: str
    message: str
    hint: str = ""


def reason_of(error: ScreentestError) -> Reason:
    """What an error says, without what it was raised by."""
    return Reason(type(error).__name__, error.message, error.hint)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``item``: its number in the batch, from 1 on. ``clip``: absolute path.

    ``cost_usd``: what this run spent on it; with a dry run what one would. ``strip``: a JPEG of the
    window's pictures, b"" without one. ``said``: what was left undone and why, of an item that was
    skipped.
    """

    item: int
    footage: tuple[str, ...]
    name: str
    status: Status
    character_id: str | None = None
    clip: str | None = None
    segment: Segment | None = None
    warnings: tuple[str, ...] = ()
    cost_usd: float = 0.0
    fault: Reason | None = None
    said: str = ""
    strip: bytes = field(default=b"", repr=False)

    @property
    def score(self) -> float | None:
        return self.segment.score if self.segment else None


@dataclass(slots=True)
class Tally:
    """How many items came to what, and what that cost; grows as outcomes come."""

    counts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    cost_usd: float = 0.0

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        self.cost_usd += outcome.cost_usd

    @property
    def items(self) -> int:
        return sum(self.counts.values())


def outcome_json(outcome: Outcome) -> Json:
    """An outcome as an object of its own."""
    fault = outcome.fault
    return {
        "item": outcome.item,
        "footage": list(outcome.footage),
        "name": outcome.name,
        "status": outcome.status,
        "character_id": outcome.character_id,
        "clip": outcome.clip,
        "score": None if outcome.score is None else round(outcome.score, 4),
        "warnings": list(outcome.warnings),
        "cost_usd": round(outcome.cost_usd, 6),
        "error": None
        if fault is None
        else {"type": fault.error_type, "message": fault.message, "hint": fault.hint},
        **({"said": outcome.said} if outcome.said else {}),
    }


def summary_json(tally: Tally, *, wall_s: float) -> Json:
    """The counts of a whole batch, as an object of its own."""
    counts: dict[str, int] = {status: tally.counts[status] for status in STATUSES}
    summary = {"items": tally.items, **counts}
    return {"summary": {**summary, "cost_usd": round(tally.cost_usd, 6), "wall_s": round(wall_s, 3)}}
