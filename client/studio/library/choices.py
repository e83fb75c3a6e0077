"""What can be chosen of a new video: models, sizes, lengths. Pure, but for the registry it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screentest.client.config import Settings
from screentest.client.registry.registry import Registry
from screentest.client.remote.video_models import VIDEO_MODELS
from screentest.client.videos.casting import default_model
from screentest.client.videos.prompts import corrected, missing_names


@dataclass(frozen=True, slots=True)
class Choices:
    """``model``: the one that is chosen. ``sizes``: () where the model or the characters decide.
    ``most``: how many characters it shows.
    """

    model: str
    models: tuple[str, ...]
    sizes: tuple[str, ...]
    lengths_s: tuple[int, ...]
    length_s: int
    most: int
    asks: bool


def choices(
    asked_by: Sequence[str],
    registry: Registry,
    settings: Settings,
    *,
    model: str = "",
    length_s: int = 0,
) -> Choices:
    """What can be chosen for these characters. ``model``, ``length_s``: as wished, else the default."""
    models = tuple(
        one.model_id
        for one in VIDEO_MODELS.values()
        if one.cast and one.is_verified and not one.takes_image
    )
    chosen = model if model in models else default_model(asked_by, "", registry, settings)
    about = VIDEO_MODELS[chosen]
    lengths = tuple(sorted(about.durations_s))
    return Choices(
        chosen,
        models,
        about.sizes,
        lengths,
        length_s if length_s in lengths else about.durations_s[0],
        about.characters_max,
        about.price.asks,
    )


def proposed(prompt: str, names: Sequence[str]) -> str:
    """The prompt with every name in it, where one is missing; "" where it is fine."""
    return corrected(prompt, names) if prompt.strip() and missing_names(prompt, names) else ""
