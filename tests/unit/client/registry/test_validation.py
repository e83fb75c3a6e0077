"""Values of an imported record: only what would be read again, and by SQLite, is let in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest

from tests.registry_parts import require_valid


@dataclass(frozen=True, slots=True)
class Inner:
    score: float


@dataclass(frozen=True, slots=True)
class Outer:
    text: str = "a"
    count: int = 1
    share: float = 0.5
    is_done: bool = False
    state: Literal["planned", "done"] = "done"
    moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    maybe: str | None = None
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    words: tuple[str, ...] = ()


def outer(**values: object) -> Outer:
    return Outer(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"maybe": "b"},
        {"share": 1},
        {"count": 2**63 - 1},
        {"count": -(2**63) + 1},
        {"inner": Inner(0.5)},
        {"many": (Inner(0.5), Inner(1))},
        {"words": ("a", "東")},
        {"moment": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5)))},
        {"text": ""},
    ],
)
def test_values_of_their_kind_are_taken(values: dict[str, object]) -> None:
    require_valid(outer(**values))


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": b"a"}, "text"),
        ({"count": 1.0}, "count"),
        ({"count": "1"}, "count"),
        ({"count": True}, "count"),
        ({"count": 2**63}, "count"),
        ({"share": math.nan}, "share"),
        ({"share": math.inf}, "share"),
        ({"share": "0.5"}, "share"),
        ({"share": True}, "share"),
        ({"share": 10**30}, "share"),
        ({"is_done": 1}, "is_done"),
        ({"is_done": None}, "is_done"),
        ({"state": "sold"}, "state"),
        ({"state": None}, "state"),
        ({"moment": "2026-01-01"}, "moment"),
        ({"moment": datetime(2026, 1, 1)}, "moment"),
        ({"maybe": 5}, "maybe"),
        ({"inner": 0.5}, "inner"),
        ({"inner": Inner(math.nan)}, r"inner\.score"),
        ({"inner": Inner("x")}, r"inner\.score"),  # type: ignore[arg-type]
        ({"many": [Inner(0.5)]}, "many"),
        ({"many": (Inner(0.5), None)}, "many"),
        ({"many": (Inner(math.inf),)}, r"many\.score"),
        ({"words": ("a", 5)}, "words"),
        ({"words": "ab"}, "words"),
    ],
)
def test_any_other_value_is_refused_by_the_name_of_its_field(
    values: dict[str, object], where: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=where):
        require_valid(outer(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"text": "\ud800"},
        {"words": ("a", "\udfff")},
        {"moment": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))},
        {"moment": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-23)))},
    ],
)
def test_what_could_not_be_written_is_refused(values: dict[str, object]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        require_valid(outer(**values))


def test_nothing_is_a_state_though_it_cannot_be_hashed() -> None:
    with pytest.raises((TypeError, ValueError)):
        require_valid(outer(state=[]))
