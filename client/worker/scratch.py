"""A worker's own folder for what it fetches and makes: bounded, and gone when the worker is.

Each process has a folder of its own, locked while it lives. One that is not locked was left by a worker
that was killed, and the next one to start deletes it.
"""

from __future__ import annotations

import atexit
import os
import stat
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from screentest.prep.core.errors import ConfigError
from screentest.prep.core.files import private_folder, scratch_folder_beside

VARIABLE: Final = "SCREENTEST_SCRATCH"
"""Names the folder on workers; else it lies among the temporary files."""
MOST_BYTES: Final = 20_000_000_000
"""What may wait here between two jobs; the footage of one job comes on top of it."""
OLDEST_S: Final = 24 * 3600.0
"""Nothing is asked for so long after it was last used."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """The folders of one worker: ``footage`` that was fetched, and ``clips`` that wait to be sent."""

    footage: Path
    clips: Path


@dataclass(frozen=True, slots=True)
class ScratchFile:
    """A file of the scratch. ``used_at``: Unix seconds of its last use."""

    path: Path
    bytes: int
    used_at: float


def scratch() -> Scratch:
    """The folders of this process, swept of what is old or too much.

    Raises ConfigError where they cannot be used, DiskFull, OutputNotWritable.
    """
    folders = _own(os.getpid(), str(scratch_base()))
    for folder in (folders.footage, folders.clips):
        sweep(private_folder(folder))
    return folders


@cache
def _own(_process: int, base: str) -> Scratch:
    stack = ExitStack()
    folder = stack.enter_context(scratch_folder_beside(Path(base) / "worker"))
    atexit.register(stack.close)
    return Scratch(folder / "footage", folder / "clips")


def scratch_base() -> Path:
    """The folder of all workers of this user, and of what starts them on its own machine.

    Raises ConfigError where others may meddle with it.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return private_folder(Path(chosen).absolute())
    base = private_folder(Path(tempfile.gettempdir()).absolute() / f"screentest-{os.geteuid()}")
    # Anybody may make a folder of that name among the temporary files before we do.
    found = base.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise ConfigError(
            f"{base} is not a folder of this user alone.",
            f"Delete it, or set {VARIABLE} to another folder.",
        )
    return base


def sweep(
    folder: Path,
    *,
    most_bytes: int = MOST_BYTES,
    oldest_s: float = OLDEST_S,
    now_s: float | None = None,
) -> None:
    """Deletes the files of a folder that nobody used for so long, and the oldest that are too much."""
    now_s = time.time() if now_s is None else now_s
    for one in to_sweep(_kept(folder), most_bytes=most_bytes, used_since_s=now_s - oldest_s):
        with suppress(OSError):
            one.path.unlink()


def to_sweep(kept: Sequence[ScratchFile], *, most_bytes: int, used_since_s: float) -> list[ScratchFile]:
    """Which files go: those not used since then, and the longest unused of what is too much."""
    gone, left_bytes = [], most_bytes
    for one in sorted(kept, key=lambda one: -one.used_at):
        left_bytes -= one.bytes
        if left_bytes < 0 or one.used_at < used_since_s:
            gone.append(one)
    return gone


def _kept(folder: Path) -> list[ScratchFile]:
    found = []
    for path in folder.iterdir():
        with suppress(OSError):
            known = path.lstat()
            if stat.S_ISREG(known.st_mode):
                found.append(ScratchFile(path, known.st_size, known.st_mtime))
    return found
