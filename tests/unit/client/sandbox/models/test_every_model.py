"""The models that the sandbox serves: prices, fields and what they refuse."""

from __future__ import annotations

import pytest

from screentest.client.sandbox.models.fields import Field
from screentest.client.sandbox.models.known import MODELS
from screentest.client.sandbox.models.media import CastField, Media
from screentest.client.sandbox.models.model import Model

REGISTRATIONS = MODELS["openai/sora-2/characters"]


@pytest.mark.parametrize(
    ("model", "inputs", "usd"),
    [
        ("openai/sora-2/characters", {}, 0.001),
        ("openai/sora-2/text-to-video", {"duration": 20}, 2.0),
        ("openai/sora-2-pro/text-to-video", {"duration": 4}, 1.2),
        ("openai/sora-2-pro/image-to-video", {"duration": 8, "resolution": "1080p"}, 4.0),
    ],
)
def test_prices_are_the_documented_ones(model: str, inputs: dict[str, object], usd: float) -> None:
    assert MODELS[model].price_of(inputs, {}) == usd


def test_a_price_can_be_set() -> None:
    assert REGISTRATIONS.price_of({}, {REGISTRATIONS.id: 0.5}) == 0.5


def test_unknown_fields_are_dropped_and_defaults_filled_in() -> None:
    model = MODELS["openai/sora-2/text-to-video"]
    given = model.inputs_from({"prompt": "x", "seed": 7, "size": None})
    assert given == {"prompt": "x", "size": "720*1280", "duration": 4}


@pytest.mark.parametrize("name", ["J", "x" * 80, "Zoë", "名前"])
def test_a_name_within_the_limits_is_accepted(name: str) -> None:
    assert REGISTRATIONS.problem({"video": "u", "name": name}) is None


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"name": "Joe"}, '"video" is missing'),
        ({"video": "u"}, '"name" is missing'),
        ({"video": "u", "name": ""}, '"name" must have 1 to 80'),
        ({"video": "u", "name": "x" * 81}, '"name" must have 1 to 80'),
        ({"video": ["u"], "name": "Joe"}, '"video" must be of type string'),
    ],
)
def test_the_first_problem_of_a_submit_is_named(inputs: dict[str, object], named: str) -> None:
    assert named in (REGISTRATIONS.problem(inputs) or "")


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        (Field("n", "integer"), 4, True),
        (Field("n", "integer"), True, False),
        (Field("n", "integer"), 4.0, False),
        (Field("n", "integer", choices=(4, 8)), 5, False),
        (Field("a", "array"), ["x"], True),
        (Field("a", "array"), ["x", 1], False),
        (Field("a", "array", max_length=1), ["x", "y"], False),
        (Field("b", "boolean"), False, True),
        (Field("b", "boolean"), 0, False),
        (Field("n", "integer", minimum=3, maximum=15), 3, True),
        (Field("n", "integer", minimum=3, maximum=15), 15, True),
        (Field("n", "integer", minimum=3, maximum=15), 2, False),
        (Field("n", "integer", minimum=3, maximum=15), 16, False),
        (Field("e", "array", item_key="id"), [{"id": "1"}], True),
        (Field("e", "array", item_key="id"), ["1"], False),
        (Field("e", "array", item_key="id"), [{"id": 1}], False),
    ],
)
def test_a_value_must_have_its_fields_type_and_limits(field: Field, value: object, fits: bool) -> None:
    assert (field.problem(value) is None) == fits


def test_the_catalogue_lets_a_client_check_a_body_before_it_pays() -> None:
    entry = MODELS["openai/sora-2/text-to-video"].catalogue_entry("http://127.0.0.1:1", {})
    [run] = entry["api_schema"]["api_schemas"]
    schema = run["request_schema"]
    assert run["api_path"] == "/api/v3/openai/sora-2/text-to-video"
    assert schema["required"] == ["prompt"]
    assert schema["properties"]["size"]["enum"] == ["720*1280", "1280*720"]
    assert schema["properties"]["characters"] == {"type": "array", "items": {"type": "string"}}
    assert entry["base_price"] == 0.4


def test_a_price_that_was_set_shows_in_the_catalogue() -> None:
    assert REGISTRATIONS.catalogue_entry("", {REGISTRATIONS.id: 0.5})["base_price"] == 0.5


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_rule_is_about_a_field_that_the_model_has(model: Model) -> None:
    fields = {f.name for f in model.fields}
    told: list[Media | CastField] = [*model.media, *model.cast]
    assert {one.field for one in told} <= fields
    assert {one.field for one in model.counts} | {one.when for one in model.counts} <= fields
    assert set(model.priced_by) <= fields
    assert model.media or model.kind == "video"


WAN, O3 = "alibaba/wan-3.0/reference-to-video", "kwaivgi/kling-video-o3-pro/reference-to-video"


@pytest.mark.parametrize(
    ("model", "inputs", "lengths_s", "usd"),
    [
        (WAN, {"duration": 5}, [], 0.5),
        (WAN, {"duration": 5, "resolution": "480p"}, [4.0], 0.45),
        (WAN, {"duration": 2, "resolution": "1080p"}, [3.1, 1.0], 1.4),
        ("alibaba/wan-3.0-prime/reference-to-video", {"duration": 5}, [4.0], 1.35),
        (O3, {"duration": 5}, [4.0], 0.56),
        (O3, {"duration": 5, "sound": True}, [], 0.7),
        ("kwaivgi/kling-elements-advanced", {"reference_type": "video_refer"}, [8.0], 0.01),
    ],
)
def test_prices_follow_each_models_rule(
    model: str, inputs: dict[str, object], lengths_s: list[float], usd: float
) -> None:
    assert MODELS[model].price_of(inputs, {}, lengths_s) == pytest.approx(usd)


ELEMENT = {"name": "Joe", "description": "A man."}


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"reference_type": "video_refer", "element_video_list": ["u"]}, ""),
        ({"reference_type": "video_refer"}, '"element_video_list" must have 1 items'),
        ({"reference_type": "video_refer", "element_video_list": ["u", "v"]}, "must have 1 items"),
        ({"reference_type": "video_refer", "video": "u"}, '"element_video_list" must have 1 items'),
        ({"frontal_image": "u", "refer_images": ["v"]}, ""),
        ({"frontal_image": "u", "refer_images": ["v"] * 3}, ""),
        ({"frontal_image": "u", "refer_images": ["v"] * 4}, '"refer_images" must have 1 to 3'),
        ({"frontal_image": "u"}, '"refer_images" must have 1 to 3'),
        ({"refer_images": ["v"]}, '"frontal_image" must have 1 items'),
        ({"reference_type": "photo"}, "image_refer, video_refer"),
        ({"name": "x" * 21}, '"name" must have 1 to 20'),
        ({"description": "x" * 101}, '"description" must have 1 to 100'),
        ({"description": ""}, '"description" must have 1 to 100'),
    ],
)
def test_an_element_is_taken_by_a_video_or_by_images_and_says_what_is_wrong(
    inputs: dict[str, object], named: str
) -> None:
    model = MODELS["kwaivgi/kling-elements-advanced"]
    assert named in (model.problem(model.inputs_from({**ELEMENT, **inputs})) or "")


def test_images_are_fewer_beside_a_video() -> None:
    body = {"prompt": "p", "images": ["u"] * 5}
    assert MODELS[O3].problem(body) is None
    assert '"images" must have 0 to 4' in (MODELS[O3].problem({**body, "video": "v"}) or "")


def test_a_key_that_a_model_does_not_have_is_named() -> None:
    assert REGISTRATIONS.unknown({"video": "u", "fps": 24}) == "fps"
    assert REGISTRATIONS.unknown({"video": "u", "enable_sync_mode": True}) is None


def test_a_model_whose_fields_nobody_saw_shows_none() -> None:
    entry = MODELS["kwaivgi/kling-v4.0/reference-to-video"].catalogue_entry("", {})
    assert "api_schema" not in entry
