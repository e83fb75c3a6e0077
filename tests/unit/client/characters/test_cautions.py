"""What a model does with what it is given is said before the upload, and only what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.client.characters.cautions import (
    VOICE_CLONED,
    about_sound,
    about_subject,
    require_welcome,
    sound_for,
)
from screentest.client.characters.footage import warnings_about
from screentest.client.errors import SubjectRefused
from screentest.client.remote.character_models import MODELS
from screentest.client.remote.models.reference import Reference, Subject, all_are
from screentest.client.remote.video_models import any_model_of
from screentest.prep.core.wishes import Wishes
from tests.registry_parts import CLIP

SORA, KLING = MODELS["openai/sora-2/characters"], MODELS["kwaivgi/kling-elements-advanced"]
WAN = any_model_of("alibaba/wan-3.0/reference-to-video")
FACE = replace(CLIP, has_audio=True, segment=replace(CLIP.segment, subject="face"))
OTHER = replace(CLIP, has_audio=False, segment=replace(CLIP.segment, subject="other"))
NO_PEOPLE = replace(
    KLING, takes=replace(KLING.takes, clip_subjects=all_are("refused"), still_subjects=())
)


def test_a_voice_that_would_be_cloned_is_said() -> None:
    assert VOICE_CLONED in warnings_about(FACE, KLING)
    assert about_sound(KLING, has_audio=False) == ()
    assert about_sound(SORA, has_audio=True) == ()


@pytest.mark.parametrize(
    ("wishes", "kling"),
    [
        (Wishes(), "remove"),
        (Wishes(audio="keep"), "keep"),
        (Wishes(audio="remove"), "remove"),
        (Wishes(audio_track=2), "keep"),
    ],
)
def test_nobodys_voice_is_cloned_unless_somebody_chose_that(wishes: Wishes, kling: str) -> None:
    assert sound_for(wishes, KLING) == kling
    assert sound_for(wishes, SORA) == (wishes.audio or "keep")


def test_a_clip_without_a_face_is_told_which_models_take_it() -> None:
    [told] = about_subject(KLING, way="video", subject=None, shows_face=False)
    assert told.startswith(
        "No human face found. kwaivgi/kling-elements-advanced takes only people by video."
    )
    assert "openai/sora-2/characters, alibaba/wan-3.0/reference-to-video" in told
    assert told in warnings_about(OTHER, KLING)
    assert about_subject(SORA, way="video", subject=None, shows_face=False) == ()


def test_what_nobody_knows_is_said_and_refuses_nothing() -> None:
    require_welcome(WAN, way="images", subject="drawing", shows_face=False)
    [told] = about_subject(WAN, way="images", subject="drawing", shows_face=False)
    assert told == f"Nobody knows whether {WAN.model_id} takes drawings by images."
    [told] = about_subject(WAN, way="video", subject=None, shows_face=False)
    assert "takes animals; is not known to take or to refuse drawings and objects." in told


def test_a_face_that_may_be_refused_is_said_with_models_that_take_it() -> None:
    [told] = about_subject(SORA, way="video", subject=None, shows_face=True)
    assert told.startswith("openai/sora-2/characters may refuse people by video.")
    assert "Models that take people: kwaivgi/kling-elements-advanced, alibaba" in told
    [told] = about_subject(SORA, way="video", subject=None, shows_face=True, served={WAN.model_id})
    assert told.endswith(f"Models that take people: {WAN.model_id}.")
    assert about_subject(KLING, way="video", subject=None, shows_face=True) == ()
    assert about_subject(SORA, way="video", subject=None, shows_face=None) == ()


@pytest.mark.parametrize("subject", ["animal", "drawing", "object"])
def test_what_is_surely_refused_stops_the_work_with_a_way_out(subject: Subject) -> None:
    with pytest.raises(SubjectRefused, match=f"refuses {subject}s by video") as caught:
        require_welcome(KLING, way="video", subject=subject, shows_face=None)
    note, reference, model = caught.value.remedies
    assert (reference.kind, reference.values) == ("reference", ("images",))
    assert model.values == ("openai/sora-2/characters",)
    assert "openai/sora-2/characters" in note.words
    require_welcome(KLING, way="images", subject=subject, shows_face=None)


def test_a_found_face_is_refused_where_the_model_refuses_people() -> None:
    with pytest.raises(
        SubjectRefused, match=r"A human face was found, and .* refuses people"
    ) as caught:
        require_welcome(NO_PEOPLE, way="video", subject=None, shows_face=True)
    assert [one.kind for one in caught.value.remedies] == ["note", "model", "subject"]
    require_welcome(NO_PEOPLE, way="video", subject=None, shows_face=None)
    require_welcome(NO_PEOPLE, way="video", subject=None, shows_face=False)


def test_the_users_word_counts_before_what_was_found() -> None:
    require_welcome(KLING, way="video", subject="person", shows_face=False)
    with pytest.raises(SubjectRefused):
        require_welcome(KLING, way="video", subject="drawing", shows_face=True)


def test_a_model_that_takes_nothing_of_a_character_has_nothing_said_of_it() -> None:
    silent = replace(KLING, takes=Reference())
    require_welcome(silent, way="video", subject="person", shows_face=True)
