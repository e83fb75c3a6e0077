"""What other programs do with the same account: tasks written straight into the service's books.

They cost the machine nothing, and lie among ours in every list: finished, failed without a name, still
running, never to end, and some of the names and prompts that are ordered here, made long before or with
other inputs. Those that have ended are deleted at any time, which shifts the pages of a list.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.video_models import TEXT_MODEL
from screentest.client.sandbox.work.tasks import Task, TaskStore
from tests.torture.kinds import Order

PREFIX = "stranger-"
FOR_EVER_S = 1e9
VIDEOS = 0.25
"""The share of what they make that are videos, all of one model: of others, a lone task is ours."""


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

    def have_been_here(self, count: int, to_come: Sequence[Order]) -> None:
        """So many tasks of the hour before, some of what is yet to be ordered."""
        for number in range(count):
            at = time.time() - self._chance.uniform(60, 3500)
            if number < len(to_come):
                self._make_like(to_come[number], at=at)
            else:
                self._make(at=at)

    def begin_one_that_never_ends(self) -> None:
        self._add(DEFAULT_MODEL, self._character(self._name()), ends_in_s=FOR_EVER_S)

    def act(self, open_orders: Sequence[Order]) -> None:
        """Something that other programs do. ``open_orders``: what is being ordered here."""
        kinds = ("make", "fail", "run", "delete", "share a name")
        [kind] = self._chance.choices(kinds, weights=(4, 3, 3, 4, 2))
        if kind == "make":
            self._make()
        elif kind == "fail":
            self._make(code=1402)
        elif kind == "run":
            self._make(ends_in_s=self._chance.uniform(3, 15))
        elif kind == "delete" and self._finished:
            self._store.delete([self._finished.pop(0)], now=time.time())
        elif kind == "share a name" and open_orders and self._shows_inputs:
            # Without its inputs nobody could tell it from ours.
            self._sharing.append(self._make_like(self._chance.choice(open_orders)))

    def _make_like(self, order: Order, *, at: float | None = None) -> str:
        """A task of the order's model and label, but not of its inputs."""
        if order.kind.makes == "character":
            return self._add(order.kind.model, self._character(order.label), at=at)
        return self._add(order.kind.model, {"prompt": order.prompt, "duration": 8}, at=at)

    def _make(self, *, at: float | None = None, ends_in_s: float = 0.0, code: int = 0) -> None:
        name = self._name()
        if self._chance.random() < VIDEOS:
            inputs: dict[str, Any] = {"prompt": f"{name} waves.", "duration": 4}
            self._add(TEXT_MODEL, inputs, at=at, ends_in_s=ends_in_s, code=code)
        else:
            self._add(DEFAULT_MODEL, self._character(name), at=at, ends_in_s=ends_in_s, code=code)

    def _name(self) -> str:
        return f"Stranger {self._chance.randrange(10_000)}"

    def _character(self, name: str) -> dict[str, Any]:
        clip = f"https://another.example/clips/{self._chance.getrandbits(256):064x}.mp4"
        return {"video": clip, "name": name}

    def _add(
        self,
        model: str,
        inputs: dict[str, Any],
        *,
        at: float | None = None,
        ends_in_s: float = 0.0,
        code: int = 0,
    ) -> str:
        now = time.time() if at is None else at
        task_id = f"{PREFIX}{uuid4().hex}"
        task = Task(task_id, model, inputs, 0.0, now, now, None, (), 0, "", 0)
        self._store.add(task, funds_usd=FOR_EVER_S)
        end = now + ends_in_s
        if code:
            self._store.fail(task, code, "The media could not be fetched.", at=end, inference_ms=1)
        else:
            self._store.complete(task, _made(inputs), at=end, inference_ms=1)
        if ends_in_s == 0.0:
            self._finished.append(task_id)
        return task_id


def _made(inputs: dict[str, Any]) -> list[object]:
    if "name" in inputs:
        return [{"id": f"char_{uuid4().hex}", "name": inputs["name"]}]
    return [f"https://another.example/videos/{uuid4().hex}.mp4"]
