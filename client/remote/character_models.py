"""The character models that are known, by id. A further one is a further value here."""

from __future__ import annotations

from screentest.client.errors import ConfigError
from screentest.client.remote.models.character import CharacterModel as CharacterModel
from screentest.client.remote.models.kling import KLING_ELEMENTS_ADVANCED as KLING_ELEMENTS_ADVANCED
from screentest.client.remote.models.polling import Polled as Polled
from screentest.client.remote.models.sora import SORA_2_CHARACTERS as SORA_2_CHARACTERS

MODELS: dict[str, CharacterModel] = {
    model.model_id: model for model in (SORA_2_CHARACTERS, KLING_ELEMENTS_ADVANCED)
}
DEFAULT_MODEL = SORA_2_CHARACTERS.model_id


def model_of(model_id: str) -> CharacterModel:
    """The model by its id; raises ConfigError that lists the known ones."""
    try:
        return MODELS[model_id]
    except KeyError:
        raise ConfigError(
            f"No character model {model_id!r} is known.", f"Known: {', '.join(MODELS)}."
        ) from None
