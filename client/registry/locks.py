"""Claims: one process at a time works on a registration.

A claim is an ``flock`` on a file named after the identity: it is freed by the end of the process,
in whichever way that comes, and never held inside a database transaction. The files stay, as
deleting one while another process waits for it would let two hold it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from screentest.client.config import private_folder
from screentest.client.errors import HeldElsewhere, RegistryError
from screentest.prep.core.remedy import Remedy

_LOOK_S = 0.1


@contextmanager
def claimed(
    folder: Path,
    identity: str,
    *,
    what: str,
    wait_s: float = 0.0,
    told: Callable[[str], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[bool]:
    """Hold the claim on an identity for the block; gives whether it had to be waited for.

    ``what``: how an error names the thing. ``wait_s``: how long another process that holds it is
    waited for, after ``told`` was given a sentence that names it. Raises HeldElsewhere, naming the
    process, when it still holds it then.
    """
    handle = _opened(private_folder(folder) / f"{identity[:32]}.lock")
    try:
        waited = not _locked(handle)
        if waited:
            if wait_s > 0:
                told(f"{_holder(handle, what)}: waiting for it.")
            _wait(handle, what, give_up=clock() + wait_s, clock=clock, sleep=sleep)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        except OSError:
            # The number only serves another process's message; a full disk must not stop this one.
            pass
        yield waited
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RegistryError(
            f"Cannot open the lock {path}: {error.strerror}.", "Check the folder's rights and room."
        ) from error


def _wait(
    handle: int,
    what: str,
    *,
    give_up: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    while clock() < give_up:
        sleep(_LOOK_S)
        if _locked(handle):
            return
    raise HeldElsewhere(f"{_holder(handle, what)}.", Remedy("retry", ("once it has ended",)))


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int, what: str) -> str:
    number = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
    return f"Another process{f' ({number})' if number else ''} is working on {what}"
