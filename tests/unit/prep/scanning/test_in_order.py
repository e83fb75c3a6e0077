"""Work that a second thread does in turn: in order, never too much ahead, and errors come out."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from screentest.prep.scanning.in_order import InOrder


def test_everything_is_done_in_turn_by_another_thread() -> None:
    done: list[tuple[int, str]] = []

    def note(number: int) -> None:
        done.append((number, threading.current_thread().name))

    with InOrder(waiting=2) as aside:
        for number in range(20):
            aside.do(partial(note, number))
    assert [number for number, _ in done] == list(range(20))
    assert len({name for _, name in done} - {threading.current_thread().name}) == 1


def test_who_is_too_far_ahead_waits() -> None:
    handed: list[int] = []
    ahead: list[int] = []

    def note(number: int) -> None:
        ahead.append(len(handed) - number)

    with InOrder(waiting=3) as aside:
        for number in range(12):
            handed.append(number)
            aside.do(partial(note, number))
    assert max(ahead) <= 5


@pytest.mark.parametrize("more", [0, 9])
def test_an_error_in_the_other_thread_is_raised_in_this_one(more: int) -> None:
    def broken() -> None:
        raise ValueError("a broken picture")

    def handed_over() -> None:
        with InOrder(waiting=2) as aside:
            for work in (broken, *[lambda: None] * more):
                aside.do(work)

    with pytest.raises(ValueError, match="a broken picture"):
        handed_over()
    assert not [t for t in threading.enumerate() if t.name.startswith("in-order")]


def test_what_is_left_is_dropped_where_this_thread_fails() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def first() -> None:
        begun.set()
        go_on.wait(60)

    def stopped() -> None:
        with InOrder(waiting=5) as aside:
            aside.do(first)
            aside.do(lambda: done.append(1))
            begun.wait(60)
            threading.Timer(0.05, go_on.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert done == []
