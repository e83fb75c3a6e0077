"""What a page says of a film, read as changes of its decision: pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from screentest.prep.core.errors import ConfigError

_WORDS: Final = ("fit", "orientation", "audio", "note")
_SECONDS: Final = ("start_s", "length_s")


def changes_from(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a decision that were said, as ``DecisionLedger.decide`` takes them.

    Blank takes a field back. A window and a person exclude one another, as a person is looked for where
    no window was chosen: the one said last holds, and a person said with a window is an error. Raises
    ConfigError for a value that cannot be read.
    """
    found: dict[str, Any] = {}
    for name in _SECONDS:
        if name in said:
            found[name] = _seconds(name, said[name])
    if "person" in said:
        found["person"] = _number(said["person"])
    found |= {name: str(said[name]).strip() or None for name in _WORDS if name in said}
    if "skip" in said:
        found["skip"] = True if _is_yes(said["skip"]) else None
    if found.get("start_s") is not None and found.get("person") is not None:
        raise ConfigError("A window and a person cannot both be chosen.", "Choose one of them.")
    if found.get("start_s") is not None:
        found["person"] = None
    elif found.get("person") is not None:
        found |= {"start_s": None, "length_s": None}
    return found


def _seconds(name: str, value: object) -> float | None:
    if _is_blank(value):
        return None
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise ConfigError(
            f"The {name.removesuffix('_s')} is not a number of seconds.", "Write it like 12.480."
        )
    return number


def _number(value: object) -> int | None:
    if _is_blank(value):
        return None
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise ConfigError("The person is not a number of the list.", "Choose one of the people shown.")
    return int(text)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_yes(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("1", "true", "on", "yes"))
