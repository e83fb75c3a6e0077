"""Runs over the same files of one person, while people decide which: one character, paid once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from screentest.client.characters.choosing.several import Contender, candidates
from screentest.client.characters.order import Order
from screentest.client.characters.preparing import Ready
from screentest.client.characters.register import Registered, register
from screentest.client.errors import HeldElsewhere, ServiceError
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.progress import SILENT, Passing
from tests.integration.client.characters.decided_parts import FOOTAGE, Books, made, served_by

BOTH = tuple(FOOTAGE.values())


class Joined(Books):
    """Two files that the user gave one name."""

    def __init__(self, *, again: bool) -> None:
        super().__init__()
        self.again = again

    def chosen(self, file: str, start_s: float) -> Order:
        """What a run chooses once this window was decided."""
        with self.opened() as registry:
            registry.decisions.decide(file, start_s=start_s)
            (one,) = self.candidates(registry)
        assert one.source == FOOTAGE[file]
        return one.order

    def candidates(self, registry: Registry) -> tuple[Contender, ...]:
        order = Order("/ann.mov", "Ann", again=self.again, shares_name=True)
        return candidates(order, BOTH, registry, service=self.settings.service, account="default")


@pytest.fixture(params=[False, True], ids=["", "again"])
def books(request: pytest.FixtureRequest) -> Iterator[Joined]:
    books = Joined(again=request.param)
    yield books
    books.folder.cleanup()


def test_of_two_windows_decided_in_one_moment_the_second_counts(books: Joined) -> None:
    books.chosen("bo", 5.0)
    books.chosen("ann", 1.0)
    books.chosen("bo", 6.0)


def test_a_note_makes_no_window_newer(books: Joined) -> None:
    books.chosen("ann", 1.0)
    books.chosen("bo", 5.0)
    books.service.sleep(60.0)
    with books.opened() as registry:
        registry.decisions.decide("ann", note="smiles", approved=True)
        (one,) = books.candidates(registry)
        assert one.source == FOOTAGE["bo"]
        registry.decisions.decide("bo", start_s=6.0)
        registry.decisions.undo("bo")
        (one,) = books.candidates(registry)
        assert one.source == FOOTAGE["bo"]


@pytest.mark.parametrize("books", [False], indirect=True)
def test_a_run_that_chose_another_file_finds_what_was_ordered_since(books: Joined) -> None:
    first = books.chosen("ann", 1.0)
    second = books.chosen("bo", 5.0)
    done = books.register(second, "bo", beside=BOTH)
    found = books.register(first, "ann", beside=BOTH)
    assert (found.character_id, found.submitted) == (done.character_id, False)
    assert sum(books.service.billed().values()) == 1


def test_a_lost_submit_of_another_file_is_settled_before_anything_is_sent(books: Joined) -> None:
    first = books.chosen("ann", 1.0)
    second = books.chosen("bo", 5.0)
    books.service.fault = "lost"
    with pytest.raises(ServiceError):
        books.register(second, "bo", beside=BOTH)
    books.service.fault = "none"
    books.service.sleep(60.0)
    found = books.register(first, "ann", beside=BOTH)
    assert found.character_id
    assert len(books.service.sent) == 1


class Waits(Passing):
    """Tells when a run waits for another."""

    def __init__(self) -> None:
        super().__init__(SILENT)
        self.waits = threading.Event()

    def warned(self, message: str) -> None:
        if "waiting for it" in message:
            self.waits.set()


def test_two_runs_at_once_that_choose_two_files_order_one_character(books: Joined) -> None:
    orders = {"ann": books.chosen("ann", 1.0), "bo": books.chosen("bo", 5.0)}
    makes, second = threading.Event(), Waits()
    ended: list[Registered] = []

    def slowly(order: Order, *stages: Any, **more: Any) -> Ready:
        makes.set()
        assert second.waits.wait(30), "the other run went on beside this one"
        return made(order, *stages, **more)

    def runs(file: str, making: Any, watcher: Any) -> None:
        with Registry(books.home / FILE_NAME, now=books.now) as registry:
            ended.append(
                register(
                    orders[file],
                    books.settings,
                    source=FOOTAGE[file],
                    making=making,
                    beside=BOTH,
                    registry=registry,
                    watcher=watcher,
                )
            )

    with served_by(books.service):
        one = threading.Thread(target=runs, args=("ann", slowly, SILENT))
        other = threading.Thread(target=runs, args=("bo", made, second))
        one.start()
        assert makes.wait(30)
        other.start()
        for thread in (one, other):
            thread.join(60)
    assert len({run.character_id for run in ended}) == 1
    assert sorted(run.submitted for run in ended) == [False, True]
    assert len(books.service.sent) == 1


def test_who_does_not_wait_is_told_that_another_file_is_worked_on(books: Joined) -> None:
    orders = {"ann": books.chosen("ann", 1.0), "bo": books.chosen("bo", 5.0)}

    def meanwhile(order: Order, *stages: Any, **more: Any) -> Ready:
        with pytest.raises(HeldElsewhere, match="'Ann'"):
            books.register(replace(orders["bo"], wait=False), "bo", beside=BOTH)
        return made(order, *stages, **more)

    with served_by(books.service), books.opened() as registry:
        done = register(
            orders["ann"],
            books.settings,
            source=FOOTAGE["ann"],
            making=meanwhile,
            beside=BOTH,
            registry=registry,
        )
    assert done.submitted
