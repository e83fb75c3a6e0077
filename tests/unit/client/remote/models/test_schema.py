"""A body against a schema: what changed is told field by field, and silence refuses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from screentest.client.remote.models.schema import differences, request_schema

PERSON = {"type": "object", "properties": {"id": {"type": "string"}}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 3},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "seconds": {"type": "integer", "minimum": 3, "maximum": 15},
        "share": {"type": "number"},
        "loud": {"type": "boolean"},
        "clips": {"type": "array", "maxItems": 1, "items": {"type": "string"}},
        "people": {
            "type": "array",
            "items": {"type": "object", "properties": {"id": {"type": "string"}}},
        },
        "either": {"type": ["string", "null"]},
        "odd": {"type": "uuid"},
        "bare": True,
    },
    "required": ["name"],
}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "Joe", "kind": "a", "seconds": 3, "share": 1, "loud": False}, ()),
        (
            {
                "name": "Joe",
                "clips": ["u"],
                "people": [{"id": "1"}],
                "either": "x",
                "odd": 1,
                "bare": 1,
            },
            (),
        ),
        ({"kind": "a"}, ("it wants 'name', which is not sent",)),
        ({"name": "Joe", "video": "u"}, ("it has no field 'video'",)),
        ({"name": 7}, ("'name' is string there, not integer",)),
        ({"name": "Joel"}, ("'name' is at most 3 there, not 4",)),
        ({"name": "Joe", "kind": "c"}, ("'kind' is one of a, b there, not c",)),
        ({"name": "Joe", "seconds": 2}, ("'seconds' is at least 3 there, not 2",)),
        ({"name": "Joe", "seconds": 16}, ("'seconds' is at most 15 there, not 16",)),
        ({"name": "Joe", "seconds": True}, ("'seconds' is integer there, not boolean",)),
        ({"name": "Joe", "seconds": "3"}, ("'seconds' is integer there, not string",)),
        ({"name": "Joe", "loud": 0}, ("'loud' is boolean there, not integer",)),
        ({"name": "Joe", "clips": "u"}, ("'clips' is array there, not string",)),
        ({"name": "Joe", "clips": ["u", "v"]}, ("'clips' is at most 1 there, not 2",)),
        ({"name": "Joe", "clips": [7]}, ("'clips' is string there, not integer",)),
        ({"name": "Joe", "people": ["1"]}, ("'people' is object there, not string",)),
        ({"name": "Joe", "people": [{"key": "1"}]}, ("in 'people', it has no field 'key'",)),
        ({"name": "Joe", "either": 1}, ("'either' is string or null there, not integer",)),
    ],
)
def test_each_change_is_told_by_its_field(body: dict[str, object], told: tuple[str, ...]) -> None:
    assert differences(body, SCHEMA) == told


@pytest.mark.parametrize(
    "schema", [{}, {"properties": {"x": {}}, "required": "x"}, {"properties": {"x": {"enum": "a"}}}]
)
def test_a_schema_of_another_shape_does_not_crash(schema: dict[str, object]) -> None:
    assert not [told for told in differences({"x": 1}, schema) if "no field" not in told]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"api_schema": None},
        {"api_schema": {"api_schemas": "x"}},
        {"api_schema": {"api_schemas": [7, {"type": "other", "request_schema": SCHEMA}]}},
        {"api_schema": {"api_schemas": [{"type": "model_run", "request_schema": {}}]}},
    ],
)
def test_a_model_that_shows_no_fields_has_no_schema(entry: dict[str, object]) -> None:
    assert request_schema(entry) is None


def test_the_schema_of_a_run_is_found() -> None:
    entry = {"api_schema": {"api_schemas": [{"type": "model_run", "request_schema": SCHEMA}]}}
    assert request_schema(entry) == SCHEMA
