"""Decisions made, changed and undone at any moment: no order is billed twice, none is sent stale.

``register`` is the real one, on a real registry, up to what is sent; the service is the model of
``tests.property.client.tasks.test_never_billed_twice``: it loses replies, refuses, fails tasks, and
processes die before and after a submit.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from screentest.client.characters.choosing.several import candidates
from screentest.client.characters.order import Order
from screentest.client.characters.preparing import Ready
from screentest.client.characters.register import Registered, register
from screentest.client.config import Secret, Settings
from screentest.client.errors import ConfigError, ServiceError, SkipDecided, UnsettledSubmit
from screentest.client.registry.decisions import Decision
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.remote.character_models import SORA_2_CHARACTERS
from screentest.client.remote.replies import Prediction
from screentest.client.tasks.session import Session
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Segment, Source
from screentest.prep.core.wishes import Wishes
from tests.integration.paid_parts import CLIP, START
from tests.made_up import source
from tests.property.client.tasks.test_never_billed_twice import (
    FATES,
    FAULTS,
    Contract,
    Killed,
    Mortal,
    MortalDatabase,
)

PICKED_S = 8.0
FOOTAGE = {name: source(path=f"/{name}.mov", fingerprint=name) for name in ("ann", "bo")}
STARTS = st.sampled_from([None, None, 1.0, 5.0])
SAID = st.sampled_from([None, None, None, 5.0])


@dataclass(slots=True)
class Watched(Contract):
    """The service; notes for which order each task was accepted, and what was sent."""

    order: str = ""
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)

    def submit(self, model: str, body: Mapping[str, str], *, webhook: str) -> Prediction:
        self.sent.append((self.order, body["name"], body["video"]))
        count = len(self.tasks)
        try:
            return Contract.submit(self, model, body, webhook=webhook)
        finally:
            for task in self.tasks[count:]:
                self.orders[task.task_id] = self.order

    def balance_usd(self) -> float:
        return 100.0

    def billed(self) -> Counter[str]:
        return Counter(self.orders[task.task_id] for task in self.tasks if task.fate != "failed")


def made(
    order: Order,
    _model: object,
    _footage: Source,
    *,
    home: Path,
    **_: object,
) -> Ready:
    """A clip whose bytes say which window it shows."""
    start_s = order.wishes.start_s
    content = f"{PICKED_S if start_s is None else start_s}".encode()
    path = home / "clips" / f"{content.decode()}.mp4"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    segment = Segment(float(content), 4.0, 0.9, "face", (), ())
    sha256 = hashlib.sha256(content).hexdigest()
    return Ready(replace(CLIP, path=str(path), sha256=sha256, bytes=3, segment=segment))


def put(record: Registration, session: Session) -> tuple[Registration, str]:
    clip, ledger = record.clip, session.registry.registrations
    assert clip is not None
    if record.state == "uploaded":
        record = ledger.mark_back(record, "clipped", note="put again")
    row = ledger.mark_uploaded(record, bucket="b", key=clip.sha256)
    return row, f"https://b/{Path(clip.path).read_text()}"


@contextmanager
def served_by(service: Watched) -> Iterator[None]:
    """What lies beyond the process, as the service and a bucket that always works."""

    @contextmanager
    def reached(*_: object) -> Iterator[Watched]:
        yield service

    where = "screentest.client."
    with (
        mock.patch(f"{where}characters.register.service_of", reached),
        mock.patch(f"{where}characters.run.require_served", return_value=frozenset()),
        mock.patch(f"{where}remote.storage.require_bucket", return_value=None),
        mock.patch(f"{where}characters.sending.clip_sent", put),
    ):
        yield


class Books:
    """A home, its service, and ``register`` as one process after the other calls it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.process = Mortal()
        self.service = Watched(self.process, SORA_2_CHARACTERS.model_id)
        self.settings = Settings(
            self.home, "https://s/api/v3", Secret("k"), "b", sandbox=False, keep_objects=True
        )

    def now(self) -> datetime:
        return self.service.now

    def opened(self) -> Registry:
        opened = partial(MortalDatabase, process=self.process)
        return Registry(self.home / FILE_NAME, now=self.now, opened=opened)

    def register(self, order: Order, footage: str, **more: Any) -> Registered:
        """As its own process: whatever ends it, another one begins with the next call."""
        self.service.order = name_of(order.undecided or order, footage)
        try:
            with self.opened() as registry, served_by(self.service):
                return register(
                    order,
                    self.settings,
                    clock=self.service.clock,
                    sleep=self.service.sleep,
                    now=self.now,
                    source=FOOTAGE[footage],
                    making=made,
                    registry=registry,
                    **more,
                )
        finally:
            self.process.dead = False


def order_of(footage: str, start_s: float | None) -> Order:
    said = frozenset() if start_s is None else frozenset({"start_s"})
    wishes = Wishes(start_s=start_s)
    return Order(f"/{footage}.mov", footage.title(), wishes=wishes, shares_name=True, said=said)


def name_of(order: Order, footage: str) -> str:
    """What tells one command line from another."""
    return f"{footage} from {order.wishes.start_s}"


class Decisions(RuleBasedStateMachine):
    """People decide and undo, runs register, faults and crashes come in between."""

    @initialize()
    def begin(self) -> None:
        self.books = Books()
        self.looked: list[tuple[str, Order, bool]] = []
        self.ids: dict[str, str] = {}

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        self.books.service.now += timedelta(minutes=5)
        with self.books.opened() as registry:
            for footage in FOOTAGE:
                registry.decisions.decide(footage, skip=None)
        for footage in FOOTAGE:
            self.registers(footage, None, "none", "completed", False)
            assert self.books.service.billed()[name_of(order_of(footage, None), footage)] <= 1
        self.books.folder.cleanup()

    @rule(
        footage=st.sampled_from(sorted(FOOTAGE)),
        start_s=STARTS,
        name=st.sampled_from([None, None, "Jim", "Joe"]),
        skip=st.sampled_from([None, None, None, True]),
    )
    def decides(self, footage: str, start_s: float | None, name: str | None, skip: bool | None) -> None:
        with self.books.opened() as registry:
            registry.decisions.decide(footage, start_s=start_s, name=name, skip=skip)

    @rule(footage=st.sampled_from(sorted(FOOTAGE)))
    def undoes(self, footage: str) -> None:
        with self.books.opened() as registry:
            registry.decisions.undo(footage)

    @rule(
        footage=st.sampled_from(sorted(FOOTAGE)),
        start_s=SAID,
        fault=FAULTS,
        fate=FATES,
        only=st.booleans(),
    )
    def registers(self, footage: str, start_s: float | None, fault: str, fate: str, only: bool) -> None:
        self.run(order_of(footage, start_s), footage, fault, fate, prepares_only=only)

    @rule(footage=st.sampled_from(sorted(FOOTAGE)))
    def a_batch_looks(self, footage: str) -> None:
        """Its worker makes a clip from now on, of what is decided now."""
        books = self.books
        with books.opened() as registry:
            (one,) = candidates(
                order_of(footage, None),
                [FOOTAGE[footage]],
                registry,
                service=books.settings.service,
                account="default",
            )
        if not one.is_skipped:
            self.looked.append((footage, one.order, True))

    @rule(fault=FAULTS, fate=FATES)
    def the_batch_goes_on(self, fault: str, fate: str) -> None:
        if self.looked:
            footage, order, _ = self.looked.pop(0)
            self.run(order, footage, fault, fate)

    @rule(seconds=st.sampled_from([1, 25, 40]))
    def time_passes(self, seconds: int) -> None:
        self.books.service.now += timedelta(seconds=seconds)

    def run(self, order: Order, footage: str, fault: str, fate: str, **more: Any) -> None:
        service = self.books.service
        service.fault, service.fate = fault, fate
        count = len(service.sent)
        with self.books.opened() as registry:
            decision = registry.decisions.of(footage) or Decision()
        try:
            done = self.books.register(order, footage, **more)
        except (ServiceError, ConfigError, UnsettledSubmit, Killed):
            pass  # and no other: a row must never be stuck between two decisions
        else:
            if not more.get("prepares_only"):
                self.is_told(done, order, decision)
        for _, name, video in service.sent[count:]:
            self.is_as_decided(order, decision, name=name, video=video)

    def is_as_decided(self, order: Order, decision: Decision, *, name: str, video: str) -> None:
        """What was sent is what held when the run looked, of window and name."""
        if order.undecided is not None:  # a batch looked before
            start_s, wanted = order.wishes.start_s, order.name
        else:
            assert not decision.skip, "what was to be skipped was sent"
            is_said = "start_s" in (order.said or ())
            start_s = order.wishes.start_s if is_said else decision.start_s
            wanted = decision.name or order.name
        assert name == wanted
        assert float(video.rpartition("/")[2]) == (PICKED_S if start_s is None else start_s)

    def is_told(self, done: Registered, order: Order, decision: Decision) -> None:
        """Whoever decided otherwise since hears of it, and nobody else."""
        if order.undecided is not None or decision.skip or done.segment is None:
            return
        start_s = order.wishes.start_s if order.said else decision.start_s
        is_window = start_s in (None, done.segment.start_s)
        is_undone = start_s is None and done.segment.start_s != PICKED_S
        is_name = done.name == (decision.name or order.name)
        assert (done.differs is None) == (is_window and not is_undone and is_name), done.differs

    @invariant()
    def no_order_is_billed_twice(self) -> None:
        assert all(count <= 1 for count in self.books.service.billed().values())

    @invariant()
    def what_has_an_id_keeps_it(self) -> None:
        with self.books.opened() as registry:
            rows = registry.registrations.list_all()
        ids = {row.task_id: row.character_id for row in rows if row.character_id and row.task_id}
        assert self.ids.items() <= ids.items()
        self.ids = ids


TestDecisions = Decisions.TestCase
TestDecisions.settings = settings(max_examples=25, stateful_step_count=25)


@pytest.fixture
def books() -> Iterator[Books]:
    books = Books()
    yield books
    books.folder.cleanup()


def test_two_runs_with_a_decision_between_them_order_one_thing(books: Books) -> None:
    makes, goes_on = threading.Event(), threading.Event()

    def slowly(order: Order, *stages: Any, **more: Any) -> Ready:
        makes.set()
        assert goes_on.wait(30)
        return made(order, *stages, **more)

    outcomes: list[Registered] = []

    def runs(making: Any) -> None:
        with Registry(books.home / FILE_NAME, now=books.now) as registry:
            outcomes.append(
                register(
                    order_of("ann", None),
                    books.settings,
                    source=FOOTAGE["ann"],
                    making=making,
                    registry=registry,
                )
            )

    def decide(**changes: Any) -> None:
        with books.opened() as registry:
            registry.decisions.decide("ann", **changes)

    decide(start_s=1.0)
    with served_by(books.service):
        first = threading.Thread(target=runs, args=(slowly,))
        first.start()
        assert makes.wait(30)
        decide(start_s=5.0, name="Jim")
        second = threading.Thread(target=runs, args=(made,))
        second.start()
        goes_on.set()
        first.join(60)
        second.join(60)
    assert [video for _, _, video in books.service.sent] == ["https://b/1.0"]
    assert [done.character_id for done in outcomes] == ["char_1", "char_1"]
    assert outcomes[0].differs is None
    assert outcomes[1].differs is not None


def test_a_submit_of_an_old_decision_is_settled_before_anything_is_sent(books: Books) -> None:
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=1.0)
    books.service.fault = "lost"
    with suppress(ScreentestError):
        books.register(order_of("ann", None), "ann")
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=5.0, name="Jim")
    books.service.fault = "none"
    books.service.now += timedelta(minutes=1)
    done = books.register(order_of("ann", None), "ann")
    assert len(books.service.tasks) == 1
    assert (done.name, done.submitted) == ("Ann", False)
    assert done.differs is not None
    assert "0:01.00 to 0:05.00" in done.differs.said
    assert "0:05.00 to 0:09.00" in done.differs.said
    assert "'Jim'" in done.differs.said


def test_again_alone_orders_what_is_decided_since_and_undoing_that_orders_nothing(
    books: Books,
) -> None:
    order = order_of("ann", None)
    books.register(order, "ann")
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=5.0)
    assert not books.register(order, "ann").submitted
    assert books.register(replace(order, again=True), "ann").submitted
    assert books.register(order, "ann").differs is None
    with books.opened() as registry:
        registry.decisions.undo("ann")
    done = books.register(order, "ann")
    assert done.character_id == "char_2"
    assert done.differs is not None
    assert done.differs.said.endswith("that is not decided any more.")
    assert len(books.service.tasks) == 2


def test_a_start_that_is_said_is_another_order_unless_it_was_made_first(books: Books) -> None:
    by_hand = order_of("ann", 5.0)
    first = books.register(by_hand, "ann")
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=5.0)
    assert books.register(order_of("ann", None), "ann").character_id == first.character_id
    with books.opened() as registry:
        registry.decisions.decide("bo", start_s=5.0)
    books.register(order_of("bo", None), "bo")
    assert books.register(order_of("bo", 5.0), "bo").submitted, "as without any decision"
    assert books.register(order_of("bo", 1.0), "bo").submitted


def test_footage_to_be_skipped_is_registered_only_by_who_insists(books: Books) -> None:
    order = order_of("ann", None)
    with books.opened() as registry:
        registry.decisions.decide("ann", skip=True, note="withdrew her consent")
    with pytest.raises(SkipDecided, match=r"decided to skip ann.mov: withdrew her consent"):
        books.register(order, "ann")
    assert books.service.sent == []
    with books.opened() as registry:
        assert registry.registrations.list_all() == ()
    assert books.register(replace(order, even_skipped=True), "ann").submitted
    told = books.register(order, "ann")
    assert told.character_id
    assert told.differs is not None
    assert "skipped" in told.differs.said


def test_what_was_paid_for_is_fetched_though_it_is_skipped_since(books: Books) -> None:
    order = order_of("ann", None)
    books.register(replace(order, wait=False), "ann")
    with books.opened() as registry:
        registry.decisions.decide("ann", skip=True)
    assert books.register(order, "ann").character_id == "char_1"
    assert len(books.service.tasks) == 1


def test_an_account_renamed_keeps_what_was_registered_by_a_decision(books: Books) -> None:
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=5.0, name="Jim")
    order = order_of("ann", None)
    books.register(order, "ann")
    with books.opened() as registry:
        registry.accounts.record_name("default", "mine")
        registry.decisions.undo("ann")
    assert not books.register(order, "ann").submitted
    assert books.service.now >= START


def test_a_clip_that_a_worker_made_is_recorded_as_what_it_was_made_of(books: Books) -> None:
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=1.0)
        here = {"service": books.settings.service, "account": "default"}
        files = [FOOTAGE["ann"]]
        (looked,) = candidates(order_of("ann", None), files, registry, **here)
        registry.decisions.decide("ann", start_s=5.0)
    books.register(looked.order, "ann")
    assert [video for _, _, video in books.service.sent] == ["https://b/1.0"]
    with books.opened() as registry:
        (row,) = registry.registrations.list_all()
    assert row.overrides == {"start_s": 1.0}
    assert books.register(order_of("ann", None), "ann").differs is not None


def test_what_was_never_accepted_is_not_sent_once_it_is_to_be_skipped(books: Books) -> None:
    books.service.fault = "never"
    with suppress(ServiceError):
        books.register(order_of("ann", None), "ann")
    books.service.fault = "none"
    books.service.now += timedelta(minutes=1)
    with books.opened() as registry:
        registry.decisions.decide("ann", skip=True)
    with pytest.raises(SkipDecided):
        books.register(order_of("ann", None), "ann")
    assert len(books.service.sent) == 1
    assert books.service.tasks == []
