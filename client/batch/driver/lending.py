"""Registries that stay open between items."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from screentest.client.registry.file.database import Database
from screentest.client.registry.registry import FILE_NAME, Registry


class OpenRegistries:
    """The registry of a home, open as often as threads use it at once.

    To open one has SQLite check all of the file, which takes longer the more it holds: done for each
    item, a batch would take the square of its items. Close it when no thread uses one any more.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME
        self._idle: queue.SimpleQueue[Registry] = queue.SimpleQueue()

    @contextmanager
    def lent(self) -> Iterator[Registry]:
        """One for the block alone. Raises what opening it raises."""
        try:
            registry = self._idle.get_nowait()
        except queue.Empty:
            registry = Registry(self._path, opened=partial(Database, any_thread=True))
        try:
            yield registry
        finally:
            self._idle.put(registry)

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get_nowait().close()
