"""How long a client lives: some die anywhere, most while their submit is under way."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections import Counter
from pathlib import Path

from tests.torture.audit import SUBMIT

ANYWHERE = 0.3
"""The share that dies at a random moment after its start; the others around their submit."""
ANYWHERE_S = 6.0
AROUND_S = (-0.2, 4.0)
"""When the others die, counted from when the service has their submit: replies are held 0-4 s."""
LONGEST_S = 40.0


class Submits:
    """How many submits of each name have reached the service, by its journal as it grows."""

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
                entry = json.loads(line)
                if entry["path"].endswith(SUBMIT) and entry["body"]:
                    self.counts[entry["body"]["name"]] += 1


class Life:
    """One client process and the moment it is to die."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        name: str,
        submits: Submits,
        chance: random.Random,
    ) -> None:
        self.process = process
        self.name = name
        self._submits = submits
        self._before = submits.counts[name]
        self._began_s = time.monotonic()
        self._anywhere = chance.random() < ANYWHERE
        self._lasts_s = chance.uniform(0.3, ANYWHERE_S) if self._anywhere else LONGEST_S
        self._after_s = max(0.0, chance.uniform(*AROUND_S))
        self._submitted_s: float | None = None

    def is_over(self) -> bool:
        now_s = time.monotonic()
        if self._submitted_s is None and self._submits.counts[self.name] > self._before:
            self._submitted_s = now_s
        if not self._anywhere and self._submitted_s is not None:
            return now_s >= self._submitted_s + self._after_s
        return now_s >= self._began_s + self._lasts_s

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)
