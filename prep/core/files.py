"""Files written whole or not at all, scratch folders, and file hashes."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from screentest.prep.core.errors import ConfigError, DiskFull, OutputNotWritable
from screentest.prep.core.locks import try_lock
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

_PREFIX, _SUFFIX = ".screentest-", ".part"
_ATTEMPTS = 5


@contextmanager
def atomic_file(target: Path, *, what: str = "clip", mode: int = 0o666) -> Iterator[Path]:
    """A hidden file beside ``target`` that becomes it by rename, or goes away.

    ``what`` it is, for the errors; ``mode``: who may read it, less the umask.

    It is locked while it is written: one without a lock was left by a run that was killed, and is
    deleted when the next begins. Raises OutputNotWritable or DiskFull.
    """
    part, lock = _begun(target, partial(_new_file, mode=mode), what)
    try:
        yield part
        try:
            os.fsync(lock)
            part.replace(target)
        except OSError as error:
            raise not_writable(target, error, what) from error
    finally:
        os.close(lock)
        part.unlink(missing_ok=True)


def write_atomically(target: Path, content: bytes, *, what: str = "file", mode: int = 0o600) -> None:
    """Make ``content`` all that ``target`` holds, at once; by default only its owner may read it.

    Whoever opens ``target`` meanwhile reads the old content or the new, never a part. ``what`` it is,
    for the errors. Raises OutputNotWritable or DiskFull, and leaves ``target`` as it was.
    """
    with atomic_file(target, what=what, mode=mode) as part:
        try:
            part.write_bytes(content)
        except OSError as error:
            raise not_writable(target, error, what) from error


@contextmanager
def scratch_folder_beside(target: Path) -> Iterator[Path]:
    """A hidden folder beside ``target``, deleted with all it holds when the block ends.

    Raises OutputNotWritable or DiskFull.
    """
    scratch, lock = _begun(target, _new_folder, "clip")
    try:
        yield scratch
    finally:
        os.close(lock)
        shutil.rmtree(scratch, ignore_errors=True)


def _begun(target: Path, new: Callable[[Path], int], what: str) -> tuple[Path, int]:
    """Something new and locked beside ``target``, and its descriptor; deletes unlocked leftovers."""
    try:
        _sweep(target.parent)
        for _ in range(_ATTEMPTS):
            part = target.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
            # Another run may sweep it away before it is opened, or before it is locked.
            try:
                lock = new(part)
            except FileNotFoundError:
                continue
            if _is_ours(lock) and part.exists():
                return part, lock
            os.close(lock)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    except OSError as error:
        raise not_writable(target, error, what) from error


def _new_file(part: Path, mode: int) -> int:
    return os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)


def _new_folder(part: Path) -> int:
    part.mkdir(mode=0o700)
    return os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _is_ours(lock: int) -> bool:
    """Whether no other run has locked what was just made, to delete it."""
    try:
        return try_lock(lock)
    except OSError:
        return True  # a file system without locks: nothing is swept there either


def sha256_of(path: Path) -> str:
    """The hex sha256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def holds(path: Path, sha256: str) -> bool:
    """Whether a file is there with the content of that hash."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def may_write(folder: Path) -> bool:
    """Whether this process, with the rights it has now, may put a file into a folder."""
    effective = os.access in os.supports_effective_ids
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)


def private_folder(path: Path) -> Path:
    """The folder, made with mode 0700 where it did not exist; an existing one keeps its mode.

    Raises ConfigError when it cannot be made, is not a folder or may not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"Cannot keep files in {path}: {error.strerror}.",
            Remedy("home", words="choose another folder"),
        ) from error
    if not may_write(path):
        raise ConfigError(f"{path} is not writable.", Remedy("home", words="choose another folder"))
    return path


def folder_if_kept(path: Path, *, warned: Callable[[str], None]) -> Path | None:
    """A ``private_folder`` for scans; None, which is said, where none can be kept."""
    try:
        return private_folder(path)
    except ConfigError as error:
        warned(f"The scan is not kept, so the next look takes as long. {error.message}")
        return None


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if not try_lock(lock):
                    continue
                if left.is_dir():
                    shutil.rmtree(left)
                elif left.is_file():
                    left.unlink()
            finally:
                os.close(lock)


def not_writable(target: Path, error: OSError, what: str) -> OutputNotWritable | DiskFull:
    """The error that a failed write of ``target`` means."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"The disk is full: there is no space for the {what} in {shown(target.parent)}.",
            "Free some space, or choose another folder.",
        )
    return OutputNotWritable(
        f"The {what} cannot be written to {shown(target)}: {(error.strerror or str(error)).lower()}.",
        "Name a file in an existing folder that you can write to.",
    )
