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
from screentest.prep.core.spec import SPECS


@pytest.mark.parametrize("name", ["J", "Joe", "x" * 80, "Zoë de la Cruz", "小明"])
def test_good_names_are_taken(name: str) -> None:
    SORA_2_CHARACTERS.require_name(name)


@pytest.mark.parametrize("name", ["", " ", "\t\n", "x" * 81, " Joe", "Joe ", "J\noe", "J\x00"])
def test_names_that_prompts_could_not_repeat_are_refused(name: str) -> None:
    with pytest.raises(InvalidName) as caught:
        SORA_2_CHARACTERS.require_name(name)
    assert "1 to 80" in caught.value.hint


def test_each_model_has_its_own_limit_of_a_name() -> None:
    with pytest.raises(InvalidName, match="21 characters"):
        KLING_ELEMENTS_ADVANCED.require_name("x" * 21)


def test_the_body_holds_what_the_service_documents() -> None:
    body = SORA_2_CHARACTERS.body(video="https://b/k.mp4", name="Joe")
    assert body == {"video": "https://b/k.mp4", "name": "Joe"}


def test_a_third_model_is_a_value_and_no_code() -> None:
    third = replace(
        SORA_2_CHARACTERS,
        model_id="acme/faces",
        fields=(("clip_url", "video"), ("title", "name")),
        constants=(("kind", "clip"),),
    )
    assert third.body(video="u", name="n") == {"kind": "clip", "clip_url": "u", "title": "n"}


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
