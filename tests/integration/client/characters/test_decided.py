"""What becomes of a registration whose footage somebody decides about, before, between and after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from screentest.client.characters.choosing.several import candidates
from screentest.client.characters.order import Order
from screentest.client.characters.preparing import Ready
from screentest.client.characters.register import Registered, register
from screentest.client.errors import ServiceError, SkipDecided
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.errors import ScreentestError
from tests.integration.client.characters.decided_parts import FOOTAGE, Books, made, order_of, served_by


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


def test_a_clip_that_a_worker_made_is_recorded_as_what_it_was_made_of(books: Books) -> None:
    with books.opened() as registry:
        registry.decisions.decide("ann", start_s=1.0)
        here: dict[str, Any] = {"service": books.settings.service, "account": "default"}
        (looked,) = candidates(order_of("ann", None), [FOOTAGE["ann"]], registry, **here)
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
