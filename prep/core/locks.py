"""A file lock that dies with its owner, so that a file left behind never misleads.

An ``flock`` belongs to an open file: the kernel frees it when the last descriptor of it closes, in
whichever way its process ends. A lock file stays where it is, as deleting one while another process
waits for it would let two hold it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

TRY_EVERY_S = 0.05
"""How often a lock that another process holds is tried."""


def taken(
    path: Path,
    *,
    wait_s: float = 0.0,
    shared: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int | None:
    """A descriptor that holds the lock; None where another process holds it for all of ``wait_s``.

    ``shared``: several may hold it at once, but none beside one that is not shared. Closing the
    descriptor, in every process that has it, frees the lock. Raises OSError where the file cannot be
    opened or its file system knows no locks.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if _in_time(handle, shared=shared, give_up=clock() + wait_s, clock=clock, sleep=sleep):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Whether the open file is locked now, by this descriptor. Raises OSError but for a held lock."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_time(
    handle: int,
    *,
    shared: bool,
    give_up: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> bool:
    while not try_lock(handle, shared=shared):
        if clock() >= give_up:
            return False
        sleep(TRY_EVERY_S)
    return True
