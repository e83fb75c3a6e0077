"""The books compared: what the service billed, and what a client recorded."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.torture.strangers import PREFIX

SUBMIT = "/openai/sora-2/characters"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the books. All by the character's name, all empty where nothing is.

    ``billed_twice``: billed more often than ids were recorded, at least one of which is. ``lost``:
    billed, but no id was recorded. ``made_up``: recorded with an id that the service did not make for
    that name. ``unsettled``: neither billed nor recorded in the end, though it was ordered.
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
    billed: Mapping[str, int],
    made: Mapping[str, str],
    recorded: Mapping[str, Collection[str]],
) -> Verdict:
    """The verdict on what was ordered, by name.

    ``billed``: name -> accepted submits whose task did not fail. ``made``: the service's ids -> names.
    ``recorded``: name -> the ids that the client keeps, deleted ones included: one for each time that
    the character was ordered anew.
    """
    names = sorted(set(ordered) | set(billed) | set(recorded))
    kept = {name: len(recorded.get(name, ())) for name in names}
    return Verdict(
        billed_twice=tuple(name for name in names if billed.get(name, 0) > max(1, kept[name])),
        lost=tuple(name for name in names if billed.get(name) and not kept[name]),
        made_up=tuple(
            name
            for name in names
            if any(made.get(one) != name for one in recorded.get(name, ()))
            or kept[name] > billed.get(name, 0) > 0
        ),
        unsettled=tuple(name for name in names if not billed.get(name) and not kept[name]),
    )


def accepted_submits(journal: Path) -> Counter[str]:
    """Name -> how many submits of it the service accepted, by the sandbox's journal."""
    lines = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    return Counter(
        line["body"]["name"]
        for line in lines
        if line["method"] == "POST" and line["path"].endswith(SUBMIT) and line["status"] == 200
    )


def failed_tasks(tasks: Path) -> Counter[str]:
    """Name -> how many of its tasks failed, which are not billed, by the sandbox's own books."""
    with closing(sqlite3.connect(tasks)) as db:
        select = "SELECT inputs FROM tasks WHERE code <> 0 AND id NOT LIKE ?"
        found = db.execute(select, (f"{PREFIX}%",)).fetchall()
    return Counter(json.loads(inputs)["name"] for (inputs,) in found)


def living_tasks(tasks: Path, name: str) -> tuple[str, ...]:
    """Tasks of ours under a name that did not fail."""
    with closing(sqlite3.connect(tasks)) as db:
        select = "SELECT id, inputs FROM tasks WHERE code = 0 AND id NOT LIKE ?"
        found = db.execute(select, (f"{PREFIX}%",)).fetchall()
    return tuple(task_id for task_id, inputs in found if json.loads(inputs)["name"] == name)


def made_ids(tasks: Path) -> dict[str, str]:
    """The service's ids -> the names they were made for, here."""
    with closing(sqlite3.connect(tasks)) as db:
        return dict(db.execute("SELECT id, name FROM characters").fetchall())
