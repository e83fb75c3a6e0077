"""What is known of the films that are open: scans and close looks, kept in memory for a few of them.

A drag asks for a window many times a second: nothing is read from the disk for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from screentest.client.studio.film.judging import Judged, closely
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Scan, Source
from screentest.prep.picking.interest import interest_in
from screentest.prep.picking.scans import LIST_SPEC, kept_scan, looked_at
from screentest.prep.scanning.cache import kept_file

FILMS = 4
"""So many scans are kept; one of an hour takes some 20 MB."""
WINDOWS = 200

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values by their keys, made when first asked for; the least recent are forgotten.

    Two threads that ask for one at once have it made once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key. Raises what ``make`` raises, which is asked again the next time."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            found = self.get(key)
            if found is None:
                found = make()
                self._put(key, found)
        return found

    def forget(self, key: Hashable) -> None:
        with self._lock:
            self._values.pop(key, None)

    def _put(self, key: Hashable, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                gone, _ = self._values.popitem(last=False)
                self._making.pop(gone, None)


class ScanMemory:
    """``scans``: the folder in which workers keep what they measured."""

    def __init__(self, scans: Path) -> None:
        self._folder = scans
        self._scans: Recent[Scan] = Recent(FILMS)
        self._windows: Recent[Judged] = Recent(WINDOWS)
        self._one_look = threading.Lock()

    def scan(self, source: Source, spec: ClipSpec) -> Scan | None:
        """The scan that was kept for clips of that model, else the one that people are listed by.

        None where neither was ever made: nothing is scanned here.
        """
        for one in (spec, LIST_SPEC):
            file = kept_file(source, interest_in(source, one), folder=self._folder)
            try:
                written_ns = file.stat().st_mtime_ns
            except OSError:
                continue
            # A worker adds to it what it checked, such as eyes.
            key = (*_name(source, one), written_ns)
            return self._scans.of(key, partial(self._read, source, one))
        return None

    def _read(self, source: Source, spec: ClipSpec) -> Scan:
        return kept_scan(source, spec, folder=self._folder)

    def close_look(self, source: Source, spec: ClipSpec, *, start_s: float, length_s: float) -> Judged:
        """A window after a close look at it: one look at a time, as each takes a core."""
        key = (_name(source, spec), round(start_s, 3), round(length_s, 3))

        def look(start_s: float, length_s: float) -> Scan:
            with self._one_look:
                return looked_at(source, start_s=start_s, length_s=length_s)

        return self._windows.of(
            key,
            lambda: closely(source, start_s=start_s, length_s=length_s, spec=spec, look=look),
        )

    def known_closely(
        self, source: Source, spec: ClipSpec, *, start_s: float, length_s: float
    ) -> Judged | None:
        """The window if it was looked at closely before."""
        return self._windows.get((_name(source, spec), round(start_s, 3), round(length_s, 3)))


def _name(source: Source, spec: ClipSpec) -> tuple[str, str, float]:
    """What names a scan; footage may have moved since, and is the same."""
    return (source.fingerprint + source.turn_mark, source.path, interest_in(source, spec).window_s)
