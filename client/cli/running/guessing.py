"""What somebody meant who mistyped a command."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


def meant(word: str, commands: Iterable[Sequence[str]]) -> list[str]:
    """The commands, each the words that call it, that a word may have meant, the likeliest first.

    Those of one word come before those that end with it: `reconcile` is `characters reconcile` and
    `videos reconcile`.
    """
    paths = [tuple(path) for path in commands]
    top = [path[0] for path in paths if len(path) == 1]
    if near := difflib.get_close_matches(word, top):
        return near
    close = difflib.get_close_matches(word, {path[-1] for path in paths}, 1)
    return [" ".join(path) for path in paths if path[-1] in close]


def did_you_mean(near: Sequence[str]) -> str:
    """The question, with a space before it; "" where nothing is near."""
    *others, last = [f"'{one}'" for one in near] or [""]
    if not last:
        return ""
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
