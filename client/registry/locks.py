"""One process at a time works on a registration, a video or an object in the bucket.

The lock is a file named after the identity. It is freed by the end of its process, in whichever way
that comes, and never held inside a database transaction.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from screentest.client.config import private_folder
from screentest.client.errors import HeldElsewhere, RegistryError
from screentest.prep.core.locks import taken


@contextmanager
def locked(
    folder: Path,
    identity: str,
    *,
    what: str,
    wait_s: float = 0.0,
    told: Callable[[str], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[bool]:
    """Hold the lock of an identity for the block; gives whether it had to be waited for.

    ``what``: how an error names the thing. ``wait_s``: how long another process that holds it is
    waited for, after ``told`` was given a sentence that names it. Raises HeldElsewhere, naming the
    process, when it still holds it then.
    """
    path = private_folder(folder) / f"{identity[:32]}.lock"
    with _opening(path):
        handle = taken(path)
    waited = handle is None
    if handle is None and wait_s > 0:
        told(f"{_holder(path, what)}: waiting for it.")
        with _opening(path):
            handle = taken(path, wait_s=wait_s, clock=clock, sleep=sleep)
    if handle is None:
        raise HeldElsewhere(
            f"{_holder(path, what)}.", "Wait until it has ended, then run the same command again."
        )
    try:
        _sign(handle)
        yield waited
    finally:
        os.close(handle)


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(
            f"Cannot open the lock {path}: {error.strerror}.", "Check the folder's rights and room."
        ) from error


def _sign(handle: int) -> None:
    # The number only serves another process's message; a full disk must not stop this one.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)


def _holder(path: Path, what: str) -> str:
    with suppress(OSError):
        if number := path.read_bytes()[:20].decode("ascii", "replace").strip():
            return f"Another process ({number}) is working on {what}"
    return f"Another process is working on {what}"
