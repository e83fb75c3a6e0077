"""Decisions made, changed and undone at any moment: no order is billed twice, none is sent stale.

``register`` is the real one, on a real registry, up to what is sent; the service is the model of
``tests.property.client.tasks.test_never_billed_twice``: it loses replies, refuses, fails tasks, and
processes die before and after a submit.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from screentest.client.characters.choosing.several import candidates
from screentest.client.characters.order import Order
from screentest.client.characters.register import Registered
from screentest.client.errors import ConfigError, ServiceError, UnsettledSubmit
from screentest.client.registry.decisions import Decision
from tests.integration.client.characters.decided_parts import (
    FOOTAGE,
    PICKED_S,
    Books,
    name_of,
    order_of,
)
from tests.property.client.tasks.test_never_billed_twice import FATES, FAULTS, Killed

STARTS = st.sampled_from([None, None, 1.0, 5.0])
SAID = st.sampled_from([None, None, None, 5.0])


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
