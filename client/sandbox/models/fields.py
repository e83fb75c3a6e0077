"""The fields of a model's body: what each may hold, and the schema that the catalogue shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

JsonType = Literal["string", "integer", "boolean", "array"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model's body.

    ``min_length``/``max_length`` count characters or items, ``minimum``/``maximum`` bound a number.
    ``item_key``: an array's items are objects with this key; otherwise they are strings.
    """

    name: str
    type: JsonType
    required: bool = False
    choices: tuple[str | int, ...] = ()
    default: str | int | None = None
    min_length: int = 0
    max_length: int = 100_000
    minimum: int | None = None
    maximum: int | None = None
    item_key: str = ""

    def schema(self) -> dict[str, Any]:
        """The field as the service's catalogue shows it."""
        known: dict[str, Any] = {"type": self.type}
        for key, value in (
            ("enum", list(self.choices) or None),
            ("default", self.default),
            ("minimum", self.minimum),
            ("maximum", self.maximum),
        ):
            if value is not None:
                known[key] = value
        known |= self._length_schema()
        if self.item_key:
            item = {"type": "object", "properties": {self.item_key: {"type": "string"}}}
            known["items"] = item
        elif self.type == "array":
            known["items"] = {"type": "string"}
        return known

    def _length_schema(self) -> dict[str, int]:
        if self.max_length == 100_000:
            return {}
        return {"maxItems" if self.type == "array" else "maxLength": self.max_length}

    def problem(self, value: object) -> str | None:
        """What is wrong with a value in words, None where it fits."""
        if not self._is_of_its_type(value):
            return f'property "{self.name}" must be of type {self.type}'
        if self.choices and value not in self.choices:
            known = ", ".join(map(str, self.choices))
            return f'property "{self.name}" must be one of: {known}'
        if isinstance(value, str | list) and not self.min_length <= len(value) <= self.max_length:
            return f'property "{self.name}" must have {self.min_length} to {self.max_length} items'
        if isinstance(value, int) and not self._in_range(value):
            return f'property "{self.name}" must be {self.minimum} to {self.maximum}'
        return None

    def _is_of_its_type(self, value: object) -> bool:
        if self.type == "array":
            return isinstance(value, list) and all(map(self._is_item, value))
        if self.type == "boolean":
            return isinstance(value, bool)
        if self.type == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, str)

    def _is_item(self, item: object) -> bool:
        if not self.item_key:
            return isinstance(item, str)
        return isinstance(item, dict) and isinstance(item.get(self.item_key), str)

    def _in_range(self, value: int) -> bool:
        least = value if self.minimum is None else self.minimum
        most = value if self.maximum is None else self.maximum
        return least <= value <= most


@dataclass(frozen=True, slots=True)
class Count:
    """How many values a field holds where another field has a value ("*": any).

    A field that holds one string counts as one.
    """

    when: str
    equals: str
    field: str
    least: int
    most: int

    def problem(self, inputs: Mapping[str, Any]) -> str | None:
        """What is wrong with the inputs in words, None where they fit."""
        if self.when not in inputs or self.equals not in ("*", inputs[self.when]):
            return None
        value = inputs.get(self.field)
        count = len(value) if isinstance(value, list) else int(bool(value))
        if self.least <= count <= self.most:
            return None
        wanted = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        return (
            f'property "{self.field}" must have {wanted} items with "{self.when}" {inputs[self.when]}'
        )
