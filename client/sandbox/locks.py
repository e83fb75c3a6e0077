"""File locks that die with their owner, so that a file left behind never misleads."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

_LOOK_S = 0.05


def taken(path: Path, *, wait_s: float, shared: bool = False) -> int | None:
    """A descriptor that holds the lock, None where another process keeps it for ``wait_s``.

    Closing the descriptor, in every process that has it, frees the lock.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    if _until(lambda: _tried(handle, kind), wait_s=wait_s):
        return handle
    os.close(handle)
    return None


def _tried(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _until(done: Callable[[], bool], *, wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while not done():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK_S)
    return True
