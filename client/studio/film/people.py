"""The people of the films that are open: found in the background, as it takes a second or more."""

from __future__ import annotations

import atexit
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from screentest.client.studio.film.memory import Recent, ScanMemory
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Source
from screentest.prep.people.grouping import FoundPeople, find_people
from screentest.prep.picking.scans import LIST_SPEC
from screentest.prep.report.portraits import Portrait, portraits

_FILMS = 64
_TURN_S = 1.0
_LEAVING_S = 20.0
# Nobody comes and goes in less.
_REST_S = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """``found``: the people, and the scan that their tracks are of. ``portraits``: a picture of each,
    and why no window can be picked for some.
    """

    found: FoundPeople
    portraits: tuple[Portrait, ...]

    @property
    def looked_s(self) -> float | None:
        """Of how much of the film it is known who shows; None for all of it."""
        scan = self.found.scan
        looked_s = sum(span.end_s - span.start_s for span in scan.looked_at)
        return looked_s if scan.source.duration_s - looked_s > _REST_S else None


class People:
    """``folder``: for the pictures of faces. ``is_over``: whether nobody is looked for any more."""

    def __init__(self, folder: Path, memory: ScanMemory, *, is_over: Callable[[], bool]) -> None:
        self._folder, self._memory, self._is_over = folder, memory, is_over
        self._casts: Recent[KnownPeople] = Recent(_FILMS)
        self._waiting: deque[Source] = deque()
        self._asked: set[str] = set()
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_leaving = False

    def of(self, source: Source) -> KnownPeople | None:
        """Who is in a film; None as long as it is not known, and it is found out from now on."""
        known = self._casts.get(_name(source))
        if known is not None:
            return known
        with self._turn:
            if _name(source) not in self._asked:
                self._asked.add(_name(source))
                self._waiting.append(source)
                self._turn.notify()
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="people", daemon=True)
                    self._thread.start()
                    atexit.register(self._leave, self._thread)
        return None

    def is_looking(self, source: Source) -> bool:
        """Whether somebody asked, and there is no answer yet."""
        return _name(source) in self._asked

    def _leave(self, thread: threading.Thread) -> None:
        """At the end of the process, which aborts where C++ code still runs in a thread of it."""
        with self._turn:
            self._is_leaving = True
            self._waiting.clear()
            self._turn.notify()
        thread.join(_LEAVING_S)

    def _run(self) -> None:
        while not (self._is_over() or self._is_leaving):
            with self._turn:
                if not self._waiting:
                    self._turn.wait(_TURN_S)
                # The film that was opened last is the one that somebody looks at.
                source = self._waiting.pop() if self._waiting else None
            if source is not None:
                self._one(source)

    def _one(self, source: Source) -> None:
        try:
            self._casts.of(_name(source), partial(self._found, source))
        except Exception as error:  # this thread is the only one that looks for people
            if not isinstance(error, ScreentestError | LookupError):
                logger.warning("people of a film were not found: %s", type(error).__name__)
        finally:
            with self._turn:
                self._asked.discard(_name(source))

    def _found(self, source: Source) -> KnownPeople:
        scan = self._memory.scan(source, LIST_SPEC)
        if scan is None:
            raise LookupError("not scanned yet")
        found = find_people(scan)
        return KnownPeople(found, portraits(found.scan, folder=self._folder))


def _name(source: Source) -> str:
    return source.fingerprint + source.turn_mark
