"""Prompts: whatever the script of a name, it stands in the prompt that is sent, and once is enough."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.errors import PromptProblem
from screentest.client.videos.prompts import corrected, missing_names, require_names

SCRIPTS = {
    "Latin": "aàßœžĳ",
    "Greek": "αΣςΩ",
    "Cyrillic": "жЁй",
    "Arabic": "محمد",
    "Hebrew": "שלום",
    "Devanagari": "नमसत",
    "Han": "小明東京",
    "Hangul": "민준",
    "Thai": "สมชย",
    "Turkish": "İıŞ",
    "Emoji": "🦊👩🏽",
}
NAMES = st.sampled_from(sorted(SCRIPTS)).flatmap(
    lambda script: st.text(SCRIPTS[script], min_size=1, max_size=6)
)
PROMPTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40)
QUICK = settings(max_examples=150, deadline=None)


@QUICK
@given(prompt=PROMPTS, names=st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_a_corrected_prompt_names_everybody_in_any_script(prompt: str, names: list[str]) -> None:
    better = corrected(prompt, names)
    assert missing_names(better, names) == ()
    require_names(better, names)


@QUICK
@given(prompt=PROMPTS, names=st.lists(NAMES, min_size=1, max_size=2, unique=True))
def test_correcting_twice_changes_nothing_more(prompt: str, names: list[str]) -> None:
    better = corrected(prompt, names)
    assert corrected(better, names) == better


@QUICK
@given(before=PROMPTS, name=NAMES, after=PROMPTS)
def test_a_prompt_that_names_everybody_is_left_alone(before: str, name: str, after: str) -> None:
    prompt = f"{before} {name} {after}"
    assert missing_names(prompt, [name]) == ()
    assert corrected(prompt, [name]) == prompt


@QUICK
@given(name=NAMES, letter=st.sampled_from("xж東0_"))
def test_a_name_inside_another_word_is_not_the_name(name: str, letter: str) -> None:
    if not (name[0].isalnum() and name[-1].isalnum()):
        return
    assert missing_names(f"See {letter}{name}{letter} run", [name]) == (name,)


@pytest.mark.parametrize("mark", [".", ",", "!", "'s", '"', "-", "\n", "…", "、"])
@pytest.mark.parametrize("name", ["Joe", "小明", "Zoë", "مح", "R2-D2", "Mr. Fox", "(x)", "a+b", "\\d"])
def test_a_name_beside_a_mark_is_the_name(name: str, mark: str) -> None:
    assert missing_names(f"See {name}{mark} now", [name]) == ()


@pytest.mark.parametrize("name", [".*", "a|b", "[x]", "(", "\\", "^$", "x{2}"])
def test_a_name_is_never_read_as_a_pattern(name: str) -> None:
    assert missing_names("anything at all aab xx", [name]) == (name,)
    assert name in corrected("anything at all", [name])


@QUICK
@given(prompt=PROMPTS, name=NAMES)
def test_a_refusal_shows_the_name_and_the_prompt_to_use(prompt: str, name: str) -> None:
    if not missing_names(prompt, [name]):
        return
    with pytest.raises(PromptProblem) as caught:
        require_names(prompt, [name])
    assert repr(name) in caught.value.message
    assert corrected(prompt, [name]) in caught.value.hint


def test_one_characters_name_is_not_spent_on_another() -> None:
    # "Jo" is misspelt for neither: putting Joe there would take Jo out of the video.
    better = corrected("Jo and a dog", ["Jo", "Joe"])
    assert missing_names(better, ["Jo", "Joe"]) == ()


def test_no_names_need_no_prompt_to_be_right() -> None:
    assert missing_names("", []) == ()
    assert corrected("A dog runs", []) == "A dog runs"
