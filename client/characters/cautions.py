"""What a model is known to do with a clip like this one: said before the upload. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from screentest.client.remote.video_models import every_model

if TYPE_CHECKING:
    from screentest.client.remote.models.character import CharacterModel
    from screentest.client.remote.models.reference import Reference
    from screentest.prep.core.values import Clip

VOICE_CLONED = "Speech in the clip becomes a voice that the model clones and binds to the character."


def cautions(clip: Clip, model: CharacterModel) -> tuple[str, ...]:
    """Sentences about what the model does with the clip's sound and with what it shows."""
    return tuple(_cautions(clip, model))


def _cautions(clip: Clip, model: CharacterModel) -> Iterator[str]:
    if clip.has_audio and model.takes.sound == "cloned":
        yield VOICE_CLONED
    if not clip.segment.shows_face and _takes_people_only(model.takes):
        others = [one.model_id for one in every_model() if one is not model and _takes_more(one.takes)]
        yield (
            f"No human face was found, and {model.model_id} takes only people by video. "
            f"Models that take others: {', '.join(others)}."
        )


def _takes_people_only(takes: Reference) -> bool:
    others = {takes.reception(one, way="video") for one in ("animal", "drawing", "object")}
    return others == {"refused"}


def _takes_more(takes: Reference | None) -> bool:
    return takes is not None and takes.reception("animal", way="video") == "taken"
