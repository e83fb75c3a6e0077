"""What a video would be, held against a real registry: size, shape, price, and who may be in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.config import Secret, Settings
from screentest.client.errors import (
    ConfigError,
    PromptProblem,
    SeveralMeant,
    SubjectRefused,
    UnknownCharacter,
)
from screentest.client.remote.video_models import IMAGE_MODEL, TEXT_MODEL, VIDEO_MODELS
from screentest.client.videos.casting import default_model
from screentest.client.videos.plan import VideoOrder, VideoPlan, planned
from screentest.prep.stills.values import Still
from tests.registry_parts import CLIP, FILE_NAME, WISH, Registry, brought, deleted, every_video

WAN = "alibaba/wan-3.0/reference-to-video"
PRO = "openai/sora-2-pro/text-to-video"
PRO_IMAGE = "openai/sora-2-pro/image-to-video"
SETTINGS = Settings(Path("/home"), "https://s/api/v3", Secret("key-1"), "b", sandbox=False)
MINE = replace(WISH, service=SETTINGS.service, account=SETTINGS.account)
UPRIGHT = replace(CLIP, width_px=720, height_px=1280)
SQUARE = replace(CLIP, width_px=720, height_px=720)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """Wide Joe, upright Ann, and Bo, whose task still runs."""
    with Registry(tmp_path / FILE_NAME) as registry:
        brought(registry, "done", wish=MINE, number=1)
        brought(registry, "done", wish=replace(MINE, name="Ann"), clip=UPRIGHT, number=2)
        brought(registry, "submitted", wish=replace(MINE, name="Bo"), number=3)
        yield registry


def plan(registry: Registry, prompt: str = "Joe waves.", **wishes: Any) -> VideoPlan:
    wishes = {"characters": ("Joe",), "out": Path("/out.mp4"), **wishes}
    return planned(VideoOrder(prompt, **wishes), registry, SETTINGS)


@pytest.mark.parametrize("text", ["prompt", "image", "model", "size", "out", "characters"])
def test_text_that_nobody_can_write_down_is_refused_before_a_price_is_asked(
    registry: Registry, text: str
) -> None:
    broken = b"Joe \xff".decode("utf-8", "surrogateescape")
    values: dict[str, Any] = {"out": Path("/") / broken, "characters": (broken,)}
    with pytest.raises(ConfigError, match="is not valid UTF-8"):
        plan(registry, **{text: values.get(text, broken)})


# Which model, size and price


def test_the_cheapest_model_that_fits_is_taken(registry: Registry) -> None:
    assert plan(registry).model.model_id == TEXT_MODEL
    first_frame = plan(registry, "A dog", characters=(), image="https://b/first.png")
    assert first_frame.model.model_id == IMAGE_MODEL


def test_a_video_has_the_shape_of_its_character(registry: Registry) -> None:
    # The service stretches a clip into a video of the other shape.
    assert plan(registry).size == "1280*720"
    assert plan(registry, "Ann waves.", characters=("Ann",)).size == "720*1280"


def test_a_video_of_nobody_has_the_models_first_size(registry: Registry) -> None:
    nobody = plan(registry, "A dog", characters=())
    assert nobody.size == VIDEO_MODELS[TEXT_MODEL].sizes[0]


@pytest.mark.parametrize(
    ("name", "size", "fits"),
    [
        ("Joe", "1280*720", True),
        ("Joe", "1920*1080", True),
        ("Joe", "720*1280", False),
        ("Ann", "1024*1792", True),
        ("Ann", "1792*1024", False),
    ],
)
def test_a_size_that_would_stretch_somebody_is_refused(
    registry: Registry, name: str, size: str, fits: bool
) -> None:
    wanted = {"characters": (name,), "model": PRO, "size": size}
    if fits:
        assert plan(registry, f"{name} waves.", **wanted).size == size
        return
    with pytest.raises(ConfigError, match=name) as caught:
        plan(registry, f"{name} waves.", **wanted)
    assert caught.value.remedies[0].kind == "size"


def test_two_shapes_cannot_be_in_one_video(registry: Registry) -> None:
    with pytest.raises(ConfigError, match="stretched"):
        plan(registry, "Joe meets Ann.", characters=("Joe", "Ann"))


def test_a_square_clip_counts_as_wide(registry: Registry) -> None:
    brought(registry, "done", wish=replace(MINE, name="Cy"), clip=SQUARE, number=4)
    assert plan(registry, "Cy and Joe wave.", characters=("Cy", "Joe")).size == "1280*720"


@pytest.mark.parametrize("size", ["huge", "1280x720", "1280*", "*", "a*b", "1920*1080"])
def test_a_size_the_model_does_not_make_is_refused_without_a_crash(
    registry: Registry, size: str
) -> None:
    with pytest.raises(ConfigError):
        plan(registry, size=size)


@pytest.mark.parametrize("duration_s", [0, 5, -4, 60])
def test_a_length_the_model_does_not_make_is_refused(registry: Registry, duration_s: int) -> None:
    with pytest.raises(ConfigError, match=str(duration_s)):
        plan(registry, duration_s=duration_s)


@pytest.mark.parametrize(
    ("wishes", "usd"),
    [
        ({}, 0.4),
        ({"duration_s": 20}, 2.0),
        ({"model": PRO}, 1.2),
        ({"model": PRO, "size": "1920*1080", "duration_s": 12}, 8.4),
    ],
)
def test_the_price_is_the_listed_one_for_size_and_length(
    registry: Registry, wishes: dict[str, Any], usd: float
) -> None:
    assert plan(registry, **wishes).cost_usd == pytest.approx(usd)


# Images


@pytest.mark.parametrize("model", [IMAGE_MODEL, PRO_IMAGE])
def test_a_model_that_begins_with_an_image_needs_one(registry: Registry, model: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(registry, "A dog", characters=(), model=model)
    assert caught.value.remedies[0].kind == "image"


def test_an_image_for_a_model_that_takes_none_is_not_dropped_silently(registry: Registry) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(registry, model=TEXT_MODEL, image="first.png")
    assert IMAGE_MODEL in caught.value.hint


def test_a_model_that_shows_nobody_says_which_one_does(registry: Registry) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(registry, image="first.png")
    assert TEXT_MODEL in caught.value.hint


# Who may be in it


def test_characters_are_found_by_name_and_by_id(registry: Registry) -> None:
    for said in ("Joe", "char_1"):
        assert plan(registry, characters=(said,)).inputs()["characters"] == ["char_1"]


def test_a_character_without_an_id_says_how_to_get_it(registry: Registry) -> None:
    with pytest.raises(ConfigError, match="Bo") as caught:
        plan(registry, "Bo waves.", characters=("Bo",))
    assert {one.kind for one in caught.value.remedies} == {"wait", "reconcile"}


def test_a_character_of_another_account_is_not_sent_to_this_one(registry: Registry) -> None:
    brought(registry, "done", wish=replace(WISH, name="Di", account="other"), number=5)
    with pytest.raises(ConfigError, match="Di"):
        plan(registry, "Di waves.", characters=("Di",))


def test_a_character_of_another_model_cannot_be_shown(registry: Registry) -> None:
    kling = replace(MINE, name="Di", model="kwaivgi/kling-elements-advanced")
    brought(registry, "done", wish=kling, number=5)
    with pytest.raises(ConfigError, match="Di") as caught:
        plan(registry, "Di waves.", characters=("Di",), model=TEXT_MODEL)
    assert "openai/sora-2/characters" in caught.value.hint


def test_a_deleted_character_is_not_shown_any_more(registry: Registry) -> None:
    row = brought(registry, "done", wish=replace(MINE, name="Di"), number=5)
    deleted(registry, row)
    with pytest.raises(UnknownCharacter, match="Di"):
        plan(registry, "Di waves.", characters=("Di",))


def test_nobody_of_that_name_is_told(registry: Registry) -> None:
    with pytest.raises(UnknownCharacter, match="Zed"):
        plan(registry, characters=("Zed",))


def test_more_characters_than_the_model_shows_are_refused(registry: Registry) -> None:
    for number, name in enumerate(("Di", "Ed"), start=5):
        brought(registry, "done", wish=replace(MINE, name=name), number=number)
    plan(registry, "Joe, Di", characters=("Joe", "Di"))
    with pytest.raises(ConfigError, match="3"):
        plan(registry, "Joe, Di, Ed", characters=("Joe", "Di", "Ed"))


# Prompts


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"webhook": "ftp://mine.example"}, "is not a URL to call"),
        ({"out": Path("/bad\udcff.mp4")}, "path .* is not valid UTF-8"),
        ({"prompt": "Joe waves\udcff."}, "prompt .* is not valid UTF-8"),
        ({"characters": ("Joe\udcff",)}, "name .* is not valid UTF-8"),
        ({"image": "first\udcff.png"}, "image .* is not valid UTF-8"),
    ],
)
def test_what_could_not_be_recorded_or_called_is_refused_before_a_price_is_asked(
    registry: Registry, wishes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        plan(registry, **wishes)


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_an_empty_prompt_is_refused(registry: Registry, prompt: str) -> None:
    with pytest.raises(ConfigError):
        plan(registry, prompt, characters=())


def test_a_prompt_must_name_the_character_even_when_it_is_given_by_id(registry: Registry) -> None:
    with pytest.raises(PromptProblem, match="Joe"):
        plan(registry, "A man waves.", characters=("char_1",))


# What would be sent


def test_the_body_is_what_was_ordered(registry: Registry) -> None:
    body = plan(registry, "Joe waves.", duration_s=8).inputs()
    assert body == {
        "prompt": "Joe waves.",
        "duration": 8,
        "size": "1280*720",
        "characters": ["char_1"],
    }


O3 = "kwaivgi/kling-video-o3-pro/reference-to-video"
ELEMENTS = "kwaivgi/kling-elements-advanced"


def test_kling_gets_each_element_by_its_id_and_its_place_in_the_prompt(registry: Registry) -> None:
    for number, name in enumerate(("Cy", "Di", "Ed", "Flo", "Gus"), start=5):
        brought(registry, "done", wish=replace(MINE, name=name, model=ELEMENTS), number=number)
    four = ("Di", "Cy", "Ed", "Flo")
    wanted = plan(registry, "Cy meets Di, Ed and Flo.", characters=four, duration_s=3)
    assert wanted.inputs() == {
        "prompt": "Cy (<<<element_2>>>) meets Di (<<<element_1>>>), Ed (<<<element_3>>>) "
        "and Flo (<<<element_4>>>).",
        "element_list": [{"element_id": f"char_{number}"} for number in (6, 5, 7, 8)],
        "aspect_ratio": "16:9",
        "duration": 3,
        "sound": False,
    }
    assert wanted.model.model_id == O3
    assert wanted.cost_usd == pytest.approx(0.336)
    with pytest.raises(ConfigError, match="5 characters are too many"):
        plan(registry, "Cy, Di, Ed, Flo, Gus", characters=(*four, "Gus"), model=O3)


def test_the_id_that_one_model_gave_names_the_character_at_another(registry: Registry) -> None:
    joe = registry.registrations.find_one("char_1")
    wish = replace(MINE, model=ELEMENTS, character_no=joe.character_no)
    brought(registry, "done", wish=wish, number=5)
    wanted = plan(registry, characters=("char_1",), model=O3)
    assert wanted.inputs()["element_list"] == [{"element_id": "char_5"}]


def test_a_name_of_two_characters_takes_neither_though_the_model_can_show_but_one(
    registry: Registry,
) -> None:
    other = replace(MINE, model=ELEMENTS, source_fingerprint="another")
    row = brought(registry, "done", wish=other, number=5)
    assert row.character_no != registry.registrations.find_one("char_1").character_no
    for model in (TEXT_MODEL, O3, WAN):
        with pytest.raises(SeveralMeant, match=r"char_1.*char_5"):
            plan(registry, model=model)
    assert plan(registry, characters=("char_1",)).inputs()["characters"] == ["char_1"]
    by_digits = plan(registry, characters=(row.identity[:12],), model=O3)
    assert by_digits.inputs()["element_list"] == [{"element_id": "char_5"}]


def test_whoever_has_no_id_at_the_model_is_told_so_however_they_were_named(registry: Registry) -> None:
    row = brought(registry, "done", wish=replace(MINE, name="Di", model=ELEMENTS), number=5)
    for said in ("Di", "char_5", row.identity[:12]):
        with pytest.raises(ConfigError, match="'Di' has no registration with openai"):
            plan(registry, "Di waves.", characters=(said,), model=TEXT_MODEL)


@pytest.mark.parametrize(
    ("name", "model"), [("Joe", TEXT_MODEL), ("Bo", TEXT_MODEL), ("Ida", TEXT_MODEL), ("Kit", WAN)]
)
def test_only_who_has_no_id_anywhere_is_shown_inline_unasked(
    registry: Registry, name: str, model: str
) -> None:
    """Joe has an id here, Bo's is being made, Ida's is another account's, Kit was refused one."""
    brought(registry, "done", wish=replace(WISH, name="Ida", account="other"), number=5)
    brought(registry, "failed", wish=replace(MINE, name="Kit"), number=6)
    assert default_model((name,), "", registry, SETTINGS) == model


def test_a_character_goes_the_way_that_is_asked_for(registry: Registry) -> None:
    assert plan(registry, model=WAN, reference="video").inputs()["prompt"] == "Joe (Video 1) waves."
    assert plan(registry, model=WAN, reference="images").inputs()["prompt"] == "Joe (Image 1) waves."


def test_the_same_order_goes_the_way_that_it_went_at_first(registry: Registry) -> None:
    # Otherwise one that was interrupted would not be found, and be paid for again.
    ledger, joe = registry.registrations, registry.registrations.find_one("Joe")
    for overrides in ({}, {"reference": "images"}):
        wish = replace(MINE, model=WAN, overrides=overrides, character_no=joe.character_no)
        row = ledger.record_wish(wish)
        still = Still("/a.jpg", "view", 0.0, None, None, 400, 400, 1.0, "/raw", "cd" * 32, 9)
        ledger.mark_kept(
            ledger.mark_with_stills(row, [still]) if overrides else ledger.mark_clipped(row, CLIP)
        )
        assert plan(registry, model=WAN).inputs()["reference_videos"] == [CLIP.sha256]
    images = plan(registry, model=WAN, reference="images").inputs()
    assert images["reference_images"] == ["cd" * 32]


def test_what_the_model_is_known_to_refuse_is_refused_before_anything_is_made(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = VIDEO_MODELS[WAN]
    assert model.cast
    assert model.takes
    shy = replace(model.takes, clip_subjects=(("person", "refused"),), still_subjects=())
    shy_model = replace(model, model_id="a/shy", cast=replace(model.cast, takes=shy))
    monkeypatch.setitem(VIDEO_MODELS, "a/shy", shy_model)
    with pytest.raises(SubjectRefused, match="a/shy refuses people"):
        plan(registry, model="a/shy")


def test_planning_records_nothing(registry: Registry) -> None:
    plan(registry)
    assert every_video(registry) == ()


def test_the_model_that_shows_what_was_made_is_taken_not_what_failed(registry: Registry) -> None:
    made_by = "kwaivgi/kling-elements-advanced"
    brought(registry, "failed", wish=replace(MINE, name="Cy"), number=7)
    brought(registry, "done", wish=replace(MINE, name="Cy", model=made_by), number=8)
    cast = plan(registry, "Cy waves.", characters=("Cy",)).model.cast
    assert cast is not None
    assert cast.made_by == made_by
