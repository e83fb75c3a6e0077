"""A worker's results as bytes and back: JSON, read strictly, as what sent them may be hostile.

The driver holds the key, so nothing that a worker sends is unpickled. Each value is read as the types
of its class say, and anything else is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import numbers
import re
import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Final, get_args, get_origin

from screentest.client.worker.job import ClipMade, Failure, Inspected, Result, Sent

WIRE_VERSION: Final = 2
"""Of jobs and their answers: whoever changes what they hold counts it up."""
MOST_BYTES = 16_000_000
"""A larger answer is none: one with a thousand keyframes and a strip has some 100 kB."""
_MOST_DEEP = 12
_MOST: Final = 2**63
"""No integer reaches it: SQLite records none that does."""
_FRACTION: Final = re.compile(r"(-?[0-9]{1,19})/([0-9]{1,19})")
_HALF: Final = re.compile("[\ud800-\udfff]")
_KINDS: Final[Mapping[str, type]] = {
    kind.__name__: kind for kind in (Inspected, ClipMade, Sent, Failure)
}


class _NotMeant(Exception):
    """The bytes are not what a worker answers."""


def to_bytes(result: Result) -> bytes:
    """A result as JSON in UTF-8."""
    told = {"kind": type(result).__name__, "result": _plain(result)}
    return json.dumps(told, allow_nan=False, ensure_ascii=True).encode()


def _is_path(name: str) -> bool:
    """Whether a field holds a path, which may be of bytes that are not UTF-8 (PEP 383)."""
    return name in ("path", "clip")


def result_from(data: object) -> Result:
    """The result that a worker sent; a Failure at the stage "worker" where it sent none.

    Never raises for what ``data`` is. Paths in it are a worker's words, for whoever uses them to check.
    """
    try:
        if not isinstance(data, bytes) or len(data) > MOST_BYTES:
            raise _NotMeant
        told = json.loads(data, parse_constant=_refused)
        if not isinstance(told, dict) or told.keys() != {"kind", "result"}:
            raise _NotMeant
        kind = _KINDS.get(told["kind"]) if isinstance(told["kind"], str) else None
        if kind is None:
            raise _NotMeant
        result: Result = _read(told["result"], kind, _MOST_DEEP)
    except (_NotMeant, ValueError, RecursionError, OverflowError):
        return Failure(
            "worker", "WorkerFailed", "A worker gave an answer that is none.", retryable=True
        )
    return result


def _refused(_: str) -> object:
    raise _NotMeant


def _plain(value: Any) -> object:
    if is_dataclass(value):
        told = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {name: one if _is_path(name) else _readable(one) for name, one in told.items()}
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case tuple() | list():
            return [_plain(one) for one in value]
        case bool():
            return value
        case numbers.Integral():  # NumPy's own numbers are such too
            return int(value)
        case numbers.Real():
            return float(value)
        case _:
            return value


def _readable(told: object) -> object:
    """Text without half a surrogate pair, which nothing can write as UTF-8."""
    if isinstance(told, str):
        return told.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return [_readable(one) for one in told] if isinstance(told, list) else told


@cache
def _types_of(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _read(told: object, wanted: Any, deep: int) -> Any:
    """``told`` as a value of the type ``wanted``."""
    if deep < 0:
        raise _NotMeant
    origin = get_origin(wanted)
    if origin in (types.UnionType, typing.Union):
        return _read_one_of(told, get_args(wanted), deep)
    if origin is tuple:
        return _read_tuple(told, get_args(wanted), deep)
    if origin is typing.Literal:
        if isinstance(told, str) and told in get_args(wanted):
            return told
        raise _NotMeant
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _read_fields(told, wanted, deep)
    return _read_plain(told, wanted)


def _read_one_of(told: object, wanted: tuple[Any, ...], deep: int) -> Any:
    if told is None and type(None) in wanted:
        return None
    for kind in wanted:
        if kind is not type(None):
            with suppress(_NotMeant):
                return _read(told, kind, deep)
    raise _NotMeant


def _read_tuple(told: object, wanted: tuple[Any, ...], deep: int) -> tuple[Any, ...]:
    if not isinstance(told, list):
        raise _NotMeant
    if len(wanted) == 2 and wanted[1] is Ellipsis:
        return tuple(_read(one, wanted[0], deep - 1) for one in told)
    if len(told) != len(wanted):
        raise _NotMeant
    return tuple(_read(one, kind, deep - 1) for one, kind in zip(told, wanted, strict=True))


def _read_fields(told: object, kind: type, deep: int) -> Any:
    known = _types_of(kind)
    names = {one.name for one in fields(kind)}
    if not isinstance(told, dict) or told.keys() != names:
        raise _NotMeant
    read = {name: _read(one, known[name], deep - 1) for name, one in told.items()}
    if any(not _is_path(name) and _has_half_a_pair(one) for name, one in read.items()):
        raise _NotMeant
    return kind(**read)


def _has_half_a_pair(read: object) -> bool:
    if isinstance(read, tuple):
        return any(map(_has_half_a_pair, read))
    return isinstance(read, str) and _HALF.search(read) is not None


def _read_plain(told: object, wanted: Any) -> Any:
    if wanted is float and isinstance(told, int | float) and not isinstance(told, bool):
        if not math.isfinite(told):
            raise _NotMeant
        return float(told)
    if wanted is int and type(told) is int and abs(told) < _MOST:
        return told
    if wanted in (bool, str) and type(told) is wanted:
        return told
    if wanted is bytes and isinstance(told, str):
        try:
            return base64.b64decode(told, validate=True)
        except binascii.Error:
            raise _NotMeant from None
    if wanted is Fraction and isinstance(told, str):
        return _fraction(told)
    raise _NotMeant


def _fraction(told: str) -> Fraction:
    read = _FRACTION.fullmatch(told)
    if read is None or max(abs(int(read[1])), int(read[2])) >= _MOST or int(read[2]) == 0:
        raise _NotMeant
    return Fraction(int(read[1]), int(read[2]))
