"""Every model as data: names, limits, bodies, prices and polls that hold for each of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.errors import ConfigError, InvalidName
from screentest.client.remote.character_models import MODELS, CharacterModel
from screentest.client.remote.video_models import VIDEO_MODELS, VideoModel, video_model_of
from screentest.client.videos.plan import IMAGE_MODEL, TEXT_MODEL

every_character_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
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
    assert set(body.values()) >= {"https://b/k.mp4", "Joe"}
    assert all(body.values())
    assert dict(model.constants).items() <= body.items()


@every_character_model
def test_a_description_is_sent_exactly_where_it_is_taken(model: CharacterModel) -> None:
    takes_one = model.description_max is not None
    assert ("a fox" in model.body(video="u", name="n", description="a fox").values()) == takes_one


@every_character_model
def test_the_limit_of_a_description_is_the_models_own(model: CharacterModel) -> None:
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
    assert model.poll_most_s < model.results_kept_days * 24 * 3600


# Video models


@every_video_model
def test_a_video_model_is_found_under_its_own_name(model: VideoModel) -> None:
    assert video_model_of(model.model_id) is model
    assert re.search(r"20\d\d", model.price_source)


def test_an_unknown_video_model_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="openai/sora-9") as caught:
        video_model_of("openai/sora-9")
    assert all(model_id in caught.value.hint for model_id in VIDEO_MODELS)


@every_video_model
def test_every_offer_can_be_ordered_at_a_price_that_grows(model: VideoModel) -> None:
    for size in model.sizes:
        prices = []
        for duration_s in model.durations_s:
            model.require(size=size, duration_s=duration_s)
            prices.append(model.price_usd(size=size, duration_s=duration_s))
        assert prices == sorted(set(prices))
        assert prices[0] > 0


@every_video_model
def test_a_price_is_in_whole_hundredths_of_a_cent(model: VideoModel) -> None:
    for size in model.sizes:
        for duration_s in model.durations_s:
            usd = model.price_usd(size=size, duration_s=duration_s)
            assert usd == round(usd, 4)


@every_video_model
@pytest.mark.parametrize("duration_s", [0, -4, 3, 5, 21, 10**9])
def test_a_length_nobody_makes_is_refused_with_the_known_ones(
    model: VideoModel, duration_s: int
) -> None:
    with pytest.raises(ConfigError, match=str(duration_s)) as caught:
        model.require(size=model.sizes[0], duration_s=duration_s)
    assert all(str(known) in caught.value.hint for known in model.durations_s)


@every_video_model
@pytest.mark.parametrize("size", ["", "720", "1280x720", "1280*720 ", "4k"])
def test_a_size_nobody_makes_is_refused_with_the_known_ones(model: VideoModel, size: str) -> None:
    with pytest.raises(ConfigError) as caught:
        model.require(size=size, duration_s=model.durations_s[0])
    assert all(known in caught.value.hint for known in model.sizes)


@every_video_model
def test_a_body_says_only_what_the_model_reads(model: VideoModel) -> None:
    size, image = model.sizes[0], "https://b/first.png"
    body = model.body(prompt="p", size=size, duration_s=4, characters=(), image=image)
    assert body.pop("prompt") == "p"
    assert body.pop("duration") == 4
    assert body.pop("image", None) == (image if model.takes_image else None)
    assert body == ({} if model.shape == "none" else {model.shape: size})


def test_characters_are_sent_in_the_order_they_were_given() -> None:
    body = VIDEO_MODELS[TEXT_MODEL].body(
        prompt="p", size="720*1280", duration_s=4, characters=("char_2", "char_1"), image=""
    )
    assert body["characters"] == ["char_2", "char_1"]


@every_video_model
def test_a_model_that_shows_characters_says_whose(model: VideoModel) -> None:
    assert model.character_model in MODELS
    assert not (model.characters_max and model.takes_image)


@every_video_model
def test_sizes_in_pixels_come_in_both_shapes(model: VideoModel) -> None:
    # A character whose clip is upright needs an upright video, at the same price.
    pixels = {size for size in model.sizes if "*" in size}
    assert {"*".join(reversed(size.split("*"))) for size in pixels} == pixels
    prices = dict(model.sizes_usd)
    for size in pixels:
        assert prices[size] == prices["*".join(reversed(size.split("*")))]


def test_the_models_taken_by_default_are_the_cheapest_of_their_kind() -> None:
    for default in (VIDEO_MODELS[TEXT_MODEL], VIDEO_MODELS[IMAGE_MODEL]):
        rivals = [one for one in VIDEO_MODELS.values() if one.takes_image == default.takes_image]
        cheapest = min(usd for one in rivals for _, usd in one.sizes_usd)
        assert default.sizes_usd[0][1] == cheapest


@pytest.mark.parametrize("model", [*MODELS.values(), *VIDEO_MODELS.values()], ids=lambda m: m.model_id)
def test_polls_never_hurry_and_never_stop(model: CharacterModel | VideoModel) -> None:
    pauses = [model.poll_interval_s(polls) for polls in (*range(100), 10**6)]
    assert pauses == sorted(pauses)
    assert pauses[0] == model.poll_first_s >= 1
    assert pauses[-1] == model.poll_most_s
