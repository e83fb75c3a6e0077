"""What a page says is read strictly: nothing is decided that somebody did not say."""

from __future__ import annotations

from typing import Any

import pytest

from screentest.client.studio.film.deciding import changes_from
from screentest.prep.core.errors import ConfigError


def test_a_form_and_json_say_the_same() -> None:
    said = {"start_s": "12.480", "length_s": "4", "fit": "crop", "skip": "true", "unknown": "x"}
    meant = {"start_s": 12.48, "length_s": 4.0, "person": None, "fit": "crop", "skip": True}
    assert changes_from(said) == meant
    assert changes_from({**said, "start_s": 12.48, "length_s": 4, "skip": True}) == meant


def test_a_window_takes_the_person_back_and_a_person_the_window() -> None:
    assert changes_from({"start_s": 1.0}) == {"start_s": 1.0, "person": None}
    assert changes_from({"person": "2"}) == {"person": 2, "start_s": None, "length_s": None}
    with pytest.raises(ConfigError, match="cannot both"):
        changes_from({"start_s": 1.0, "person": 2})


def test_blank_takes_a_field_back() -> None:
    said = {"start_s": "", "length_s": None, "person": "", "note": " ", "skip": ""}
    assert changes_from(said) == dict.fromkeys(said)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start_s", "nan"),
        ("start_s", "1e999"),
        ("start_s", []),
        ("length_s", True),
        ("person", "-1"),
        ("person", 1.5),
        ("person", "²"),
        ("person", "999999999"),
    ],
)
def test_what_cannot_be_read_decides_nothing(field: str, value: Any) -> None:
    with pytest.raises(ConfigError):
        changes_from({field: value})
