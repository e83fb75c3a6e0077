"""What other programs do with the same account: tasks written straight into the service's books.

They cost the machine nothing, and lie among ours in every list: finished, failed without a name, still
running, never to end, and some of the names that are ordered here, made long before or with a clip of
their own. Those that have ended are deleted at any time, which shifts the pages of a list that is read.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from screentest.client.sandbox.work.tasks import Task, TaskStore

MODEL = "openai/sora-2/characters"
PREFIX = "stranger-"
FOR_EVER_S = 1e9


class Strangers:
    """Other programs. ``shows_inputs``: whether the service's list tells a task's inputs."""

    def __init__(self, tasks: Path, chance: random.Random, *, shows_inputs: bool) -> None:
        self._store = TaskStore(tasks)
        self._chance = chance
        self._shows_inputs = shows_inputs
        self._finished: list[str] = []
        self._sharing: list[str] = []

    def close(self) -> None:
        # A service that shows no inputs may follow, where nobody could tell these from ours.
        self._store.delete(self._sharing, now=time.time())
        self._store.close()

    def have_been_here(self, count: int, names: Sequence[str]) -> None:
        """So many tasks of the hour before, some of the names that are yet to be ordered."""
        for number in range(count):
            name = names[number] if number < len(names) else self._name()
            self._make(name, at=time.time() - self._chance.uniform(60, 3500))

    def begin_one_that_never_ends(self) -> None:
        self._make(self._name(), ends_in_s=FOR_EVER_S)

    def act(self, names: Sequence[str]) -> None:
        """Something that other programs do. ``names``: what is being ordered here."""
        kinds = ("make", "fail", "run", "delete", "share a name")
        [kind] = self._chance.choices(kinds, weights=(4, 3, 3, 4, 2))
        if kind == "make":
            self._make(self._name())
        elif kind == "fail":
            self._make(self._name(), code=1402)
        elif kind == "run":
            self._make(self._name(), ends_in_s=self._chance.uniform(3, 15))
        elif kind == "delete" and self._finished:
            self._store.delete([self._finished.pop(0)], now=time.time())
        elif kind == "share a name" and names and self._shows_inputs:
            # Without its inputs nobody could tell it from ours.
            self._sharing.append(self._make(self._chance.choice(names)))

    def _name(self) -> str:
        return f"Stranger {self._chance.randrange(10_000)}"

    def _make(
        self, name: str, *, at: float | None = None, ends_in_s: float = 0.0, code: int = 0
    ) -> str:
        now = time.time() if at is None else at
        clip = f"https://another.example/clips/{self._chance.getrandbits(256):064x}.mp4"
        task_id = f"{PREFIX}{uuid4().hex}"
        inputs = {"video": clip, "name": name}
        task = Task(task_id, MODEL, inputs, 0.0, now, now, None, (), 0, "", 0)
        self._store.add(task, funds_usd=FOR_EVER_S)
        end = now + ends_in_s
        if code:
            self._store.fail(task, code, "The media could not be fetched.", at=end, inference_ms=1)
        else:
            made = [{"id": f"char_{uuid4().hex}", "name": name}]
            self._store.complete(task, made, at=end, inference_ms=1)
        if ends_in_s == 0.0:
            self._finished.append(task_id)
        return task_id
