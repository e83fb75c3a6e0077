"""A file that arrives in parts: what came is kept, and asked for no second time.

The part lies beside a note of its version. A run that is stopped, by whatever, leaves both; the next
goes on at the byte where it ended, and begins again where the file has changed since.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from screentest.client.worker.not_fetched import FetchBroken, NotFetched
from screentest.client.worker.web import (
    BLOCK_BYTES,
    Answer,
    Arriving,
    is_a_page,
    looks_like_a_page,
)
from screentest.prep.core.files import not_writable, sha256_of, write_atomically
from screentest.prep.core.remedy import Remedy

MOST_BYTES: Final = 20_000_000_000
"""The largest file that is fetched where nothing else is said: five hours of a phone's 4K."""
_ATTEMPTS: Final = 5
_RESTARTS: Final = 3
_PAUSE_S: Final = 1.0


class Opener(Protocol):
    """Opens a file from the byte ``start`` on, where it still is of that version; else from 0 on."""

    def __call__(self, *, start: int, version: str) -> AbstractContextManager[Arriving]: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """``most_bytes``: a larger file is refused. ``progress``: hears the share that is there, 0 to 1;
    what it raises stops the fetching, and what came is kept. ``make_room``: is told how many bytes are
    about to come. ``is_here``: whether the file of an answer is there, so that none of it need come.
    """

    most_bytes: int = MOST_BYTES
    progress: Callable[[float], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    make_room: Callable[[int], None] = lambda _: None
    is_here: Callable[[Answer], bool] = lambda _: False


@dataclass(slots=True)
class Part:
    """What came of a file so far, and of which version it is. ``path``: where it lies."""

    path: Path

    @property
    def _note(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def version(self) -> str:
        """ "" where it is not known, so that nothing can be added to it."""
        try:
            told = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        version = told.get("version") if isinstance(told, dict) else None
        return version if isinstance(version, str) else ""

    def begin(self, version: str) -> None:
        """Nothing came yet, of that version."""
        self.path.unlink(missing_ok=True)
        content = json.dumps({"version": version}).encode()
        write_atomically(self._note, content, what="footage")
        self.path.touch(mode=0o600)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def become(self, target: Path) -> None:
        """All came: it is the file now."""
        try:
            self.path.replace(target)
        except OSError as error:
            raise not_writable(target, error, "footage") from error
        self._note.unlink(missing_ok=True)


def received(open_at: Opener, part: Part, bounds: Bounds) -> Answer:
    """The head of the answer that brought the last of the file, which now is all in ``part``; or of
    one whose file is here, of which nothing was read.

    Raises NotFetched, FetchBroken where it did not come whole after several tries, DiskFull. What came
    is kept but for a file that is refused.
    """
    tried = restarts = 0
    most = part.bytes
    while True:
        try:
            answer = _more_of(open_at, part, bounds)
        except FetchBroken:
            has_grown = part.bytes >= most + BLOCK_BYTES
            tried, most = (1 if has_grown else tried + 1), max(most, part.bytes)
            if tried >= _ATTEMPTS:
                raise
            bounds.sleep(_PAUSE_S * 2.0 ** (tried - 1))
            continue
        if answer is not None:
            return answer
        restarts += 1
        if restarts >= _RESTARTS:
            part.forget()
            raise FetchBroken("The file changes while it is fetched.", Remedy("retry", ("later",)))


def _more_of(open_at: Opener, part: Part, bounds: Bounds) -> Answer | None:
    """Adds to the part until it is whole; None where what was asked for goes on from another file."""
    version = part.version
    with open_at(start=part.bytes if version else 0, version=version) as arriving:
        answer = arriving.answer
        if bounds.is_here(answer):
            return answer
        total = answer.total_bytes
        _require_small(total or 0, answer.shown, part, bounds)
        if answer.start and (answer.start != part.bytes or answer.version != version):
            part.forget()
            return None
        if not answer.start:
            part.begin(answer.version)
        bounds.make_room((total or 0) - answer.start)
        _write(arriving, part, bounds)
    if total is not None and part.bytes != total:
        raise FetchBroken(
            f"{answer.shown} ended after {part.bytes:,} of {total:,} bytes.", Remedy("retry")
        )
    _require_intact(part, answer)
    return answer


def _write(arriving: Arriving, part: Part, bounds: Bounds) -> None:
    answer, got = arriving.answer, arriving.answer.start
    for block in arriving.blocks:
        if got == 0 and looks_like_a_page(block):
            part.forget()
            raise is_a_page(answer.shown)
        got += len(block)
        _require_small(got, answer.shown, part, bounds)
        _append(part.path, block)
        if answer.total_bytes:
            bounds.progress(min(1.0, got / answer.total_bytes))


def _append(path: Path, block: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(block)
    except OSError as error:
        raise not_writable(path, error, "footage") from error


def _require_small(count: int, shown: str, part: Part, bounds: Bounds) -> None:
    if count > bounds.most_bytes:
        part.forget()
        raise NotFetched(
            f"{shown} has more than {bounds.most_bytes / 1e9:g} GB.",
            Remedy("fetch_limit", words="allow a larger file"),
            "Cut it first.",
        )


def _require_intact(part: Part, answer: Answer) -> None:
    """Raises FetchBroken where the server said a hash that the file does not have."""
    if answer.sha256 and sha256_of(part.path) != answer.sha256:
        part.forget()
        raise FetchBroken(
            f"{answer.shown} did not come as it is: its SHA-256 differs.", Remedy("retry")
        )
