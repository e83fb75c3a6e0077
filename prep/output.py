"""A file that appears whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prep.errors import DiskFull, OutputNotWritable
from prep.text import shown

_PREFIX, _SUFFIX = ".screentest-", ".part"
_ATTEMPTS = 5


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A hidden file beside ``target`` that becomes it by rename, or goes away.

    It is locked while it is written: one that nobody has locked was left by a run that was killed,
    and goes away when the next begins. Raises OutputNotWritable or DiskFull.
    """
    try:
        _sweep(target.parent)
        part, lock = _begun(target.parent)
    except OSError as error:
        raise not_writable(target, error) from error
    try:
        yield part
        try:
            os.fsync(lock)
            part.replace(target)
        except OSError as error:
            raise not_writable(target, error) from error
    finally:
        os.close(lock)
        part.unlink(missing_ok=True)


def _begun(folder: Path) -> tuple[Path, int]:
    """A new locked file and its descriptor. Another run may sweep it away before it is locked."""
    for _ in range(_ATTEMPTS):
        part = folder / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
        lock = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with suppress(OSError):  # a file system without locks: nothing is swept there either
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if part.exists():
            return part, lock
        os.close(lock)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(lock)


def not_writable(target: Path, error: OSError) -> OutputNotWritable | DiskFull:
    """The error that a failed write of ``target`` means."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"No room is left at {shown(target.parent)} for the clip.",
            "Free some space, or name another place with -o.",
        )
    return OutputNotWritable(
        f"The clip cannot be written to {shown(target)}: {(error.strerror or str(error)).lower()}.",
        "Name a file in a folder that exists and may be written, with -o.",
    )
