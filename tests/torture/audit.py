"""The books compared: what the service's journal says was accepted, and what a client recorded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SUBMIT = "/openai/sora-2/characters"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the books. All by the character's name, all empty where nothing is.

    ``billed_twice``: accepted more than once. ``lost``: accepted, but no id was recorded. ``made_up``:
    recorded with an id that the service did not make for that name. ``unsettled``: neither accepted
    nor recorded in the end, though it was ordered.
    """

    billed_twice: tuple[str, ...]
    lost: tuple[str, ...]
    made_up: tuple[str, ...]
    unsettled: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not (self.billed_twice or self.lost or self.made_up or self.unsettled)


def audit(
    ordered: Iterable[str],
    *,
    accepted: Mapping[str, int],
    made: Mapping[str, str],
    recorded: Mapping[str, str],
) -> Verdict:
    """The verdict on what was ordered, by name.

    ``accepted``: name -> accepted submits. ``made``: the service's ids -> names. ``recorded``: name
    -> the id that the client keeps.
    """
    names = sorted(set(ordered) | set(accepted))
    return Verdict(
        billed_twice=tuple(name for name in names if accepted.get(name, 0) > 1),
        lost=tuple(name for name in names if accepted.get(name) and name not in recorded),
        made_up=tuple(name for name in sorted(recorded) if made.get(recorded[name]) != name),
        unsettled=tuple(name for name in names if not accepted.get(name) and name not in recorded),
    )


def accepted_submits(journal: Path) -> Counter[str]:
    """Name -> how many submits of it the service accepted, by the sandbox's journal."""
    lines = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    return Counter(
        line["body"]["name"]
        for line in lines
        if line["method"] == "POST" and line["path"].endswith(SUBMIT) and line["status"] == 200
    )
