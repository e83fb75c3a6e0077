"""A second thread that does what the first one hands it, one thing after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType

from screentest.prep.core.process import pool_of


class InOrder:
    """Work done beside this thread, in the order in which it was handed over. A context manager.

    ``waiting``: how much may wait for it; who hands over more waits. All is done on the way out, but
    for an error: work that failed raises there at the latest, and what was left is dropped.
    """

    def __init__(self, *, waiting: int) -> None:
        self._most = waiting
        self._handed: deque[Future[None]] = deque()
        self._pool = pool_of(1, name="in-order")

    def __enter__(self) -> InOrder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            while kind is None and self._handed:
                self._handed.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def do(self, work: Callable[[], None]) -> None:
        """Hands over some work. Raises what earlier work raised."""
        self._handed.append(self._pool.submit(work))
        if len(self._handed) > self._most:
            self._handed.popleft().result()
