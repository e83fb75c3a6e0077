"""One served model: its fields, prices and rules. Another is another value and no code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from screentest.client.sandbox.models.fields import Count, Field
from screentest.client.sandbox.models.media import CHARACTER, CastField, Media, Result

Kind = Literal["character", "video"]
Unit = Literal["task", "output_s", "total_s"]

ALWAYS_KNOWN = frozenset({"enable_sync_mode", "enable_base64_output"})
"""Keys that every model takes."""


@dataclass(frozen=True, slots=True)
class Model:
    """One served model.

    ``price_usd``: per ``unit``: the task, each second of the video, or each of its clips and the
    video. ``higher_usd``: where the field ``priced_by`` has a value, the price that it has then.
    ``counts``: how many values some fields hold. ``media``: fields that link to files; ``cast``:
    fields that hold ids. ``most_total_s``: of clips and video together. ``result``: of a character.
    ``shows_schema``: whether the catalogue shows its fields.
    """

    id: str
    kind: Kind
    type: str
    description: str
    price_usd: float
    fields: tuple[Field, ...]
    unit: Unit = "task"
    priced_by: tuple[str, ...] = ()
    higher_usd: tuple[tuple[str, float], ...] = ()
    counts: tuple[Count, ...] = ()
    media: tuple[Media, ...] = ()
    cast: tuple[CastField, ...] = ()
    most_total_s: float | None = None
    result: Result = CHARACTER
    shows_schema: bool = True

    def price_of(
        self,
        inputs: Mapping[str, Any],
        prices_usd: Mapping[str, float],
        reference_s: Sequence[float] = (),
    ) -> float:
        """USD for one task with these inputs; ``prices_usd`` beats the documented price a unit.

        ``reference_s``: lengths of its clips, each rounded up.
        """
        rate = prices_usd.get(self.id, self._rate(inputs))
        if self.unit == "task":
            return rate
        seconds: int = math.ceil(inputs.get("duration", self._default("duration")))
        if self.unit == "total_s":
            seconds += sum(map(math.ceil, reference_s))
        return round(rate * seconds, 6)

    def _rate(self, inputs: Mapping[str, Any]) -> float:
        higher = dict(self.higher_usd)
        chosen = [str(inputs.get(name)).lower() for name in self.priced_by]
        return max([higher.get(value, self.price_usd) for value in chosen], default=self.price_usd)

    def _default(self, name: str) -> Any:
        return next((f.default for f in self.fields if f.name == name), None) or 0

    def unknown(self, body: Mapping[str, Any]) -> str | None:
        """The first key of a body that the model does not have."""
        known = {f.name for f in self.fields} | ALWAYS_KNOWN
        return next((name for name in body if name not in known), None)

    def inputs_from(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The known fields of a body, defaults filled in; unknown ones are silently dropped."""
        known = {f.name: body[f.name] for f in self.fields if body.get(f.name) is not None}
        defaults = {f.name: f.default for f in self.fields if f.default is not None}
        return {**defaults, **known}

    def problem(self, inputs: Mapping[str, Any]) -> str | None:
        """The first thing wrong with the inputs in words, None where they fit."""
        for known in self.fields:
            if known.name not in inputs:
                if known.required:
                    return f'property "{known.name}" is missing'
                continue
            if problem := known.problem(inputs[known.name]):
                return problem
        return next((problem for one in self.counts if (problem := one.problem(inputs))), None)

    def catalogue_entry(self, base_url: str, prices_usd: Mapping[str, float]) -> dict[str, Any]:
        """The model as ``GET /models`` shows it."""
        entry: dict[str, Any] = {
            "model_id": self.id,
            "name": self.id,
            "description": self.description,
            "type": self.type,
            "base_price": self.price_of({}, prices_usd),
        }
        if self.shows_schema:
            entry["api_schema"] = {"api_schemas": [self._run_schema(base_url)]}
        return entry

    def _run_schema(self, base_url: str) -> dict[str, Any]:
        return {
            "type": "model_run",
            "method": "POST",
            "server": base_url,
            "api_path": f"/api/v3/{self.id}",
            "request_schema": {
                "type": "object",
                "properties": {f.name: f.schema() for f in self.fields},
                "required": [f.name for f in self.fields if f.required],
                "x-order-properties": [f.name for f in self.fields],
            },
        }
