"""The service's character models as data: limits, prices and body fields, with source and date.

A further model is a further value in ``MODELS`` and a ``ClipSpec``; no code knows a model by name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, Protocol

from screentest.client.errors import ConfigError, InvalidName
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec

Slot = Literal["video", "name", "description"]
"""What a body field is filled with: the clip's URL, or the words given with the order."""


class Polled(Protocol):
    """A model whose tasks are waited for."""

    def poll_interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls: growing, then constant."""


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """One model of the service that makes a character from a clip.

    ``price_usd``: per character; ``price_source`` ends in the date it was read. ``name_max`` and
    ``description_max`` count characters, None means the model takes no description. ``fields``:
    body key -> what fills it, left out where that is empty; ``constants``: body key -> fixed value.
    ``poll_first_s`` grows by ``poll_growth`` up to ``poll_most_s``. ``results_kept_days``: how long
    the service answers for a task.
    """

    model_id: str
    clip: ClipSpec
    price_usd: float
    price_source: str
    name_max: int
    fields: tuple[tuple[str, Slot], ...]
    constants: tuple[tuple[str, str], ...] = ()
    description_max: int | None = None
    poll_first_s: float = 1.0
    poll_growth: float = 1.25
    poll_most_s: float = 5.0
    results_kept_days: int = 7

    def body(self, *, video: str, name: str, description: str = "") -> dict[str, str]:
        """The submit's JSON body; ``video`` is a URL that the service can fetch."""
        slots: dict[Slot, str] = {"video": video, "name": name, "description": description}
        filled = {key: slots[slot] for key, slot in self.fields if slots[slot]}
        return {**dict(self.constants), **filled}

    def poll_interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls: growing, then constant."""
        if polls > 64:
            return self.poll_most_s
        return min(self.poll_most_s, self.poll_first_s * self.poll_growth**polls)

    def require_name(self, name: str) -> None:
        """Raise InvalidName unless prompts could refer to a character by this name."""
        if problem := _name_problem(name, most=self.name_max):
            raise InvalidName(
                problem,
                f"{self.model_id} takes 1 to {self.name_max} characters; prompts must repeat "
                'the name exactly, so choose a plain one like "Joe".',
            )

    def require_description(self, description: str) -> None:
        """Raise ConfigError for a description the model does not take."""
        if description and self.description_max is None:
            raise ConfigError(f"{self.model_id} takes no description.", "Leave it out.")
        if len(description) > (self.description_max or 0):
            raise ConfigError(
                f"The description has {len(description)} characters.",
                f"{self.model_id} takes at most {self.description_max}.",
            )


def _name_problem(name: str, *, most: int) -> str:
    if not name.strip():
        return "The name is empty."
    if name != name.strip():
        return f"The name {name!r} begins or ends with a space."
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        return "The name holds a control character."
    if len(name) > most:
        return f"The name has {len(name)} characters."
    return ""


SORA_2_CHARACTERS = CharacterModel(
    model_id="openai/sora-2/characters",
    clip=SORA_2,
    price_usd=0.001,
    price_source="WaveSpeed model page openai/sora-2/characters, 2026",
    name_max=80,
    fields=(("video", "video"), ("name", "name")),
)

KLING_ELEMENTS_ADVANCED = CharacterModel(
    model_id="kwaivgi/kling-elements-advanced",
    clip=KLING_ELEMENTS,
    price_usd=0.01,
    price_source="assumed, 2026: the model's price was not readable; ask POST /model/price",
    name_max=20,
    description_max=100,
    fields=(("video", "video"), ("name", "name"), ("description", "description")),
    constants=(("reference_type", "video_refer"),),
)

MODELS: dict[str, CharacterModel] = {
    model.model_id: model for model in (SORA_2_CHARACTERS, KLING_ELEMENTS_ADVANCED)
}


def model_of(model_id: str) -> CharacterModel:
    """The model by its id; raises ConfigError that lists the known ones."""
    try:
        return MODELS[model_id]
    except KeyError:
        raise ConfigError(
            f"No character model {model_id!r} is known.", f"Known: {', '.join(MODELS)}."
        ) from None
