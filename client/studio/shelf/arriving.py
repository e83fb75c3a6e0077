"""Footage of a studio that lies elsewhere: fetched when it is looked at or opened, and held meanwhile.

What is used longest ago is let go of, so that the cache that holds it stays as small as it may be.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from screentest.client.batch.outcome import Reason, reason_of
from screentest.client.fetching.fetch import Fetching
from screentest.client.studio.shelf.film import Film
from screentest.prep.core.errors import Cancelled, ScreentestError

AT_ONCE: Final = 3
"""Films fetched at once to be looked at; another thread is left for those that somebody opens."""
HELD: Final = 16
"""So many files are held of which something is under way, and so many others."""


@dataclass(frozen=True, slots=True)
class _Here:
    path: str
    hold: ExitStack


class Arrivals:
    """``told``: how much of a film has come, in [0, 1], by its key. ``ended``: its path, or why it has
    none. ``is_needed``: whether a film's file has to stay. All three are called from any thread.
    """

    def __init__(
        self,
        fetching: Fetching,
        *,
        told: Callable[[str, float], None],
        ended: Callable[[str, str | Reason], None],
        is_needed: Callable[[str], bool],
    ) -> None:
        self._fetching, self._told, self._ended = fetching, told, ended
        self._is_needed = is_needed
        self._lock = threading.Lock()
        self._coming: set[str] = set()
        self._here: OrderedDict[str, _Here] = OrderedDict()
        self._faults: dict[str, Reason] = {}
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="fetch")

    def path(self, film: Film) -> str | None:
        """Where its file lies on this machine, which stays for now; None where it has to come first."""
        if not film.url:
            return film.address
        with self._lock:
            found = self._here.get(film.key)
            if found is None:
                return None
            self._here.move_to_end(film.key)
            return found.path

    def fault(self, film: Film) -> Reason | None:
        """Why its file did not come when it was last asked for."""
        return self._faults.get(film.key)

    def may_begin(self, film: Film) -> bool:
        """Whether a film can be looked at now, or begin to come: not while it, or many others, do."""
        if self.path(film) is not None:
            return True
        with self._lock:
            waiting = sum(self._is_needed(key) for key in self._here)
            has_room = len(self._coming) < AT_ONCE and waiting < HELD
            return has_room and film.key not in self._coming

    def ask(self, film: Film) -> None:
        """Has its file come, where it is neither here nor under way."""
        if self.path(film) is not None:
            return
        with self._lock:
            if film.key in self._coming or self._stopping.is_set():
                return
            self._coming.add(film.key)
            self._faults.pop(film.key, None)
        self._pool.submit(self._fetch, film)

    def let_go(self, key: str) -> None:
        """Whoever wants a film's file next asks its host whether it is still that one."""
        with self._lock:
            found = self._here.pop(key, None)
        if found is not None:
            found.hold.close()

    def close(self) -> None:
        """Ends what is coming, and lets go of every file."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for one in self._here.values():
            one.hold.close()
        self._here.clear()

    def _fetch(self, film: Film) -> None:
        """In a thread."""
        found: str | Reason
        try:
            found = self._arrived(film)
        except ScreentestError as error:
            found = reason_of(error)
        except Exception as error:  # a bug must not leave the film under way for ever
            found = Reason(type(error).__name__, "Something went wrong while it was fetched.")
        with self._lock:
            self._coming.discard(film.key)
            if isinstance(found, Reason):
                self._faults[film.key] = found
        self._ended(film.key, found)
        self._let_go()

    def _arrived(self, film: Film) -> str:
        last = -1

        def on_progress(share: float) -> None:
            nonlocal last
            self._go_on()
            if int(share * 100) != last:
                last = int(share * 100)
                self._told(film.key, share)

        hold = ExitStack()
        coming = self._fetching.fetched(film.url, progress=on_progress, goes_on=self._go_on)
        path = str(hold.enter_context(coming).path)
        with self._lock:
            self._here[film.key] = _Here(path, hold)
        return path

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise Cancelled("The studio was closed.")

    def _let_go(self) -> None:
        """Of what was used longest ago, where too many are held of which nothing is under way."""
        with self._lock:
            idle = [key for key in self._here if not self._is_needed(key)]
            gone = [self._here.pop(key) for key in idle[: max(0, len(idle) - HELD)]]
        for one in gone:
            one.hold.close()
