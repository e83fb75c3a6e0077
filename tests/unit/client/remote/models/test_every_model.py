"""Every model as data: names, limits, bodies, prices and polls that hold for each of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.errors import ConfigError, InvalidName
from screentest.client.remote.character_models import MODELS, CharacterModel
from screentest.client.remote.models.facts import MARKS
from screentest.client.remote.models.video import References, is_upright
from screentest.client.remote.video_models import (
    IMAGE_MODEL,
    TEXT_MODEL,
    VIDEO_MODELS,
    VideoModel,
    clip_spec_of,
    every_model,
    video_model_of,
)
from screentest.prep.core.spec import SPECS

every_character_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
every_one = pytest.mark.parametrize("model", every_model(), ids=lambda model: model.model_id)
every_video_model = pytest.mark.parametrize("model", VIDEO_MODELS.values(), ids=VIDEO_MODELS)
LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"])


# Character models


@every_character_model
def test_a_character_model_is_found_under_its_own_name(model: CharacterModel) -> None:
    assert MODELS[model.model_id] is model
    assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)+", model.model_id)


@every_character_model
@given(data=st.data())
def test_a_name_within_the_limit_is_taken_in_any_script(
    model: CharacterModel, data: st.DataObject
) -> None:
    model.require_name(data.draw(st.text(LETTERS, min_size=1, max_size=model.name_max)))


@every_character_model
@pytest.mark.parametrize("letter", ["x", "東", "👤"])
def test_the_limit_of_a_name_counts_characters_and_not_bytes(
    model: CharacterModel, letter: str
) -> None:
    model.require_name(letter * model.name_max)
    with pytest.raises(InvalidName, match=str(model.name_max + 1)):
        model.require_name(letter * (model.name_max + 1))


@every_character_model
@pytest.mark.parametrize(
    "name", ["J\x1boe", "Jo\x7fe", "J\ud800", "\u00a0Joe", "Joe\u3000", "J\u0085e"]
)
def test_a_name_nobody_could_repeat_is_refused_by_every_model(model: CharacterModel, name: str) -> None:
    with pytest.raises(InvalidName):
        model.require_name(name)


@every_character_model
def test_a_body_holds_the_clip_and_the_name_and_nothing_empty(model: CharacterModel) -> None:
    body = model.body(video="https://b/k.mp4", name="Joe")
    assert "https://b/k.mp4" in str(body)
    assert "Joe" in body.values()
    assert all(body.values())
    assert model.by_video
    assert dict(model.by_video.constants).items() <= body.items()


@every_character_model
def test_a_description_is_sent_exactly_where_it_is_taken(model: CharacterModel) -> None:
    takes_one = model.description_max is not None
    assert ("a fox" in model.body(video="u", name="n", description="a fox").values()) == takes_one


@every_character_model
def test_the_limit_of_a_description_is_the_models_own(model: CharacterModel) -> None:
    if not model.needs_description:
        model.require_description("")
    if model.description_max is None:
        with pytest.raises(ConfigError):
            model.require_description("x")
        return
    model.require_description("x" * model.description_max)
    with pytest.raises(ConfigError):
        model.require_description("x" * (model.description_max + 1))


@every_character_model
def test_a_character_costs_something_and_says_by_whose_word(model: CharacterModel) -> None:
    assert 0 < model.price_usd < 1
    assert re.search(r"20\d\d", model.price_source)


@every_character_model
def test_results_are_fetched_while_the_service_keeps_them(model: CharacterModel) -> None:
    assert model.polling.most_s < model.results_kept_days * 24 * 3600


# Video models


@every_video_model
def test_a_video_model_is_found_under_its_own_name(model: VideoModel) -> None:
    assert video_model_of(model.model_id) is model


def test_an_unknown_video_model_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="openai/sora-9") as caught:
        video_model_of("openai/sora-9")
    assert all(model_id in caught.value.hint for model_id in VIDEO_MODELS)


@every_video_model
def test_every_offer_can_be_ordered_at_a_price_that_grows(model: VideoModel) -> None:
    for size in model.sizes or ("",):
        prices = []
        for duration_s in sorted(model.durations_s):
            model.require(size=size, duration_s=duration_s)
            prices.append(model.price_usd(size=size, duration_s=duration_s))
        assert prices == sorted(set(prices))
        assert prices[0] > 0
        assert all(usd == round(usd, 4) for usd in prices)


@every_video_model
@pytest.mark.parametrize("duration_s", [0, -4, 1, 31, 10**9])
def test_a_length_nobody_makes_is_refused_with_both_ends(model: VideoModel, duration_s: int) -> None:
    with pytest.raises(ConfigError, match=str(duration_s)) as caught:
        model.require(size=next(iter(model.sizes), ""), duration_s=duration_s)
    assert str(min(model.durations_s)) in caught.value.hint
    assert str(max(model.durations_s)) in caught.value.hint


@every_video_model
@pytest.mark.parametrize("size", ["720", "1280x720", "1280*720 ", "8k"])
def test_a_size_nobody_makes_is_refused_with_the_known_ones(model: VideoModel, size: str) -> None:
    with pytest.raises(ConfigError) as caught:
        model.require(size=size, duration_s=model.durations_s[0])
    assert all(known in caught.value.hint for known in model.sizes)


@every_video_model
def test_a_body_says_only_what_was_asked_for(model: VideoModel) -> None:
    size, image = next(iter(model.sizes), ""), "https://b/first.png"
    body = model.body(prompt="p", size=size, duration_s=4, image=image)
    known = {"prompt": "p", "duration": 4, "size": size, "image": image}
    slots = {one.key: one.slot for one in model.fields.fields}
    for key, value in body.items():
        if slots[key] == "ratio":
            assert value == model.ratios[0]
        elif slots[key] == "sound":
            assert value is False
        else:
            assert value == known[slots[key]]
    assert ("image" in body) == model.takes_image


@every_video_model
def test_a_resolution_is_always_sent(model: VideoModel) -> None:
    # Some hosts default to the dearest.
    body = model.body(prompt="p", size="", duration_s=4)
    if model.sizes:
        assert model.sizes[0] in body.values()


def test_characters_are_sent_in_the_order_they_were_given() -> None:
    references = References(ids=("char_2", "char_1"))
    body = VIDEO_MODELS[TEXT_MODEL].body(prompt="p", size="", duration_s=4, references=references)
    assert body["characters"] == ["char_2", "char_1"]


@every_video_model
def test_a_model_that_shows_characters_by_id_says_whose(model: VideoModel) -> None:
    if model.cast and model.cast.delivery == "id":
        assert model.cast.made_by in MODELS
        assert model.fields.takes("characters")


@every_video_model
def test_a_model_that_takes_characters_inline_says_what_they_are_made_of(model: VideoModel) -> None:
    cast = model.cast
    if cast is None or cast.delivery != "inline":
        return
    assert cast.takes
    assert bool(cast.most_clips) == bool(cast.takes.clip) == model.fields.takes("clips")
    assert bool(cast.most_stills) == bool(cast.takes.stills) == model.fields.takes("stills")
    assert cast.naming.by_video != cast.naming.by_images
    assert clip_spec_of(model.model_id) is cast.takes.clip


@every_video_model
def test_sizes_come_in_both_shapes_at_one_price(model: VideoModel) -> None:
    # A character whose clip is upright needs an upright video.
    def price(size: str) -> float:
        return model.price_usd(size=size, duration_s=model.durations_s[0])

    for size in model.sizes:
        if is_upright(size) is not None:
            turned = "*".join(reversed(size.split("*")))
            assert price(size) == price(turned)
    if model.ratios:
        assert model.ratio_for(upright=True) == "9:16"
        assert model.ratio_for(upright=False) == "16:9"


def test_the_models_taken_by_default_are_the_cheapest_sora_models() -> None:
    sora = [one for one in VIDEO_MODELS.values() if one.model_id.startswith("openai/")]
    for default in (VIDEO_MODELS[TEXT_MODEL], VIDEO_MODELS[IMAGE_MODEL]):
        rivals = [one for one in sora if one.takes_image == default.takes_image]
        assert default.price.rates[0][1] == min(usd for one in rivals for _, usd in one.price.rates)


# All of them


@every_one
def test_polls_never_hurry_and_never_stop(model: CharacterModel | VideoModel) -> None:
    pauses = [model.poll_interval_s(polls) for polls in (*range(100), 10**6)]
    assert pauses == sorted(pauses)
    assert pauses[0] == model.polling.first_s >= 1
    assert pauses[-1] == model.polling.most_s


@every_one
def test_every_limit_tells_how_well_it_is_known(model: CharacterModel | VideoModel) -> None:
    limits = model.limits()
    assert {one.name for one in limits} == {name for name, _ in model.sources}
    for one in limits:
        assert one.value
        assert one.source.mark in MARKS
        assert re.fullmatch(r"20\d\d(-\d\d)*", one.source.date)
        assert one.source.where


@every_one
def test_a_price_that_nobody_documents_is_asked_for(model: CharacterModel | VideoModel) -> None:
    assert model.price.asks == (model.source_of("price").mark != "documented")


@every_one
def test_bodies_are_told_with_nothing_left_empty(model: CharacterModel | VideoModel) -> None:
    bodies = list(model.samples())
    assert bodies
    assert all(value not in ("", [], None) for body in bodies for value in body.values())


def test_only_the_model_whose_fields_nobody_saw_is_unverified() -> None:
    unseen = [one.model_id for one in VIDEO_MODELS.values() if not one.is_verified]
    assert unseen == ["kwaivgi/kling-v4.0/reference-to-video"]
    with pytest.raises(ConfigError, match="assumed") as caught:
        VIDEO_MODELS[unseen[0]].require_verified()
    assert caught.value.remedies[0].kind == "unverified"


def test_the_rules_of_a_clip_are_found_by_the_model() -> None:
    for model_id, spec in SPECS.items():
        assert clip_spec_of(model_id) is spec
    with pytest.raises(ConfigError, match="takes no clip") as caught:
        clip_spec_of(TEXT_MODEL)
    assert set(SPECS) <= set(re.findall(r"[\w./-]+/[\w./-]*\w", caught.value.hint))
