"""Footage that was fetched: kept for the next command, in a folder that is bounded.

    fetched/<address>.lock          one command fetches an address at a time
    fetched/<address>.part          what came of it so far, with a note of its version
    fetched/<address and version>/  the file under its own name
        .in-use                     locked by each command that reads the file

A file that is in use is never swept away, nor replaced: what is at the address may change, and is
another version then, in another folder. The files used longest ago go first.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from screentest.client.errors import FetchBroken
from screentest.client.fetching.elsewhere import key_of, name_at
from screentest.client.fetching.sweeping import InCache, to_take_away
from screentest.client.worker.receive import Bounds, Opener, Part, received
from screentest.client.worker.web import Answer
from screentest.prep.core.errors import DiskFull
from screentest.prep.core.files import private_folder, sha256_of
from screentest.prep.core.locks import taken
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

FOLDER: Final = "fetched"
"""Below the home."""
MOST_BYTES: Final = 20_000_000_000
_SPARED_BYTES: Final = 500_000_000
"""So much of the disk is left for clips, scans and everybody else."""
_IN_USE: Final = ".in-use"
_ATTEMPTS: Final = 5
_TURN_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class LocalFootage:
    """A file that is here now. ``path``: absolute. ``shown``: its address. ``is_new``: whether it was
    fetched now, not before.
    """

    path: Path
    shown: str
    bytes: int
    is_new: bool


class Cache:
    """LocalFootage footage below ``folder``, at most ``most_bytes`` of it while none is in use."""

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = MOST_BYTES,
        wait_s: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._wait_s = wait_s
        self._clock = clock
        self._held_bytes: int | None = None
        self._counting = threading.Lock()

    @contextmanager
    def fetched(
        self,
        names: str,
        address: str,
        opener: Opener,
        bounds: Bounds | None = None,
        *,
        goes_on: Callable[[], None] | None = None,
    ) -> Iterator[LocalFootage]:
        """The file at an address, which stays until the block ends.

        ``names``: what tells it from all others, ``address``: as it is shown. It is asked whether the
        file is still the one that is here; where it is, or was left in part, no byte comes twice.
        ``goes_on``: asked a few times a second; what it raises is raised at once, whatever a host that
        stalls may do, and what came is kept.
        Raises NotFetched, StorageError, DiskFull, and FetchBroken, also where another command takes
        longer than ``wait_s`` to fetch it.
        """
        private_folder(self._folder.parent)
        private_folder(self._folder)
        held = partial(self._held, names, address, opener, bounds or Bounds())
        found, lock = held() if goes_on is None else _unless_left(held, goes_on)
        try:
            yield found
        finally:
            with suppress(OSError):
                os.utime(found.path.parent)
            os.close(lock)
            self.sweep()

    def sweep(self, room_bytes: int = 0) -> None:
        """Take away what was used longest ago, until so many bytes have room beside the rest.

        A tenth more goes than must, so that a full cache is not counted again for each file.
        """
        with self._counting:
            held = self._held_bytes
            if held is not None and held + room_bytes <= self._most_bytes:
                return
            kept = self._kept()
            held = sum(one.bytes for one in kept)
            if held + room_bytes > self._most_bytes:
                for one in to_take_away(kept, int(self._most_bytes * 0.9) - room_bytes):
                    held -= _taken_away(one)
            self._held_bytes = held

    def _held(
        self, names: str, address: str, opener: Opener, bounds: Bounds
    ) -> tuple[LocalFootage, int]:
        """The file, and the descriptor that holds it."""
        key = key_of(names)

        def is_here(answer: Answer) -> bool:
            return bool(answer.version) and self._place_of(names, address, answer.version).exists()

        def pause(seconds: float) -> None:
            bounds.progress(0.0)
            bounds.sleep(seconds)

        bounds = replace(bounds, is_here=is_here, make_room=partial(self._make_room, address))
        part = Part(self._folder / f"{key}.part")
        with self._alone_at(key, address, pause):
            for _ in range(_ATTEMPTS):
                version = received(opener, part, bounds).version or _content_of(part)
                target = self._place_of(names, address, version)
                is_new = not target.exists()
                if is_new:
                    self._put(part, target)
                else:
                    part.forget()
                lock = _in_use(target)
                if lock is not None:
                    return LocalFootage(target, address, target.stat().st_size, is_new), lock
        raise FetchBroken(f"{shown(address)} is swept away by other commands.", Remedy("retry"))

    def _place_of(self, names: str, address: str, version: str) -> Path:
        return self._folder / key_of(f"{names}\0{version}") / name_at(address)

    def _put(self, part: Part, target: Path) -> None:
        count = part.bytes
        private_folder(target.parent)
        part.become(target)
        with self._counting:
            self._held_bytes = (self._held_bytes or 0) + count

    @contextmanager
    def _alone_at(self, key: str, address: str, pause: Callable[[float], None]) -> Iterator[None]:
        path = self._folder / f"{key}.lock"
        until_s = self._clock() + self._wait_s
        while True:
            wait_s = until_s - self._clock()
            lock = taken(path, wait_s=wait_s, clock=self._clock, sleep=pause)
            if lock is None:
                raise FetchBroken(
                    f"Another command is still fetching {shown(address)}.", Remedy("retry", ("later",))
                )
            if _lies_at(lock, path):
                break
            os.close(lock)  # whoever had it deleted it
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(lock)

    def _make_room(self, address: str, count: int) -> None:
        """Raises DiskFull where the disk cannot hold so many bytes more."""
        self.sweep(count)
        lacking = count + _SPARED_BYTES - shutil.disk_usage(self._folder).free
        if lacking > 0:
            for one in to_take_away(self._kept(), -1):
                lacking -= _taken_away(one)
                if lacking <= 0:
                    break
        if lacking > 0:
            raise DiskFull(
                f"The disk is too full for {shown(address)}: it lacks {lacking / 1e9:.1f} GB.",
                f"Free some space where {shown(self._folder)} lies.",
                Remedy("home", words="keep footage elsewhere"),
            )

    def _kept(self) -> list[InCache]:
        try:
            entries = list(self._folder.iterdir())
        except OSError:
            return []
        return [kept for entry in entries if (kept := _kept_at(entry)) is not None]


def _unless_left(
    held: Callable[[], tuple[LocalFootage, int]], goes_on: Callable[[], None]
) -> tuple[LocalFootage, int]:
    """What ``held`` gives, done in a thread of its own: one that waits for bytes hears nothing else.

    It is left to itself where nobody wants the file any more, and ends when its host lets it.
    """
    coming: Future[tuple[LocalFootage, int]] = Future()

    def run() -> None:
        try:
            coming.set_result(held())
        except BaseException as error:
            coming.set_exception(error)

    threading.Thread(target=run, name="fetching", daemon=True).start()
    try:
        while not wait([coming], _TURN_S).done:
            goes_on()
    except BaseException:
        coming.add_done_callback(_let_go_of)
        raise
    return coming.result()


def _let_go_of(left: Future[tuple[LocalFootage, int]]) -> None:
    if left.exception() is None:
        os.close(left.result()[1])


def _kept_at(entry: Path) -> InCache | None:
    """A file of the cache, or a part; None for anything else, and what another command sweeps now."""
    try:
        status = entry.stat()
        if entry.suffix == ".part":
            return InCache(
                entry, status.st_size, status.st_mtime, _is_locked(entry.with_suffix(".lock"))
            )
        if not entry.is_dir():
            return None
        count = sum(file.stat().st_size for file in entry.iterdir())
        return InCache(entry, count, status.st_mtime, _is_locked(entry / _IN_USE))
    except OSError:
        return None


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    lock = taken(path)
    if lock is None:
        return True
    os.close(lock)
    return False


def _taken_away(one: InCache) -> int:
    """How many bytes are free now; 0 where a command has begun to use it meanwhile."""
    is_part = one.path.suffix == ".part"
    lock_file = one.path.with_suffix(".lock") if is_part else one.path / _IN_USE
    try:
        lock = taken(lock_file)
    except OSError:
        return one.bytes  # another command took it away
    if lock is None:
        return 0
    try:
        if is_part:
            Part(one.path).forget()
            lock_file.unlink(missing_ok=True)
        else:
            shutil.rmtree(one.path, ignore_errors=True)
    finally:
        os.close(lock)
    return one.bytes


def _in_use(target: Path) -> int | None:
    """The descriptor that keeps a file from being swept; None where it has just been."""
    with suppress(OSError):
        lock = taken(target.parent / _IN_USE, shared=True, wait_s=60.0)
        if lock is not None and target.exists():
            return lock
        if lock is not None:
            os.close(lock)
    return None


def _content_of(part: Part) -> str:
    """What changes with a file's content where its host says nothing that does."""
    return sha256_of(part.path) if part.path.exists() else ""


def _lies_at(lock: int, path: Path) -> bool:
    """Whether the open file is the one that now lies there."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except OSError:
        return False
