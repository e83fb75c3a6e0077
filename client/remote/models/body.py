"""A submit's JSON body as data: which key is filled with what, and in which shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Slot = Literal[
    # A character.
    "name",
    "description",
    "clip",
    "frontal",
    "others",
    # A video.
    "prompt",
    "duration",
    "size",
    "ratio",
    "sound",
    "image",
    "characters",
    "clips",
    "stills",
]
"""What a field is filled with: words, URLs, ids, or a choice."""

Value = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BodyField:
    """One key of a body.

    ``as_list``: one value is sent as a list of one. ``item_key``: each value of a list is sent as an
    object that holds it under this key.
    """

    key: str
    slot: Slot
    as_list: bool = False
    item_key: str = ""

    def shaped(self, value: Value) -> object:
        """The value as this key holds it."""
        if self.item_key and isinstance(value, tuple):
            return [{self.item_key: one} for one in value]
        if isinstance(value, tuple):
            return list(value)
        return [value] if self.as_list else value


@dataclass(frozen=True, slots=True)
class Body:
    """``constants``: keys that are always sent, each with the same value."""

    fields: tuple[BodyField, ...]
    constants: tuple[tuple[str, str | bool], ...] = ()

    def filled(self, values: Mapping[Slot, Value]) -> dict[str, object]:
        """The JSON body; a key whose value is empty is left out."""
        given = {one.key: one.shaped(values[one.slot]) for one in self.fields if _has(values, one.slot)}
        return {**dict(self.constants), **given}

    def takes(self, slot: Slot) -> bool:
        """Whether any key is filled with it."""
        return any(one.slot == slot for one in self.fields)

    def key_of(self, slot: Slot) -> str:
        """The key that it goes under, "" where there is none."""
        return next((one.key for one in self.fields if one.slot == slot), "")


def _has(values: Mapping[Slot, Value], slot: Slot) -> bool:
    return values.get(slot) not in (None, "", ())
