"""What is known of a model, and how well: each limit has a mark, a source and a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

Mark = Literal["documented", "seen", "observed", "assumed"]
"""By the service; in an official client's source; by third parties; or by nobody."""
MARKS: tuple[Mark, ...] = get_args(Mark)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a limit comes from. ``date``: when it was read there."""

    mark: Mark
    where: str
    date: str = "2026"

    @property
    def words(self) -> str:
        """The source as one line, its mark first unless it is documented."""
        if self.mark == "documented":
            return f"{self.where}, {self.date}"
        return f"{self.mark}, {self.date}: {self.where}"


Sources = tuple[tuple[str, Provenance], ...]
"""Name of a limit -> where it comes from."""


def documented(where: str) -> Provenance:
    return Provenance("documented", where)


def seen(where: str) -> Provenance:
    return Provenance("seen", where)


def observed(where: str) -> Provenance:
    return Provenance("observed", where)


def assumed(where: str) -> Provenance:
    return Provenance("assumed", where)


@dataclass(frozen=True, slots=True)
class Limit:
    """One line of what is known of a model."""

    name: str
    value: str
    source: Provenance


def limits_of(values: Mapping[str, str], sources: Sources) -> tuple[Limit, ...]:
    """Each limit that a model has, with its source; "" is no limit. Raises KeyError without one."""
    known = dict(sources)
    return tuple(Limit(name, value, known[name]) for name, value in values.items() if value)


def span(least: float | Fraction, most: float | Fraction, unit: str) -> str:
    """A range in words, such as "3-8 s"."""
    return f"{float(least):g}-{float(most):g} {unit}".strip()
