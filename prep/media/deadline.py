"""How long footage may be looked at, so that no file is read for ever.

A crafted or damaged file can hold more packets than anybody waits for, pictures that take minutes
each, or a trap in which a decoder never comes back. The first two end here, between two packets. A
call that does not return can be ended with its process alone: ``overdue`` tells a watcher of one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from screentest.prep.core.errors import Unreadable
from screentest.prep.core.text import shown_name

# Slow disks and shared machines are allowed for: usual footage takes a hundredth of this.
LEAST_S = 120.0
BYTES_PER_S = 5_000_000
# What a file claims to last is believed up to here.
LONGEST_S = 7200.0
GRACE_S = 60.0
# A process that neither works nor comes here for this long was stopped, and is not to blame.
PAUSE_S = 15.0

Clock = Callable[[], float]


class Deadline:
    """When one look at a file has to be over. Time in which the process was stopped does not count.

    ``worked``: the CPU seconds of this process so far.
    """

    def __init__(
        self,
        path: Path,
        limit_s: float,
        *,
        clock: Clock = time.monotonic,
        worked: Clock = time.process_time,
    ) -> None:
        self._path = path
        self._limit_s = limit_s
        self._clock = clock
        self._worked = worked
        self._checked_s, self._worked_s = clock(), worked()
        self._end_s = self._checked_s + limit_s

    @property
    def over_s(self) -> float:
        """Seconds since it passed; below 0 before."""
        return self._clock() - self._end_s

    def check(self) -> None:
        """Raises Unreadable once it has passed."""
        now_s, worked_s = self._clock(), self._worked()
        idle_s = (now_s - self._checked_s) - (worked_s - self._worked_s)
        if idle_s > PAUSE_S:
            self._end_s += idle_s
        self._checked_s, self._worked_s = now_s, worked_s
        if now_s > self._end_s:
            raise self.error()

    def error(self) -> Unreadable:
        """What to tell of a file that was not done in time."""
        return Unreadable(
            f"{shown_name(self._path)} could not be read within {self._limit_s:.0f} s.",
            "The file may be damaged or made to be slow; export it again as H.264.",
        )


def limit_s(path: Path, *, lasts_s: float = 0.0) -> float:
    """How long a look at a file may take: two minutes, one more for every 300 MB, and its own length.

    ``lasts_s``: of a file that is looked through, believed up to two hours.
    """
    size = 0
    with suppress(OSError):  # one that has just gone is told where it is opened
        size = path.stat().st_size
    return LEAST_S + size / BYTES_PER_S + min(max(0.0, lasts_s), LONGEST_S)


_pending: set[Deadline] = set()
_pending_lock = threading.Lock()


@contextmanager
def pending(deadline: Deadline) -> Iterator[Deadline]:
    """Has ``overdue`` know of a deadline meanwhile."""
    with _pending_lock:
        _pending.add(deadline)
    try:
        yield deadline
    finally:
        with _pending_lock:
            _pending.discard(deadline)


def overdue(*, grace_s: float = GRACE_S) -> Unreadable | None:
    """The error of a look that should have ended long ago: some call into a decoder is stuck."""
    with _pending_lock:
        late = [deadline for deadline in _pending if deadline.over_s > grace_s]
    return late[0].error() if late else None
