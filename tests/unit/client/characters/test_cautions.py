"""What a model does with a clip is said before it is uploaded, and only what is known."""

from __future__ import annotations

from dataclasses import replace

from screentest.client.characters.cautions import VOICE_CLONED, cautions
from screentest.client.remote.character_models import MODELS
from tests.registry_parts import CLIP

SORA, KLING = MODELS["openai/sora-2/characters"], MODELS["kwaivgi/kling-elements-advanced"]
FACE = replace(CLIP, has_audio=True, segment=replace(CLIP.segment, subject="face"))
OTHER = replace(CLIP, has_audio=False, segment=replace(CLIP.segment, subject="other"))


def test_a_voice_that_would_be_cloned_is_said() -> None:
    assert cautions(FACE, KLING) == (VOICE_CLONED,)
    assert cautions(replace(FACE, has_audio=False), KLING) == ()
    assert cautions(FACE, SORA) == ()


def test_a_clip_of_nobody_is_told_which_models_take_it() -> None:
    [told] = cautions(OTHER, KLING)
    assert told.startswith(
        "No human face was found, and kwaivgi/kling-elements-advanced takes only people"
    )
    assert "openai/sora-2/characters, alibaba/wan-3.0/reference-to-video" in told
    assert "animal" not in told.split(". Models")[0]
    assert cautions(OTHER, SORA) == ()
