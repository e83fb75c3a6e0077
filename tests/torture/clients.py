"""The two clients under torture: how a run of each is started, and what each has recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from screentest import probe
from screentest.client.characters.order import wish_of
from screentest.client.characters.register import Forecast, rehearse
from screentest.client.characters.register import Order as Registering
from screentest.client.config import settings_from
from screentest.client.errors import RegistryError
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.states import UNSETTLED
from screentest.client.registry.videos import Video
from screentest.prep.core.files import private_folder, write_atomically
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import Wishes
from screentest.prep.stills.values import Still
from tests.torture.books import paid_tasks, recorded_ids
from tests.torture.kinds import KINDS, Kind, Order
from tests.torture.place import Place

HERE = Path(__file__).parent
SETTLE_AFTER_S = 8.0
"""Longer than any reply is held: what is not listed by then was never accepted."""
SETTLING = ("--settle-after", str(SETTLE_AFTER_S), "--timeout", "20")

Env = Mapping[str, str]
Process = subprocess.Popen[bytes]


class Client(Protocol):
    @property
    def kinds(self) -> Sequence[Kind]:
        """What it is used for."""

    def begin(self, order: Order, env: Env, *, ahead_s: float = 0.0, dies: str = "") -> Process:
        """A process that does what was ordered, or goes on where the last one was killed.

        ``ahead_s``: its clock less the service's. ``dies``: where it kills itself, see ``stepped``.
        """

    def is_done(self, order: Order) -> bool:
        """Whether its owner has what was ordered."""

    def recorded(self) -> dict[str, set[str]]:
        """Label -> what the client keeps of it."""


@dataclass(frozen=True, slots=True)
class Screentest:
    """The real command over one home.

    ``made``: the clip or stills of each kind of character, made once, so that no run waits for an
    encode.
    """

    place: Place
    footage: Path
    made: dict[Kind, Forecast] = field(default_factory=dict)

    @property
    def kinds(self) -> Sequence[Kind]:
        return KINDS

    # Orders

    def begin(self, order: Order, env: Env, *, ahead_s: float = 0.0, dies: str = "") -> Process:
        if order.kind.makes == "video":
            words = self._words_of_video(order)
        else:
            self._prepare(order, env)
            words = self._words_of_character(order)
        kept = ["--keep"] if order.is_kept else []
        return self._run(env, *words, *kept, *SETTLING, ahead_s=ahead_s, dies=dies)

    def _words_of_video(self, order: Order) -> list[str]:
        kind, out = order.kind, str(self.place.out_of(order))
        cast = [word for name in kind.cast for word in ("--character", name)]
        image = ["--image", str(self.place.image)] if kind.with_image else []
        what = ["--model", kind.model, "--duration", str(kind.duration_s), *cast, *image]
        where = ["-o", out] if order.is_placed else []
        return ["video", order.prompt, *what, *where, "--yes", "--no-compare"]

    def _words_of_character(self, order: Order) -> list[str]:
        kind = order.kind
        window = ["--start", str(kind.start_s), "--length", str(kind.length_s)]
        said = ["--description", kind.description] if kind.description else []
        said += ["--reference", kind.reference] if kind.reference != "auto" else []
        who = ["--name", order.label, "--model", kind.model]
        return ["register", str(self.footage), *who, *window, *said]

    def _prepare(self, order: Order, env: Env) -> None:
        """A row whose clip is made, as a run that was killed after its encode leaves it."""
        kind, home = order.kind, self.place.home
        wishes = Wishes(start_s=kind.start_s, length_s=kind.length_s)
        asked = Registering(
            str(self.footage),
            order.label,
            model=kind.model,
            wishes=wishes,
            description=kind.description,
            reference=kind.reference,
        )
        made = self.made.get(kind) or self.made.setdefault(kind, rehearse(asked, self.place.made))
        clip, stills = made.clip and in_home(made.clip, home), [in_home(s, home) for s in made.stills]
        settings = settings_from({}, home=home, sandbox_env=env)
        wish = wish_of(asked, settings, probe(self.footage))
        with self._registry() as registry:
            record = registry.registrations.record_wish(wish)
            if record.state == "planned" and made.clip:
                # A run that works on it may be faster.
                with suppress(RegistryError):
                    if clip is not None:
                        registry.registrations.mark_clipped(record, clip)
                    else:
                        registry.registrations.mark_with_stills(record, stills)

    def recover(self, order: Order, env: Env, *, ahead_s: float = 0.0, dies: str = "") -> Process:
        """A process that settles what an earlier one left of an order, and fetches it."""
        if order.kind.makes == "character":
            words = ["characters", "reconcile"]
        else:
            words = ["videos", "reconcile", "-o", str(self.place.out_of(order))]
        called = self._called(order)
        return self._run(env, *words, called, *SETTLING, ahead_s=ahead_s, dies=dies)

    # What else is done meanwhile

    def delete(self, order: Order, env: Env) -> Process:
        return self._run(env, "characters", "delete", order.label, "--all", "--yes")

    def reconcile(self, env: Env) -> Process:
        """Everything that is unfinished, characters and videos."""
        return self._run(env, "characters", "reconcile", *SETTLING)

    def clean(self, env: Env, into: Path, *, ahead_s: float) -> Process:
        """``into``: where it tells what it deleted."""
        return self._run(env, "storage", "clean", ahead_s=ahead_s, into=into)

    def decide(self, order: Order, env: Env) -> Process:
        """Its owner decides what nothing settles, by what the service has of theirs."""
        group = f"{order.kind.makes}s"
        found = self._unowned(order)
        decision = ["--adopt", found[0]] if found else ["--forget"]
        return self._run(env, group, "reconcile", self._called(order), *decision, *SETTLING)

    @staticmethod
    def _called(order: Order) -> str:
        """What the registry calls an order by."""
        return order.label if order.kind.makes == "character" else order.prompt

    def _unowned(self, order: Order) -> list[str]:
        with self._registry() as registry:
            owned = registry.list_task_ids()
        paid = paid_tasks(self.place.tasks).items()
        return [task_id for task_id, label in paid if label == order.label and task_id not in owned]

    # What the registry says

    def is_done(self, order: Order) -> bool:
        with self._registry() as registry:
            if order.kind.makes == "video":
                rows = [row.state for row in registry.videos.list_all() if row.prompt == order.prompt]
            else:
                found = registry.registrations.list_all()
                rows = [row.state for row in found if row.name == order.label]
        return rows.count("done") >= order.copy

    def unsettled(self, orders: Sequence[Order]) -> dict[Order, str]:
        """Those whose submit was lost, and that nothing has settled, with when that was."""
        with self._registry() as registry:
            rows: list[Registration | Video] = [
                *registry.registrations.list_unfinished(),
                *registry.videos.list_unfinished(),
            ]
        lost = {
            row.prompt if isinstance(row, Video) else row.name: str(row.submitting_at)
            for row in rows
            if row.state in UNSETTLED
        }
        return {one: lost[self._called(one)] for one in orders if self._called(one) in lost}

    def recorded(self) -> dict[str, set[str]]:
        return recorded_ids(self.place.home)

    def killed_inside_a_submit(self) -> int:
        """How often a row was found at ``submitting`` after its process had died."""
        with self._registry() as registry:
            ledger = registry.registrations
            rows = ledger.list_all(deleted=True)
            moves = [move for row in rows for move in ledger.moves_of(row)]
        return sum(move.note == "The run ended while it submitted." for move in moves)

    def _registry(self) -> Registry:
        return Registry(self.place.home / FILE_NAME)

    def _run(
        self, env: Env, *words: str, ahead_s: float = 0.0, dies: str = "", into: Path | None = None
    ) -> Process:
        program = [str(HERE / "stepped.py"), str(ahead_s), dies]
        command = [sys.executable, *program, "--home", str(self.place.home), *words, "--json"]
        return started(command, env, log=self.place.log, into=into, cwd=self.place.outs)


@dataclass(frozen=True, slots=True)
class Naive:
    """The client that must be caught."""

    place: Place

    @property
    def kinds(self) -> Sequence[Kind]:
        return [kind for kind in KINDS if kind.plain]

    def begin(self, order: Order, env: Env, *, ahead_s: float = 0.0, dies: str = "") -> Process:
        place, kind = self.place, order.kind
        files = [place.image, place.out_of(order)] if kind.makes == "video" else [place.clip]
        said = order.prompt if kind.makes == "video" else order.label
        words = [order.label, said, kind.model, str(place.ids), *map(str, files)]
        return started([sys.executable, str(HERE / "naive.py"), *words], env, log=place.log)

    def is_done(self, order: Order) -> bool:
        return order.label in self._kept()

    def recorded(self) -> dict[str, set[str]]:
        return {label: {made} for label, made in self._kept().items()}

    def _kept(self) -> dict[str, str]:
        return json.loads(self.place.ids.read_text()) if self.place.ids.exists() else {}


Made = TypeVar("Made", Clip, Still)


def in_home(made: Made, home: Path) -> Made:
    """The same under a home, where a delete may have taken it away: no run is to make it again."""
    path = private_folder(home / Path(made.path).parent.name) / Path(made.path).name
    if not path.exists():
        write_atomically(path, Path(made.path).read_bytes())
    return replace(made, path=str(path))


def started(
    command: list[str], env: Env, *, log: Path, into: Path | None = None, cwd: Path | None = None
) -> Process:
    """A client process with nothing in its environment but the sandbox's.

    ``into``: where its results go, if not to the log.
    """
    with log.open("ab") as errors, (into or log).open("ab") as out:
        return subprocess.Popen(
            command, env={**env, "PATH": "/usr/bin:/bin"}, cwd=cwd, stdout=out, stderr=errors
        )
