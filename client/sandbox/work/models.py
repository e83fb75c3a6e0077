"""The models that the stand-in serves, as data: fields, limits, clip rules, prices with their sources.

Another model of a known kind is another value and no code. Sources, read in 2026: the service's
model pages ``openai/sora-2/*`` and ``openai/sora-2-pro/*``. Pro prices above 720p for text-to-video
are assumed, as are the price, the field names and the ids of ``kwaivgi/kling-elements-advanced``,
whose rules for a clip were observed by third parties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["character", "video"]
JsonType = Literal["string", "integer", "array"]

_SIZES = ("720*1280", "1280*720")
_PRO_SIZES = (*_SIZES, "1024*1792", "1792*1024", "1080*1920", "1920*1080")
_DURATIONS_S = (4, 8, 12, 16, 20)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model's body. ``min_length``/``max_length`` count characters or items."""

    name: str
    type: JsonType
    required: bool = False
    choices: tuple[str | int, ...] = ()
    default: str | int | None = None
    min_length: int = 0
    max_length: int = 100_000

    def schema(self) -> dict[str, Any]:
        """The field as the service's catalogue shows it."""
        known: dict[str, Any] = {"type": self.type}
        if self.choices:
            known["enum"] = list(self.choices)
        if self.default is not None:
            known["default"] = self.default
        if self.type == "array":
            known["items"] = {"type": "string"}
        return known

    def problem(self, value: object) -> str | None:
        """What is wrong with a value in words, None where it fits."""
        if not _is_a(self.type, value):
            return f'property "{self.name}" must be of type {self.type}'
        if self.choices and value not in self.choices:
            known = ", ".join(map(str, self.choices))
            return f'property "{self.name}" must be one of: {known}'
        if isinstance(value, str | list) and not self.min_length <= len(value) <= self.max_length:
            return f'property "{self.name}" must have {self.min_length} to {self.max_length} items'
        return None


def _is_a(kind: JsonType, value: object) -> bool:
    if kind == "array":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


@dataclass(frozen=True, slots=True)
class ClipRules:
    """What a model wants of a clip, by default as ``openai/sora-2/characters`` does.

    ``min_short_px``: least of the shorter side. ``max_aspect``: longer by shorter side. ``kept_s``:
    how much of it counts, from its start. ``min_s``/``max_s``: None where any length is taken.
    """

    min_short_px: int = 720
    max_aspect: float = 2.67
    kept_s: float = 4.0
    min_s: float | None = None
    max_s: float | None = None


SORA_2 = ClipRules()
"""An MP4 of at least 720p, aspect at most about 2.67:1; only the first 4 s count (model page, 2026)."""


@dataclass(frozen=True, slots=True)
class Model:
    """One served model.

    ``price_usd``: per task for characters, per second for videos. ``higher_usd``: price per second
    by the value of ``size`` or ``resolution`` where it differs. ``id_prefix``: of the ids it makes.
    ``clip``: its rules for the clip, whose URL comes in the field ``clip_field``; for characters.
    """

    id: str
    kind: Kind
    type: str
    description: str
    price_usd: float
    fields: tuple[Field, ...]
    higher_usd: tuple[tuple[str, float], ...] = ()
    id_prefix: str = "char_"
    clip: ClipRules = SORA_2
    clip_field: str = "video"

    def price_of(self, inputs: Mapping[str, Any], prices_usd: Mapping[str, float]) -> float:
        """USD for one task with these inputs; ``prices_usd`` beats the documented price."""
        if self.kind == "character":
            return prices_usd.get(self.id, self.price_usd)
        higher = dict(self.higher_usd)
        chosen = (inputs.get("size"), inputs.get("resolution"))
        documented = max(higher.get(str(value), self.price_usd) for value in chosen)
        seconds = inputs.get("duration", _DURATIONS_S[0])
        return round(prices_usd.get(self.id, documented) * int(seconds), 6)

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
        return None

    def catalogue_entry(self, base_url: str, prices_usd: Mapping[str, float]) -> dict[str, Any]:
        """The model as ``GET /models`` shows it."""
        request = {
            "type": "object",
            "properties": {f.name: f.schema() for f in self.fields},
            "required": [f.name for f in self.fields if f.required],
            "x-order-properties": [f.name for f in self.fields],
        }
        run = {
            "type": "model_run",
            "method": "POST",
            "server": base_url,
            "api_path": f"/api/v3/{self.id}",
            "request_schema": request,
        }
        return {
            "model_id": self.id,
            "name": self.id,
            "description": self.description,
            "type": self.type,
            "base_price": self.price_of({}, prices_usd),
            "api_schema": {"api_schemas": [run]},
        }


_PROMPT = Field("prompt", "string", required=True, min_length=1)
_DURATION = Field("duration", "integer", choices=_DURATIONS_S, default=4)
_CHARACTERS = Field("characters", "array")
_IMAGE = Field("image", "string", required=True, min_length=1)

_ALL = (
    Model(
        id="openai/sora-2/characters",
        kind="character",
        type="video-to-character",
        description="SANDBOX STAND-IN: a reusable character from a 2-4 s clip.",
        price_usd=0.001,
        fields=(
            Field("video", "string", required=True, min_length=1),
            Field("name", "string", required=True, min_length=1, max_length=80),
        ),
    ),
    Model(
        id="kwaivgi/kling-elements-advanced",
        kind="character",
        type="video-to-element",
        description="SANDBOX STAND-IN: a reusable element from a 3-8 s video; no images.",
        price_usd=0.01,
        fields=(
            Field("video", "string", required=True, min_length=1),
            Field("name", "string", required=True, min_length=1, max_length=20),
            Field("description", "string", max_length=100),
            Field("reference_type", "string", required=True, choices=("video_refer",)),
        ),
        id_prefix="element_",
        clip=ClipRules(min_short_px=1080, max_aspect=16 / 9, kept_s=8.0, min_s=3.0, max_s=8.0),
    ),
    Model(
        id="openai/sora-2/text-to-video",
        kind="video",
        type="text-to-video",
        description="SANDBOX STAND-IN: a labelled video that shows the prompt and the characters.",
        price_usd=0.10,
        fields=(
            _PROMPT,
            Field("size", "string", choices=_SIZES, default="720*1280"),
            _DURATION,
            _CHARACTERS,
        ),
    ),
    Model(
        id="openai/sora-2-pro/text-to-video",
        kind="video",
        type="text-to-video",
        description="SANDBOX STAND-IN: the same in larger sizes.",
        price_usd=0.30,
        fields=(
            _PROMPT,
            Field("size", "string", choices=_PRO_SIZES, default="720*1280"),
            _DURATION,
            _CHARACTERS,
        ),
        higher_usd=(*((s, 0.50) for s in _PRO_SIZES[2:4]), *((s, 0.70) for s in _PRO_SIZES[4:])),
    ),
    Model(
        id="openai/sora-2/image-to-video",
        kind="video",
        type="image-to-video",
        description="SANDBOX STAND-IN: a labelled video that shows the image and the prompt.",
        price_usd=0.10,
        fields=(_IMAGE, _PROMPT, _DURATION),
    ),
    Model(
        id="openai/sora-2-pro/image-to-video",
        kind="video",
        type="image-to-video",
        description="SANDBOX STAND-IN: the same in larger sizes.",
        price_usd=0.30,
        fields=(
            _IMAGE,
            _PROMPT,
            _DURATION,
            Field("resolution", "string", choices=("720p", "1080p")),
            Field("size", "string", choices=_PRO_SIZES),
        ),
        higher_usd=(("1080p", 0.50), *((size, 0.50) for size in _PRO_SIZES[2:])),
    ),
)

MODELS: dict[str, Model] = {model.id: model for model in _ALL}
