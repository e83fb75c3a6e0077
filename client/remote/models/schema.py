"""A body held against the schema that the service shows of a model, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Schema = Mapping[str, object]


def request_schema(entry: Mapping[str, object]) -> Schema | None:
    """The schema of a run in a model's entry of ``GET /models``; None where it shows no fields."""
    shown = entry.get("api_schema")
    schemas = shown.get("api_schemas") if isinstance(shown, Mapping) else None
    for one in schemas if isinstance(schemas, list) else []:
        if isinstance(one, Mapping) and one.get("type") == "model_run":
            schema = one.get("request_schema")
            if isinstance(schema, Mapping) and _properties(schema):
                return schema
    return None


def differences(body: Mapping[str, object], schema: Schema) -> tuple[str, ...]:
    """What the schema has against a body, one clause each; () where it fits.

    Only what the schema says is held against the body: what it does not tell refuses nothing.
    """
    properties = _properties(schema)
    required = schema.get("required")
    wanted = [key for key in required if isinstance(key, str)] if isinstance(required, list) else []
    missing = [f"it wants {key!r}, which is not sent" for key in wanted if key not in body]
    return (*missing, *_wrong(body, properties))


def _wrong(body: Mapping[str, object], properties: Mapping[str, object]) -> Iterator[str]:
    for key, value in body.items():
        rule = properties.get(key)
        if key not in properties:
            yield f"it has no field {key!r}"
        elif isinstance(rule, Mapping):
            yield from _against(key, value, rule)


def _against(key: str, value: object, rule: Mapping[str, object]) -> Iterator[str]:
    kinds = rule.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if not any(_is_a(kind, value) for kind in kinds):
        yield f"{key!r} is {_or(kinds)} there, not {_kind_of(value)}"
        return
    choices = rule.get("enum")
    if isinstance(choices, list) and choices and value not in choices:
        yield f"{key!r} is one of {', '.join(map(str, choices))} there, not {value}"
    yield from _beyond(key, value, rule)
    item = rule.get("items")
    if isinstance(value, list) and isinstance(item, Mapping):
        yield from dict.fromkeys(found for one in value for found in _item_against(key, one, item))


def _item_against(key: str, one: object, item: Mapping[str, object]) -> Iterator[str]:
    if isinstance(one, Mapping) and _properties(item):
        yield from (f"in {key!r}, {found}" for found in differences(one, item))
    else:
        yield from _against(key, one, item)


_BOUNDS = (
    ("minimum", "maximum", (int, float)),
    ("minLength", "maxLength", (str,)),
    ("minItems", "maxItems", (list,)),
)


def _beyond(key: str, value: object, rule: Mapping[str, object]) -> Iterator[str]:
    for least, most, kinds in _BOUNDS:
        if not isinstance(value, kinds) or isinstance(value, bool):
            continue
        amount = value if isinstance(value, int | float) else len(value)
        low, high = rule.get(least), rule.get(most)
        if isinstance(low, int | float) and amount < low:
            yield f"{key!r} is at least {low} there, not {amount}"
        if isinstance(high, int | float) and amount > high:
            yield f"{key!r} is at most {high} there, not {amount}"


def _properties(schema: Schema) -> Mapping[str, object]:
    properties = schema.get("properties")
    return properties if isinstance(properties, Mapping) else {}


_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (Mapping,),
    "null": (type(None),),
}


def _is_a(kind: object, value: object) -> bool:
    """Whether a value is of a type; of one that is not known, it is."""
    types = _TYPES.get(kind) if isinstance(kind, str) else None
    if types is None:
        return True
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def _kind_of(value: object) -> str:
    return next((kind for kind in ("boolean", *_TYPES) if _is_a(kind, value)), type(value).__name__)


def _or(kinds: list[object]) -> str:
    return " or ".join(map(str, kinds))
