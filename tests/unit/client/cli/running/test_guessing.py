"""What a mistyped command is taken for."""

from __future__ import annotations

import pytest

from screentest.client.cli.running.guessing import did_you_mean, meant

COMMANDS = [("probe",), ("video",), ("videos",), ("videos", "list"), ("tasks",), ("tasks", "list")]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("prbe", ["probe"]),
        ("vidoes", ["videos", "video"]),
        ("list", ["videos list", "tasks list"]),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_a_word_means_what_it_is_near_to(word: str, found: list[str]) -> None:
    assert meant(word, COMMANDS) == found


@pytest.mark.parametrize(
    ("near", "asked"),
    [
        ([], ""),
        (["a"], " Did you mean 'a'?"),
        (["a", "b", "c"], " Did you mean 'a', 'b' or 'c'?"),
    ],
)
def test_the_question_names_all_that_is_near(near: list[str], asked: str) -> None:
    assert did_you_mean(near) == asked
