"""Prompts: a character whose name is not there letter by letter would not be in the video."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.errors import PromptProblem
from screentest.client.videos.prompts import corrected, missing_names, require_names


@pytest.mark.parametrize("prompt", ["Joe walks in.", '"Joe," she says', "A dog and Joe"])
def test_a_name_that_stands_in_the_prompt_is_found(prompt: str) -> None:
    assert missing_names(prompt, ["Joe"]) == ()


@pytest.mark.parametrize("prompt", ["joe walks in", "Joey walks in", "A man walks in", "JOE"])
def test_anything_else_is_not_the_name(prompt: str) -> None:
    assert missing_names(prompt, ["Joe"]) == ("Joe",)


@pytest.mark.parametrize(
    ("prompt", "names", "better"),
    [
        ("joe walks in", ["Joe"], "Joe walks in"),
        ("Jo walks in", ["Joe"], "Joe walks in"),
        ("A man walks in", ["Joe"], "Joe: A man walks in"),
        ("zoe meets joe", ["Joe", "Zoë"], "Zoë meets Joe"),
        ("They dance", ["Ann", "Bo"], "Ann and Bo: They dance"),
        ("captain fox runs", ["Captain Fox"], "Captain Fox runs"),
    ],
)
def test_the_corrected_prompt_keeps_the_sense(prompt: str, names: list[str], better: str) -> None:
    assert corrected(prompt, names) == better


def test_the_way_out_is_the_corrected_prompt() -> None:
    with pytest.raises(PromptProblem) as caught:
        require_names("joe walks in", ["Joe"])
    assert "Joe walks in" in caught.value.hint
    with pytest.raises(PromptProblem, match="name “Joe \"O'Hara\"” and 'Ann' verbatim"):
        require_names("they walk in", ['Joe "O\'Hara"', "Ann"])


NAMES = st.text(st.characters(categories=["L"]), min_size=2, max_size=8)


@given(prompt=st.text(max_size=60), names=st.lists(NAMES, min_size=1, max_size=2, unique=True))
def test_a_corrected_prompt_always_names_everybody(prompt: str, names: list[str]) -> None:
    assert missing_names(corrected(prompt, names), names) == ()
