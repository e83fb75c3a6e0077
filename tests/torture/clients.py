"""The two clients under torture: how a run of each is started, and what each has recorded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from screentest import probe
from screentest.client.characters.order import wish_of
from screentest.client.characters.register import Order
from screentest.client.config import settings_from
from screentest.client.errors import RegistryError
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.states import UNSETTLED
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import Wishes
from tests.torture.audit import living_tasks

HERE = Path(__file__).parent
SETTLE_AFTER_S = 8.0
"""Longer than any reply is held: what is not listed by then was never accepted."""
SETTLING = ("--settle-after", str(SETTLE_AFTER_S), "--timeout", "20")


class Client(Protocol):
    def begin(
        self, name: str, env: Mapping[str, str], *, ahead_s: float = 0.0
    ) -> subprocess.Popen[bytes]:
        """A process that registers the name, or goes on where the last one was killed.

        ``ahead_s``: its clock less the service's.
        """

    def recorded(self) -> dict[str, set[str]]:
        """Name -> every id that the client keeps of it."""


@dataclass(frozen=True, slots=True)
class Screentest:
    """The real command over one home. ``clip``: made once, so that no run waits for an encode."""

    home: Path
    footage: Path
    clip: Clip

    def prepare(self, name: str, env: Mapping[str, str]) -> None:
        """A row whose clip is made, as a run that was killed after its encode leaves it."""
        clips = self.home / "clips"
        clips.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = clips / f"{self.clip.sha256}.mp4"
        if not path.exists():
            shutil.copy(self.clip.path, path)
        settings = settings_from({}, home=self.home, sandbox_env=env)
        order = Order(str(self.footage), name, wishes=Wishes(start_s=1.0, length_s=2.0))
        with Registry(self.home / FILE_NAME) as registry:
            record = registry.registrations.record_wish(wish_of(order, settings, probe(self.footage)))
            if record.state == "planned":
                # A run that works on it may be faster.
                with suppress(RegistryError):
                    registry.registrations.mark_clipped(record, replace(self.clip, path=str(path)))

    def begin(
        self, name: str, env: Mapping[str, str], *, ahead_s: float = 0.0
    ) -> subprocess.Popen[bytes]:
        self.prepare(name, env)
        window = ["--start", "1", "--length", "2"]
        asked = ["register", str(self.footage), "--name", name, *window]
        return self._run(env, *asked, *SETTLING, ahead_s=ahead_s)

    def delete(self, name: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return self._run(env, "characters", "delete", name, "--all", "--yes")

    def reconcile(self, env: Mapping[str, str], *more: str) -> subprocess.Popen[bytes]:
        return self._run(env, "characters", "reconcile", *more, *SETTLING)

    def unsettled(self) -> tuple[str, ...]:
        """The names of lost submits that nothing has settled."""
        with Registry(self.home / FILE_NAME) as registry:
            rows = registry.registrations.list_unfinished()
        return tuple(row.name for row in rows if row.state in UNSETTLED)

    def unowned(self, tasks: Path, name: str) -> tuple[str, ...]:
        """What its owner sees at the service: tasks of ours under a name that no row has."""
        with Registry(self.home / FILE_NAME) as registry:
            owned = registry.list_task_ids()
        return tuple(one for one in living_tasks(tasks, name) if one not in owned)

    def _run(
        self, env: Mapping[str, str], *arguments: str, ahead_s: float = 0.0
    ) -> subprocess.Popen[bytes]:
        program = [str(HERE / "stepped.py"), str(ahead_s)]
        return started(
            [sys.executable, *program, "--home", str(self.home), *arguments, "--json"],
            env,
            log=self.home.with_name("client.log"),
        )

    def recorded(self) -> dict[str, set[str]]:
        with Registry(self.home / FILE_NAME) as registry:
            rows = registry.registrations.list_all(deleted=True)
        kept: dict[str, set[str]] = {}
        for row in rows:
            if row.character_id:
                kept.setdefault(row.name, set()).add(row.character_id)
        return kept

    def killed_inside_a_submit(self) -> int:
        """How often a row was found at ``submitting`` after its process had died."""
        with Registry(self.home / FILE_NAME) as registry:
            ledger = registry.registrations
            rows = ledger.list_all(deleted=True)
            moves = [move for row in rows for move in ledger.moves_of(row)]
        return sum(move.note == "The run ended while it submitted." for move in moves)


@dataclass(frozen=True, slots=True)
class Naive:
    """The client that must be caught."""

    kept: Path
    clip: Path

    def begin(
        self,
        name: str,
        env: Mapping[str, str],
        *,
        ahead_s: float = 0.0,
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(HERE / "naive.py"), str(self.clip), name, str(self.kept)]
        return started(command, env, log=self.kept.with_name("client.log"))

    def recorded(self) -> dict[str, set[str]]:
        kept = json.loads(self.kept.read_text()) if self.kept.exists() else {}
        return {name: {made} for name, made in kept.items()}


def started(command: list[str], env: Mapping[str, str], *, log: Path) -> subprocess.Popen[bytes]:
    """A client process with nothing in its environment but the sandbox's."""
    with log.open("ab") as out:
        return subprocess.Popen(command, env={**env, "PATH": "/usr/bin:/bin"}, stdout=out, stderr=out)
