"""The table of models: what is known, how well, and that nothing is claimed that was not asked."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from screentest.client.cli.output.models import model_json, rows_of, show_model, show_models
from screentest.client.errors import ConfigError
from screentest.client.remote.video_models import every_model
from screentest.client.remote.wavespeed import ServedModel

SORA = "openai/sora-2/characters"
KLING = "kwaivgi/kling-elements-advanced"
SERVED = {KLING: ServedModel(KLING, 0.01), "else/where": ServedModel("else/where", None)}


def shown(draw: object, *arguments: object, **named: object) -> str:
    text = StringIO()
    draw(Console(file=text, width=300, markup=False), *arguments, **named)  # type: ignore[operator]
    return text.getvalue()


def test_without_a_key_nobody_is_said_to_be_served_or_not() -> None:
    rows = rows_of(None)
    assert [row.model_id for row in rows] == [model.model_id for model in every_model()]
    assert {row.served for row in rows} == {None}
    assert "not asked" in shown(show_models, rows=rows)


def test_with_a_key_the_service_says_who_is_still_served() -> None:
    told = {row.model_id: row for row in rows_of(SERVED)}
    assert (told[SORA].served, told[KLING].served) == (False, True)
    assert told[KLING].base_price_usd == 0.01
    assert "else/where" not in told
    assert rows_of(SERVED, every=True)[-1].kind == "other"


def test_each_limit_has_value_mark_source_and_date_for_scripts() -> None:
    for row in rows_of(None):
        limits = model_json(row)["limits"]
        assert {"body", "price"} <= limits.keys()
        assert all(limit.keys() == {"value", "mark", "source", "date"} for limit in limits.values())


def test_the_table_marks_how_well_each_value_is_known() -> None:
    text = shown(show_models, rows=rows_of(None))
    lines = text.splitlines()
    first = next(place for place, line in enumerate(lines) if KLING in line and "character" in line)
    assert "3-8 s [d]" in lines[first + 2]
    assert "USD 0.01 [a]" in lines[first + 1]
    assert "[o] observed" in text


def test_one_model_is_told_limit_by_limit() -> None:
    text = shown(show_model, row=rows_of(None, only=KLING)[0])
    assert "required, at most 100 characters (documented, 2026" in text
    assert "cloned" in text
    with pytest.raises(ConfigError, match="sora-9"):
        rows_of(None, only="openai/sora-9")


def test_the_table_fits_a_terminal_of_80_columns() -> None:
    text = StringIO()
    show_models(Console(file=text, width=80, markup=False), rows_of(SERVED, every=True))
    assert max(map(len, text.getvalue().splitlines())) <= 80
    assert all(model.model_id in text.getvalue() for model in every_model())
