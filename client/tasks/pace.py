"""When a paid task may be sent: within the money, the rate and the number at once that are allowed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Protocol

from screentest.client.errors import (
    CostTooHigh,
    NoBalance,
    RateLimited,
    Rejected,
    ServiceUnreachable,
    StorageError,
    Unauthorized,
)
from screentest.prep.core.remedy import Remedy

FIRST_PAUSE_S = 5.0
MOST_PAUSE_S = 120.0
MOST_TIMES_SLOWED = 20
"""How often in a row a service may say that it is too much, before its word is final."""
MINUTE_S = 60.0

_NOTHING_SPENT = (
    Rejected,
    Unauthorized,
    NoBalance,
    RateLimited,
    ServiceUnreachable,
    StorageError,
)
"""No task was accepted. After any other error one may have been, and its price stays spent."""


class Pace(Protocol):
    """What is asked before a submit."""

    def task(self, cost_usd: float) -> AbstractContextManager[Callable[[], None]]:
        """A task that runs at the service for as long as the block; waits for its place.

        ``cost_usd``: what it will cost, 0 for one that is paid for. Raises CostTooHigh where the money
        that was allowed would not do. Gives what is called once the task is accepted: a block that ends
        before that, by an error after which no task can exist, gives the money back.
        """

    def wait_for_turn(self) -> None:
        """Returns when the next submit may be sent."""

    def slowed(self) -> bool:
        """The service says that these are too many requests: whether the same submit may be tried at
        the next turn, which comes later for all.
        """


class _Unpaced:
    def task(self, cost_usd: float) -> AbstractContextManager[Callable[[], None]]:  # noqa: ARG002
        return nullcontext(lambda: None)

    def wait_for_turn(self) -> None:
        pass

    def slowed(self) -> bool:
        return False


UNPACED: Final[Pace] = _Unpaced()


class AccountPace:
    """The pace of one account, shared by all threads of a run.

    ``max_cost_usd``: for the whole run. ``per_minute``: submits; None for as many as there are.
    ``at_once``: tasks that run at the service. ``told``: hears when the service asks for less.
    """

    def __init__(
        self,
        *,
        max_cost_usd: float | None = None,
        per_minute: int | None = None,
        at_once: int = 2,
        told: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._max_cost_usd, self._per_minute = max_cost_usd, per_minute
        self._told, self._clock, self._sleep = told, clock, sleep
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._spent_usd = 0.0
        self._sent: deque[float] = deque()
        self._closed_until_s = 0.0
        self._times_slowed = 0

    @property
    def spent_usd(self) -> float:
        """What was spent, or may have been, and what is about to be."""
        return self._spent_usd

    @contextmanager
    def task(self, cost_usd: float) -> Iterator[Callable[[], None]]:
        self._reserve(cost_usd)
        accepted = threading.Event()
        try:
            with self._places:
                yield accepted.set
        except _NOTHING_SPENT:
            if not accepted.is_set():
                self._give_back(cost_usd)
            raise

    def wait_for_turn(self) -> None:
        while (pause_s := self._next_turn_in_s()) > 0:
            self._sleep(pause_s)

    def slowed(self) -> bool:
        with self._lock:
            self._times_slowed += 1
            pause_s = min(MOST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self._times_slowed - 1))
            self._closed_until_s = max(self._closed_until_s, self._clock() + pause_s)
            if self._times_slowed > MOST_TIMES_SLOWED:
                return False
        self._told(f"The service asks for fewer requests: nothing is submitted for {pause_s:g} s.")
        return True

    def _next_turn_in_s(self) -> float:
        """0 where this turn is the caller's now, and counted; else how long to wait and ask again."""
        with self._lock:
            now_s = self._clock()
            if now_s < self._closed_until_s:
                return self._closed_until_s - now_s
            while self._sent and now_s - self._sent[0] >= MINUTE_S:
                self._sent.popleft()
            if self._per_minute is not None and len(self._sent) >= self._per_minute:
                return self._sent[0] + MINUTE_S - now_s
            if self._times_slowed and now_s >= self._closed_until_s + MOST_PAUSE_S:
                self._times_slowed = 0  # it has heard nothing of that for a while
            if self._per_minute is not None:
                self._sent.append(now_s)
            return 0.0

    def _reserve(self, cost_usd: float) -> None:
        with self._lock:
            most = self._max_cost_usd
            if most is not None and cost_usd > 0 and self._spent_usd + cost_usd > most + 1e-9:
                raise CostTooHigh(
                    f"USD {self._spent_usd:g} of the USD {most:g} allowed are spent, and this costs "
                    f"USD {cost_usd:g}.",
                    Remedy("max_cost_usd"),
                )
            self._spent_usd += cost_usd

    def _give_back(self, cost_usd: float) -> None:
        with self._lock:
            self._spent_usd -= cost_usd
