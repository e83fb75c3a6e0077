"""The pace of a run: the money, the rate and the number at once that were allowed."""

from __future__ import annotations

import threading

import pytest

from screentest.client.errors import CostTooHigh, Rejected, ReplyLost, ServiceUnreachable
from screentest.client.tasks.pace import MOST_TIMES_SLOWED, AccountPace


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, pause_s: float) -> None:
        self.slept_s.append(pause_s)
        self.now_s += pause_s


def test_no_more_is_spent_than_was_allowed_for_all() -> None:
    pace = AccountPace(max_cost_usd=0.03)
    for _ in range(3):
        with pace.task(0.01):
            pass
    with pytest.raises(CostTooHigh), pace.task(0.01):
        pytest.fail("a fourth was let through")
    with pace.task(0.0):  # paid for by an earlier run
        pass


def test_money_of_a_definite_no_is_there_again_and_of_a_lost_reply_is_not() -> None:
    pace = AccountPace(max_cost_usd=0.01)
    with pytest.raises(Rejected), pace.task(0.01):
        raise Rejected("no")
    with pytest.raises(ReplyLost), pace.task(0.01):
        raise ReplyLost("perhaps")
    with pytest.raises(CostTooHigh), pace.task(0.01):
        pytest.fail("what may be spent is spent")


def test_money_of_an_accepted_task_stays_spent_whatever_comes_after() -> None:
    pace = AccountPace(max_cost_usd=0.01)

    def waits() -> None:
        with pace.task(0.01) as accepted:
            accepted()
            raise ServiceUnreachable("while it was waited for")

    with pytest.raises(ServiceUnreachable):
        waits()
    with pytest.raises(CostTooHigh), pace.task(0.01):
        pytest.fail("it was spent")


def test_a_minute_holds_so_many_submits_and_no_more() -> None:
    clock = Clock()
    pace = AccountPace(per_minute=3, clock=clock, sleep=clock.sleep)
    turns_s = []
    for _ in range(7):
        pace.wait_for_turn()
        turns_s.append(clock.now_s)
    assert turns_s == [0.0, 0.0, 0.0, 60.0, 60.0, 60.0, 120.0]


def test_too_many_requests_slow_it_down_for_all_and_longer_each_time() -> None:
    clock = Clock()
    told: list[str] = []
    pace = AccountPace(clock=clock, sleep=clock.sleep, told=told.append)
    assert pace.slowed()
    pace.wait_for_turn()
    assert pace.slowed()
    pace.wait_for_turn()
    assert clock.slept_s == [5.0, 10.0]
    assert len(told) == 2
    assert not all(pace.slowed() for _ in range(MOST_TIMES_SLOWED)), "it ends some time"


def test_so_many_run_at_once_and_no_more() -> None:
    pace = AccountPace(at_once=2)
    running, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2, timeout=30)

    def task(meets: bool) -> None:
        nonlocal running, most
        with pace.task(0.0):
            with lock:
                running += 1
                most = max(most, running)
            if meets:
                together.wait()
            with lock:
                running -= 1

    threads = [threading.Thread(target=task, args=(number < 2,)) for number in range(6)]
    for thread in threads[:2]:
        thread.start()
    for thread in threads[2:]:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 2
