"""A misspelt setting in the environment is said, as it would limit or change nothing."""

from __future__ import annotations

import pytest

from tests.conftest import Command


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SCREENTEST_MAXCOST", "SCREENTEST_MAX_COST"),
        ("SCREENTEST_BUCKETS", "SCREENTEST_BUCKET"),
        ("SCREENTEST_REGISTER_SANBOX", "SCREENTEST_REGISTER_SANDBOX"),
        ("SCREENTEST_FFMPEG_", "SCREENTEST_FFMPEG"),
    ],
)
def test_a_misspelt_name_is_said_with_the_one_that_was_meant(
    screentest: Command, monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "1")
    outcome = screentest("characters", "list")
    assert outcome.code == 0
    assert f"{name} is not a setting and is ignored: is it {meant}?" in outcome.err
    assert "not a setting" not in screentest("characters", "list", "-q").err


@pytest.mark.parametrize(
    "name", ["SCREENTEST_MAX_COST", "SCREENTEST_REGISTER_MAX_COST_USD", "SCREENTEST_OF_SOMEBODY_ELSE"]
)
def test_a_name_that_is_known_or_like_no_other_is_no_matter(
    screentest: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert "not a setting" not in screentest("characters", "list").err
