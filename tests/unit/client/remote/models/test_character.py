"""Models as data: names they take, bodies they get, when to ask for their results."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from screentest.client.errors import ConfigError, InvalidName
from screentest.client.remote.character_models import (
    KLING_ELEMENTS_ADVANCED,
    MODELS,
    SORA_2_CHARACTERS,
    model_of,
)
from screentest.client.remote.models.body import Body, BodyField
from screentest.client.remote.models.reference import Reference, StillUrls
from screentest.prep.core.spec import KLING_STILLS, SPECS


@pytest.mark.parametrize(
    "name", ["J", "Joe", "x" * 80, "Zoë de la Cruz", "小明", "می\u200cخواهم", "👨\u200d👧"]
)
def test_good_names_are_taken(name: str) -> None:
    SORA_2_CHARACTERS.require_name(name)


@pytest.mark.parametrize("name", ["", " ", "\t\n", "x" * 81, " Joe", "Joe ", "J\noe", "J\x00"])
def test_names_that_prompts_could_not_repeat_are_refused(name: str) -> None:
    with pytest.raises(InvalidName) as caught:
        SORA_2_CHARACTERS.require_name(name)
    assert "1 to 80" in caught.value.hint


@pytest.mark.parametrize(
    "name",
    ["Joe\u200f", "\u202eJoe", "J\u200boe", "\ufeffJoe", "J\u00adoe", "Joe\u200d", "J\u200d\u200do"],
)
def test_a_name_that_nobody_could_type_again_is_refused(name: str) -> None:
    with pytest.raises(InvalidName, match=r"a character that nobody sees \(U\+"):
        SORA_2_CHARACTERS.require_name(name)


def test_each_model_has_its_own_limit_of_a_name() -> None:
    with pytest.raises(InvalidName, match="21 characters"):
        KLING_ELEMENTS_ADVANCED.require_name("x" * 21)


def test_the_body_holds_what_the_service_documents() -> None:
    body = SORA_2_CHARACTERS.body(video="https://b/k.mp4", name="Joe")
    assert body == {"video": "https://b/k.mp4", "name": "Joe"}


def test_an_element_made_by_video_is_what_the_schema_says() -> None:
    body = KLING_ELEMENTS_ADVANCED.body(
        video="https://b/k.mp4", name="Joe", description="A man who nods."
    )
    assert body == {
        "reference_type": "video_refer",
        "name": "Joe",
        "description": "A man who nods.",
        "element_video_list": ["https://b/k.mp4"],
    }


def test_an_element_made_by_images_names_the_frontal_one_apart() -> None:
    stills = StillUrls("https://b/0.png", ("https://b/1.png", "https://b/2.png"))
    body = KLING_ELEMENTS_ADVANCED.body(stills=stills, name="Joe", description="A man.")
    assert body == {
        "reference_type": "image_refer",
        "name": "Joe",
        "description": "A man.",
        "frontal_image": "https://b/0.png",
        "refer_images": ["https://b/1.png", "https://b/2.png"],
    }


def test_a_way_in_that_a_model_lacks_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="takes no images"):
        SORA_2_CHARACTERS.body(name="Joe", stills=StillUrls("u"))
    without_clips = replace(KLING_ELEMENTS_ADVANCED, by_video=None)
    with pytest.raises(ConfigError, match="images, not a clip"):
        _ = without_clips.clip


def test_a_model_of_clips_is_a_value_and_no_code() -> None:
    body = Body(
        (BodyField("clip_url", "clip"), BodyField("title", "name")), constants=(("kind", "clip"),)
    )
    made_up = replace(SORA_2_CHARACTERS, model_id="acme/faces", by_video=body)
    assert made_up.body(video="u", name="n") == {"kind": "clip", "clip_url": "u", "title": "n"}


def test_a_model_of_stills_is_a_value_and_no_code() -> None:
    made_up = replace(
        SORA_2_CHARACTERS,
        model_id="acme/photos",
        takes=Reference(stills=replace(KLING_STILLS, least=1, most=3, frontal=False)),
        by_video=None,
        by_images=Body((BodyField("photos", "stills", item_key="url"), BodyField("title", "name"))),
    )
    body = made_up.body(name="n", stills=StillUrls("a", ("b",)))
    assert body == {"photos": [{"url": "a"}, {"url": "b"}], "title": "n"}
    assert made_up.takes.inputs == "images"
    assert made_up.price_usd == SORA_2_CHARACTERS.price_usd


def test_a_description_that_a_model_wants_is_asked_for_before_any_work() -> None:
    for nothing in ("", "  "):
        with pytest.raises(ConfigError, match="wants a description") as caught:
            KLING_ELEMENTS_ADVANCED.require_description(nothing)
        assert caught.value.remedies[0].kind == "description"


def test_a_description_goes_only_to_models_that_take_one() -> None:
    KLING_ELEMENTS_ADVANCED.require_description("a fox")
    with pytest.raises(ConfigError, match="no description"):
        SORA_2_CHARACTERS.require_description("a fox")


def test_a_description_too_long_is_refused_before_any_work() -> None:
    with pytest.raises(ConfigError, match="101"):
        KLING_ELEMENTS_ADVANCED.require_description("x" * 101)


def test_polling_starts_soon_and_slows_down() -> None:
    pauses = [SORA_2_CHARACTERS.poll_interval_s(polls) for polls in range(200)]
    assert pauses[0] == 1.0
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5.0


def test_every_model_has_a_clip_spec_and_a_dated_price() -> None:
    for model_id, model in MODELS.items():
        assert SPECS[model_id] is model.clip
        assert re.search(r"20\d\d", model.price_source)


def test_an_unknown_model_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="openai/sora-9") as caught:
        model_of("openai/sora-9")
    assert "openai/sora-2/characters" in caught.value.hint
