"""Registry, faults and crashes in any order: no path bills twice, none loses an id.

The registry and the steps that may cost money are the real ones; the service is a model of what the
contract allows it to do: accept and answer, accept and lose the reply, not receive at all, answer
with an error before or after accepting, list late and for 7 days only, make a task fail, make other
programs' tasks. Our own clock is set forth and back between runs. A crash is what kill -9 is: from
its moment on nothing more is written. Characters and videos go through the same mill.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from screentest.client.config import Secret, Settings
from screentest.client.errors import RateLimited, Rejected, ReplyLost, ServiceUnreachable
from screentest.client.registry.file.database import Database
from screentest.client.registry.identity import Wish
from screentest.client.registry.ledger import Ledger
from screentest.client.registry.locks import locked
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.states import UNSETTLED
from screentest.client.remote.character_models import SORA_2_CHARACTERS
from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import Listing
from screentest.client.tasks.finish import finish
from screentest.client.tasks.recover import reconcile
from screentest.client.tasks.session import Clocks, Session
from screentest.client.tasks.settle import settle
from screentest.client.tasks.submit import submit
from screentest.prep.core.errors import ScreentestError
from tests.integration.paid_parts import CLIP, REGISTRATIONS, VIDEOS, Row

MODEL = SORA_2_CHARACTERS
NAMES = ("Joe", "Ann", "Bo")
START = datetime(2026, 2, 1, tzinfo=UTC)
LISTED_AFTER_S = 20.0
"""How long a task may be missing in the service's list: less than what settling waits."""

FAULTS = st.sampled_from(
    ["none", "none", "lost", "never", "unsent", "429", "400", "killed before", "killed after"]
)
FATES = st.sampled_from(["completed", "completed", "completed", "failed", "nameless"])


class Killed(BaseException):
    """kill -9, as well as a test inside one process can do it."""


@dataclass(slots=True)
class Mortal:
    """The process: once dead, nothing is written any more."""

    dead: bool = False


class MortalDatabase(Database):
    """A database whose process may be dead."""

    def __init__(self, path: Path, process: Mortal) -> None:
        super().__init__(path)
        self.process = process

    def transaction(self) -> Any:
        if self.process.dead:
            raise Killed
        return super().transaction()


@dataclass(slots=True)
class FakeTask:
    task_id: str
    name: str
    at: datetime
    fate: str
    is_strangers: bool = False


@dataclass(slots=True)
class Contract:
    """The service as the contract allows it to be. ``fault``: what becomes of the next submit."""

    process: Mortal
    model_id: str
    now: datetime = START
    fault: str = "none"
    fate: str = "completed"
    tasks: list[FakeTask] = field(default_factory=list)

    def served_at(self) -> datetime:
        return self.now

    def submit(self, _: str, body: Mapping[str, str], *, webhook: str) -> Prediction:
        refusals = {
            "unsent": ServiceUnreachable("no connection"),
            "429": RateLimited("slow down"),
            "400": Rejected("no"),
            "never": ReplyLost("lost before"),
        }
        if self.fault == "killed before":
            self.process.dead = True
            raise Killed
        if self.fault in refusals:
            raise refusals[self.fault]
        task = FakeTask(
            f"task-{len(self.tasks) + 1}", body.get("name") or body["prompt"], self.now, self.fate
        )
        self.tasks.append(task)
        if self.fault == "killed after":
            self.process.dead = True
            raise Killed
        if self.fault == "lost":
            raise ReplyLost("lost after")
        return replace(self._shown(task), status="created", outputs=())

    def list_predictions(self, **_: object) -> Listing:
        late = timedelta(seconds=LISTED_AFTER_S)
        listed = [task for task in self.tasks if late <= self.now - task.at < timedelta(days=7)]
        return Listing(tuple(map(self._shown, listed)), self.now)

    def wait(self, task_id: str, **_: object) -> Prediction:
        return self._shown(next(task for task in self.tasks if task.task_id == task_id))

    result = wait

    def clock(self) -> float:
        return (self.now - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _shown(self, task: FakeTask) -> Prediction:
        failed = task.fate == "failed"
        if task.fate == "endless":
            return Prediction(task.task_id, self.model_id, "processing", created_at=task.at)
        return Prediction(
            task.task_id,
            self.model_id,
            "failed" if failed else "completed",
            () if failed else (self._output(task),),
            created_at=task.at,
        )

    def _output(self, task: FakeTask) -> object:
        number = task.task_id.removeprefix("task-")
        if self.model_id != MODEL.model_id:
            return f"https://s/{number}.mp4"
        if task.fate == "nameless":
            return f"char_{number}"
        return {"id": f"char_{number}", "name": task.name}


class Bills(RuleBasedStateMachine):
    """Runs of ``register`` and ``reconcile``, faults and crashes in any order."""

    both = REGISTRATIONS

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.process = Mortal()
        self.service = Contract(self.process, self.both.model_id)
        self.ahead = timedelta(0)
        self.done: dict[int, str | None] = {}
        self.registry = self.opened()

    def teardown(self) -> None:
        if hasattr(self, "registry"):
            self.service.fault = "none"
            self.service.fate = "completed"
            self.service.now += timedelta(minutes=5)
            self.everything_that_can_be_told_is_settled()
            self.registry.close()
            self.folder.cleanup()

    def opened(self) -> Registry:
        return Registry(
            self.home / FILE_NAME,
            now=lambda: self.service.now + self.ahead,
            opened=lambda path: MortalDatabase(path, self.process),
        )

    def session(self) -> Session:
        clocks = Clocks(self.service.clock, self.service.sleep, lambda: self.service.now + self.ahead)
        chosen = Settings(
            self.home, "https://s/api/v3", Secret("k"), "b", sandbox=False, keep_objects=True
        )
        return Session(chosen, self.registry, self.service, clocks=clocks)  # type: ignore[arg-type]

    @property
    def ledger(self) -> Ledger[Row]:
        return self.both.ledger(self.registry)

    def planned(self, name: str, *, again: bool) -> Row:
        """The row of what is asked for, as a run finds or makes it."""
        chosen = self.session().settings
        wish = Wish(chosen.service, chosen.account, MODEL.model_id, name, "/raw.mov", "f00d", {})
        return self.registry.registrations.record_wish(wish, again=again)

    def prepared(self, row: Row) -> Row:
        """The row with its clip made and uploaded, as far as it is not."""
        ledger = self.registry.registrations
        if row.state == "failed":
            row = ledger.mark_back(row, "clipped", note="again")
        if row.state == "planned":
            row = ledger.mark_clipped(row, CLIP)
        if row.state == "clipped":
            row = ledger.mark_uploaded(row, bucket="b", key="k")
        return row

    def body(self, name: str) -> dict[str, object]:
        return MODEL.body(video="https://b/k", name=name)

    def rows(self) -> tuple[Row, ...]:
        return self.registry.registrations.list_all()

    def asked(self, row: Row) -> str:
        """What the row's task must have been asked for."""
        return str(row.name)

    @rule(name=st.sampled_from(NAMES), fault=FAULTS, fate=FATES, again=st.booleans())
    def register(self, name: str, fault: str, fate: str, again: bool) -> None:
        """What a run does with a row, from its clip on."""
        self.service.fault, self.service.fate = fault, fate
        with suppress(ScreentestError, Killed), locked(self.home / "locks", name, what=name):
            self.to_the_end(self.planned(name, again=again), name)
        self.revive()

    def to_the_end(self, row: Row, name: str) -> None:
        session = self.session()
        if row.state in UNSETTLED:
            row = settle(row, kind=self.both.kind, session=session)
        row = self.prepared(row)
        if row.state == self.ledger.course.ready:
            row = submit(
                row,
                body=self.body(name),
                cost_usd=0.001,
                ledger=self.ledger,
                service=session.service,
            )
        if row.state == "submitted":
            finish(row, kind=self.both.kind, session=session)

    @rule(name=st.sampled_from(NAMES))
    def dies_after_saying_that_it_submits(self, name: str) -> None:
        """Killed between the commit and the first byte, which looks like a lost reply."""
        self.register(name=name, fault="killed before", fate="completed", again=False)

    @rule()
    def reconciles(self) -> None:
        with suppress(Killed):
            self.reconciled()
        self.revive()

    @rule(seconds=st.sampled_from([1, 10, 25, 40, 3600, 8 * 24 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.service.now += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([-86_000, -3600, -60, 60, 3600, 86_000]))
    def our_clock_is_set(self, seconds: int) -> None:
        self.ahead = timedelta(seconds=seconds)

    @rule(fate=st.sampled_from(["completed", "failed", "nameless", "endless"]))
    def another_program_makes_a_task(self, fate: str) -> None:
        number = len(self.service.tasks) + 1
        made = FakeTask(f"task-{number}", "Stranger", self.service.now, fate, is_strangers=True)
        self.service.tasks.append(made)

    def revive(self) -> None:
        """The next command is another process."""
        self.registry.close()
        self.process.dead = False
        self.registry = self.opened()

    def reconciled(self) -> None:
        reconcile(self.ledger.list_unfinished(), kind=self.both.kind, session=self.session())

    @invariant()
    def no_generation_has_two_living_tasks(self) -> None:
        """An accepted task that did not fail belongs to one row, or to one that is unsettled."""
        for name in NAMES:
            orphans = [task for task in self.orphans() if task.name == name]
            open_rows = [row for row in self.open_rows() if self.asked(row) == name]
            assert len(orphans) <= len(open_rows), (orphans, open_rows)

    @invariant()
    def a_row_has_its_own_task(self) -> None:
        names = {task.task_id: task.name for task in self.service.tasks}
        for row in self.rows():
            if row.task_id:
                assert names[row.task_id] == self.asked(row)
            if character_id := getattr(row, "character_id", None):
                assert character_id == f"char_{str(row.task_id).removeprefix('task-')}"

    @invariant()
    def no_task_belongs_to_two_rows(self) -> None:
        owners = Counter(row.task_id for row in self.rows() if row.task_id)
        assert all(count == 1 for count in owners.values())

    @invariant()
    def what_is_done_stays_done(self) -> None:
        now = {row.row_id: row.task_id for row in self.rows() if row.state == "done"}
        assert self.done.items() <= now.items()
        self.done = now

    def open_rows(self) -> list[Row]:
        return [row for row in self.rows() if row.state in UNSETTLED]

    def orphans(self) -> list[FakeTask]:
        """Tasks that were billed and that no row has."""
        known = self.registry.list_task_ids()
        tasks = [task for task in self.service.tasks if task.fate != "failed" and not task.is_strangers]
        return [task for task in tasks if task.task_id not in known]

    def everything_that_can_be_told_is_settled(self) -> None:
        """In the end nothing is lost: what stays open is only what really is ambiguous."""
        for _ in range(len(NAMES) + 1):
            self.reconciled()
        assert bool(self.orphans()) <= bool(self.open_rows())


class VideoBills(Bills):
    """The same of videos, whose tasks tell no name."""

    both = VIDEOS

    def planned(self, name: str, *, again: bool) -> Row:
        return VIDEOS.planned(self.registry, name, self.session().settings)

    def prepared(self, row: Row) -> Row:
        return row

    def body(self, name: str) -> dict[str, object]:
        return {"prompt": name}

    def rows(self) -> tuple[Row, ...]:
        return self.registry.videos.list_all()

    def asked(self, row: Row) -> str:
        return str(row.prompt)


WALKS = settings(
    max_examples=25,
    stateful_step_count=25,
)
TestBills = Bills.TestCase
TestBills.settings = WALKS
TestVideoBills = VideoBills.TestCase
TestVideoBills.settings = WALKS
