"""The models that the sandbox serves: prices, fields and what they refuse."""

from __future__ import annotations

import pytest

from screentest.client.sandbox.work.models import MODELS, Field

CHARACTERS = MODELS["openai/sora-2/characters"]


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
    assert CHARACTERS.price_of({}, {CHARACTERS.id: 0.5}) == 0.5


def test_unknown_fields_are_dropped_and_defaults_filled_in() -> None:
    model = MODELS["openai/sora-2/text-to-video"]
    given = model.inputs_from({"prompt": "x", "seed": 7, "size": None})
    assert given == {"prompt": "x", "size": "720*1280", "duration": 4}


@pytest.mark.parametrize("name", ["J", "x" * 80, "Zoë", "名前"])
def test_a_name_within_the_limits_is_accepted(name: str) -> None:
    assert CHARACTERS.problem({"video": "u", "name": name}) is None


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
    assert named in (CHARACTERS.problem(inputs) or "")


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
    assert CHARACTERS.catalogue_entry("", {CHARACTERS.id: 0.5})["base_price"] == 0.5


def test_every_model_wants_the_clip_in_a_field_that_it_has() -> None:
    makers = [model for model in MODELS.values() if model.kind == "character"]
    assert all(model.clip_field in {f.name for f in model.fields} for model in makers)
    assert all(model.id_prefix.endswith("_") for model in makers)
