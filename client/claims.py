"""Claims: one process at a time works on a registration.

A claim is an ``flock`` on a file named after the identity: it is freed by the end of the process,
in whichever way that comes, and never held inside a database transaction. The files stay, as
deleting one while another process waits for it would let two hold it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client.config import private_folder
from client.errors import HeldElsewhere, RegistryError


@contextmanager
def claimed(folder: Path, identity: str, *, what: str) -> Iterator[None]:
    """Hold the claim on an identity for the block.

    ``what``: how an error names the thing. Raises HeldElsewhere, naming the process, when another
    holds it.
    """
    handle = _opened(private_folder(folder) / f"{identity[:32]}.lock")
    try:
        _lock(handle, what)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        except OSError:
            # The number only serves another process's message; a full disk must not stop this one.
            pass
        yield
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RegistryError(
            f"Cannot open the lock {path}: {error.strerror}.", "Check the folder's rights and room."
        ) from error


def _lock(handle: int, what: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
        raise HeldElsewhere(
            f"Another process{f' ({holder})' if holder else ''} is working on {what}.",
            "Wait until it has ended, then run the same command again.",
        ) from None
