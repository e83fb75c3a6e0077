"""The thread that finds the people of films: the film that was opened last first, whatever fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as changed
from pathlib import Path
from threading import Event
from typing import cast

import pytest

from screentest.client.studio.film.memory import ScanMemory
from screentest.client.studio.film.people import People
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Source
from tests.made_up import SOURCE
from tests.waiting import until

A, B, C = (changed(SOURCE, fingerprint=name) for name in "abc")


@dataclass(slots=True)
class Memory:
    """No scan of any film; a look at the first of all waits, and fails as nobody foresaw."""

    asked: list[str] = field(default_factory=list)
    opens: Event = field(default_factory=Event)

    def scan(self, source: Source, _: ClipSpec) -> None:
        self.asked.append(source.fingerprint)
        if len(self.asked) == 1:
            self.opens.wait()
            raise ValueError("nobody foresaw this")


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def people(memory: Memory, tmp_path: Path) -> Iterator[People]:
    is_over = Event()
    yield People(tmp_path, cast("ScanMemory", memory), is_over=is_over.is_set)
    is_over.set()
    memory.opens.set()


def test_people_are_looked_for_in_the_film_that_was_opened_last_and_after_a_failure(
    people: People, memory: Memory
) -> None:
    assert people.of(A) is None
    until(lambda: memory.asked)
    assert people.of(B) is None
    assert people.of(C) is None
    assert people.of(B) is None, "it is asked for already"
    memory.opens.set()
    until(lambda: len(memory.asked) == 3)
    assert memory.asked == ["a", "c", "b"]
    until(lambda: not any(people.is_looking(one) for one in (A, B, C)))
    people.of(A)
    until(lambda: memory.asked == ["a", "c", "b", "a"])
