"""How long a client lives: some die anywhere, some around their submit, most at a moment of a stage."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path

from tests.torture.books import label_of_submit
from tests.torture.clients import Process
from tests.torture.kinds import Kind, Order

ANYWHERE, IN_A_STAGE = 0.2, 0.45
"""The shares that die at a random moment after their start, and at one of a stage; the others around
their submit."""
ANYWHERE_S = 6.0
AROUND_S = (-0.2, 4.0)
"""When the others die, counted from when the service has their submit: replies are held 0-4 s."""
LONGEST_S = 40.0
ADVANCING = ("upload", "download")
"""The stages that tell their progress."""
LATER_S = (0.0, 0.0, 0.05, 0.5, 2.0)
"""How long after an event of a stage, at most: right then is where a step was just done."""


class Submits:
    """How many submits of each label have reached the service, by its journal as it grows."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._read_to = 0
        self.counts: Counter[str] = Counter()

    def read(self) -> None:
        if not self._journal.exists():
            return
        with self._journal.open("rb") as file:
            file.seek(self._read_to)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read_to += len(line)
                if label := label_of_submit(json.loads(line)):
                    self.counts[label] += 1


def moment_of(kind: Kind, chance: random.Random) -> str:
    """A moment of one of the kind's stages, as ``stepped`` reads it; "" for one that is killed."""
    if chance.random() >= IN_A_STAGE:
        return ""
    later_s = chance.random() * chance.choice(LATER_S)
    stage = chance.choice(kind.stages)
    events = ("started", "ended", *(("advanced",) if stage in ADVANCING else ()))
    return f"{stage}:{chance.choice(events)}:{later_s:.3f}"


class Life:
    """One client process and the moment it is to die. ``dies``: of itself, "" if it is killed."""

    def __init__(
        self, process: Process, order: Order, dies: str, submits: Submits, chance: random.Random
    ) -> None:
        self.process = process
        self.order = order
        self._dies = dies
        self._submits = submits
        self._before = submits.counts[order.label]
        self._began_s = time.monotonic()
        self._anywhere = bool(dies) or chance.random() < ANYWHERE / (1 - IN_A_STAGE)
        is_short = self._anywhere and not dies
        self._lasts_s = chance.uniform(0.3, ANYWHERE_S) if is_short else LONGEST_S
        self._after_s = max(0.0, chance.uniform(*AROUND_S))
        self._submitted_s: float | None = None

    @property
    def moment(self) -> str:
        """Where it is to die."""
        return self._dies.rpartition(":")[0] or ("anywhere" if self._anywhere else "at its submit")

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def was_killed(self) -> bool:
        return self.process.returncode is not None and self.process.returncode < 0

    def is_over(self) -> bool:
        now_s = time.monotonic()
        if self._submitted_s is None and self._submits.counts[self.order.label] > self._before:
            self._submitted_s = now_s
        if not self._anywhere and self._submitted_s is not None:
            return now_s >= self._submitted_s + self._after_s
        return now_s >= self._began_s + self._lasts_s

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)
