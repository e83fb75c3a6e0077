"""Prompts that show their characters: the name of each must stand in them verbatim. Pure.

The service documents that a character's id alone is not reliable (2026).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence

from screentest.client.errors import PromptProblem
from screentest.prep.core.remedy import Remedy

_LIKE = 0.72
"""How alike a word must be to count as the name misspelt: "Jo" and "Joe", not "Jim" and "Joe"."""


def missing_names(prompt: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names that do not stand in the prompt, letter by letter, as words of their own."""
    return tuple(name for name in names if not _stands_in(prompt, name))


def corrected(prompt: str, names: Sequence[str]) -> str:
    """The prompt with every name in it verbatim.

    A name in other letters ("joe") or misspelt ("Jo") is put right where it stands; one that is
    nowhere goes in front.
    """
    absent = []
    for name in missing_names(prompt, names):
        others = [other for other in names if other != name]
        better = _put_right(prompt, name, others)
        if better == prompt:
            absent.append(name)
        prompt = better
    return f"{' and '.join(absent)}: {prompt}" if absent else prompt


def require_names(prompt: str, names: Sequence[str]) -> None:
    """Raise PromptProblem, with the corrected prompt as its remedy, where a name is missing."""
    if missing := missing_names(prompt, names):
        raise PromptProblem(
            f"The prompt does not name {' and '.join(map(_quoted, missing))} verbatim, so the video "
            "may not show the character.",
            Remedy("prompt", (corrected(prompt, names),)),
        )


def _quoted(name: str) -> str:
    """A name as a person would quote it, an apostrophe in it or not."""
    return f"“{name}”" if "'" in name else f"'{name}'"


def _pattern(name: str, *, flags: int = 0) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", flags)


def _stands_in(prompt: str, name: str) -> bool:
    return bool(_pattern(name).search(prompt))


def _put_right(prompt: str, name: str, others: Sequence[str]) -> str:
    in_other_letters = _pattern(name, flags=re.IGNORECASE)
    if in_other_letters.search(prompt):
        return in_other_letters.sub(lambda _: name, prompt)
    words = {word for word in re.findall(r"\w+", prompt) if not any(word in one for one in others)}
    by_letters = {_letters(word): word for word in sorted(words)}
    close = difflib.get_close_matches(_letters(name), by_letters, n=1, cutoff=_LIKE)
    if not close:
        return prompt
    return _pattern(by_letters[close[0]]).sub(lambda _: name, prompt)


def _letters(word: str) -> str:
    """The word in small letters without accents."""
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))
