"""Whether a record that another program may have written holds values of the kinds it declares."""

from __future__ import annotations

import math
import typing
from dataclasses import is_dataclass
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Literal, TypeVar

T = TypeVar("T")

_MOST_INTEGER = 2**63
"""SQLite's integers have 64 bits."""


def require_valid(record: object, name: str = "") -> None:
    """Raises TypeError or ValueError for a dataclass with a value not of its field's kind.

    A number must be finite, an integer one that SQLite takes, a text UTF-8, a moment in a time zone.
    """
    for field, kind in typing.get_type_hints(type(record)).items():
        _require(getattr(record, field), kind, f"{name}.{field}" if name else field)


def _require(value: object, kind: object, name: str) -> None:
    origin, choices = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, UnionType):
        if value is None and NoneType in choices:
            return
        (kind,) = (choice for choice in choices if choice is not NoneType)
        _require(value, kind, name)
    elif origin is Literal:
        if value not in choices:
            raise ValueError(f"not a {name}: {value!r}")
    elif origin is tuple:
        for one in _of_kind(value, tuple, name):
            _require(one, choices[0], name)
    elif is_dataclass(kind):
        require_valid(_of_kind(value, typing.cast(type, kind), name), name)
    else:
        _require_plain(value, origin or kind, name)


def _require_plain(value: object, kind: object, name: str) -> None:
    if kind is float and type(value) is int:
        kind = int
    _of_kind(value, typing.cast(type, kind), name)
    if isinstance(value, bool) and kind is not bool:
        raise TypeError(f"{name} is a bool")
    if isinstance(value, int) and abs(value) >= _MOST_INTEGER:
        raise ValueError(f"{name} is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is not a number")
    if isinstance(value, str):
        value.encode()
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name} has no time zone")
        value.astimezone(UTC)


def _of_kind(value: object, kind: type[T], name: str) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is a {type(value).__name__}")
    return value
