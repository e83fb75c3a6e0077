"""Whether a character goes as a clip or as stills: the user's word first, then what was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.client.characters.way import (
    Asked,
    WayTaken,
    said_before,
    said_subject,
    way_before_a_look,
    way_in,
)
from screentest.client.errors import ConfigError
from screentest.client.remote.character_models import MODELS, CharacterModel
from screentest.client.remote.models.reference import Reference, Subject, Way, all_are
from screentest.client.remote.video_models import any_model_of
from screentest.prep.core.wishes import Wishes
from tests.order_parts import overrides_of

SORA, KLING = MODELS["openai/sora-2/characters"], MODELS["kwaivgi/kling-elements-advanced"]
WAN = any_model_of("alibaba/wan-3.0/reference-to-video")


def taking(**changes: object) -> CharacterModel:
    """A made-up model of both ways."""
    return replace(KLING, model_id="example/both", takes=replace(KLING.takes, **changes))  # type: ignore[arg-type]


STILLS_ONLY = taking(clip=None)


@pytest.mark.parametrize(
    ("subject", "shows_face", "way"),
    [
        (None, True, "video"),
        (None, False, "images"),
        ("person", True, "video"),
        ("person", False, "video"),
        ("animal", False, "images"),
        ("drawing", True, "images"),
        ("object", False, "images"),
    ],
)
def test_a_face_goes_as_a_clip_and_all_else_as_stills_where_the_model_wants_that(
    subject: Subject | None, shows_face: bool, way: Way
) -> None:
    decided = way_in(KLING, asked="auto", subject=subject, shows_face=shows_face)
    assert decided.way == way
    assert bool(decided.said) == (way == "images")
    if subject:
        assert way_before_a_look(KLING, asked="auto", subject=subject) == way


def test_that_no_face_was_found_names_nothing_else() -> None:
    [said] = way_in(KLING, asked="auto", subject=None, shows_face=False).said
    assert said.startswith("No human face found")
    assert not any(word in said for word in ("animal", "drawing", "object"))


@pytest.mark.parametrize("asked", ["video", "images"])
@pytest.mark.parametrize("shows_face", [True, False])
@pytest.mark.parametrize("subject", [None, "person", "animal"])
def test_the_users_word_wins(asked: Way, shows_face: bool, subject: Subject | None) -> None:
    assert way_in(KLING, asked=asked, subject=subject, shows_face=shows_face) == WayTaken(asked)
    assert way_before_a_look(KLING, asked=asked, subject=subject) == asked


@pytest.mark.parametrize(
    ("model", "way"), [(SORA, "video"), (STILLS_ONLY, "images")], ids=["clip only", "stills only"]
)
@pytest.mark.parametrize("shows_face", [True, False])
def test_a_model_with_one_way_gets_it_and_no_word_about_it(
    model: CharacterModel, way: Way, shows_face: bool
) -> None:
    assert way_in(model, asked="auto", subject=None, shows_face=shows_face) == WayTaken(way)
    assert way_before_a_look(model, asked="auto", subject=None) == way


@pytest.mark.parametrize(
    ("model", "asked", "says"),
    [(SORA, "images", "takes no images"), (STILLS_ONLY, "video", "takes no clip")],
)
def test_a_way_that_the_model_does_not_have_is_refused_with_the_one_that_it_has(
    model: CharacterModel, asked: Asked, says: str
) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        way_before_a_look(model, asked=asked, subject=None)
    assert caught.value.remedies[0].kind == "reference"


@pytest.mark.parametrize(
    "model",
    [
        WAN,  # takes animals by a clip too, and nobody knows of the others either way
        taking(clip_subjects=all_are("taken")),
        taking(clip_subjects=all_are("may be refused")),
        taking(still_subjects=()),
        taking(still_subjects=(*all_are("taken")[:3], ("object", "refused"))),
    ],
    ids=["inline", "clips taken", "perhaps refused", "stills unknown", "an object refused"],
)
def test_a_clip_it_is_where_stills_are_no_surer_way(model: CharacterModel) -> None:
    assert way_in(model, asked="auto", subject=None, shows_face=False).way == "video"


def test_stills_it_is_where_nobody_knows_of_a_clip() -> None:
    unknown = taking(clip_subjects=())
    assert way_in(unknown, asked="auto", subject="animal", shows_face=False).way == "images"
    assert way_in(unknown, asked="auto", subject=None, shows_face=True).way == "video"


def test_a_person_goes_as_stills_where_a_clip_of_one_is_refused() -> None:
    shy = taking(clip_subjects=(("person", "refused"),))
    decided = way_in(shy, asked="auto", subject=None, shows_face=True)
    assert decided.way == "images"
    assert "takes people by images" in decided.said[0], "a face was found"


def test_the_way_is_open_before_a_look_only_where_the_look_decides() -> None:
    assert way_before_a_look(KLING, asked="auto", subject=None) is None


def test_a_model_that_takes_no_reference_is_said() -> None:
    with pytest.raises(ConfigError, match="neither a clip nor images"):
        way_in(replace(KLING, takes=Reference()), asked="auto", subject=None, shows_face=True)


@pytest.mark.parametrize(
    ("wishes", "subject"),
    [
        (Wishes(), None),
        (Wishes(subject="other"), None),
        (Wishes(subject="face"), "person"),
        (Wishes(subject="person"), "person"),
        (Wishes(person=2), "person"),
        (Wishes(subject="animal"), "animal"),
        (Wishes(subject="object"), "object"),
    ],
)
def test_what_an_order_says_of_its_subject_is_known_from_the_record_too(
    wishes: Wishes, subject: Subject | None
) -> None:
    assert said_subject(wishes) == subject
    assert said_before(overrides_of(wishes)) == subject
