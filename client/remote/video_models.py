"""The video models that are known, by id. A further one is a further value here."""

from __future__ import annotations

from screentest.client.errors import ConfigError
from screentest.client.remote.character_models import MODELS, model_of
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.inline import InlineModel, Registrable
from screentest.client.remote.models.kling import KLING_O3_PRO, KLING_O3_STD, KLING_V4
from screentest.client.remote.models.sora import (
    IMAGE_TO_VIDEO,
    PRO_IMAGE_TO_VIDEO,
    PRO_TEXT_TO_VIDEO,
    TEXT_TO_VIDEO,
)
from screentest.client.remote.models.video import VideoModel as VideoModel
from screentest.client.remote.models.wan import WAN_3_PRIME_REFERENCE, WAN_3_REFERENCE
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import ClipSpec

_ALL = (
    TEXT_TO_VIDEO,
    PRO_TEXT_TO_VIDEO,
    IMAGE_TO_VIDEO,
    PRO_IMAGE_TO_VIDEO,
    KLING_O3_PRO,
    KLING_O3_STD,
    KLING_V4,
    WAN_3_REFERENCE,
    WAN_3_PRIME_REFERENCE,
)
VIDEO_MODELS: dict[str, VideoModel] = {model.model_id: model for model in _ALL}
TEXT_MODEL = TEXT_TO_VIDEO.model_id
"""What a video of words alone is made with by default."""
IMAGE_MODEL = IMAGE_TO_VIDEO.model_id


def video_model_of(model_id: str) -> VideoModel:
    """The model by its id; raises ConfigError that lists the known ones."""
    try:
        return VIDEO_MODELS[model_id]
    except KeyError:
        raise ConfigError(
            f"No video model {model_id!r} is known.", f"Known: {', '.join(VIDEO_MODELS)}."
        ) from None


def any_model_of(model_id: str) -> CharacterModel | VideoModel:
    """The model by its id, of whichever kind; raises ConfigError for one that is not known."""
    return VIDEO_MODELS.get(model_id) or model_of(model_id)


def registrable_model_of(model_id: str) -> Registrable:
    """The model as one that a character is registered with.

    Raises ConfigError for one that is not known, or that gets no character's clip or stills itself.
    """
    model = any_model_of(model_id)
    if isinstance(model, CharacterModel):
        return model
    if model.delivery == "inline":
        return InlineModel(model)
    made_by = model.cast.made_by if model.cast else ""
    ways = (Remedy("model", (made_by,)),) if made_by else (Remedy("list_models"),)
    raise ConfigError(f"{model_id} makes videos: no character is registered with it.", *ways)


def every_model() -> tuple[CharacterModel | VideoModel, ...]:
    """All models that are known, those that make characters first."""
    return (*MODELS.values(), *VIDEO_MODELS.values())


def clip_spec_of(model_id: str) -> ClipSpec:
    """The rules for a clip of a character: of a model that makes it, or that takes it inline.

    Raises ConfigError for a model that is not known, or that takes no clip.
    """
    model = VIDEO_MODELS.get(model_id)
    if model is None:
        return model_of(model_id).clip
    if model.cast and model.cast.takes and model.cast.takes.clip:
        return model.cast.takes.clip
    raise ConfigError(f"{model_id} takes no clip.", f"Models that do: {', '.join(_clip_takers())}.")


def _clip_takers() -> list[str]:
    inline = [one.model_id for one in VIDEO_MODELS.values() if one.cast and one.cast.takes]
    return [*MODELS, *inline]
