"""Dask's client with pickles refused: what it is sent is read as plain values, or not at all.

Its setting ``deserializers`` covers results alone. The type of each result, errors of calls, warnings
of workers and marked parts of any message are pickles that it would read too, and reading one runs
what its sender likes, here, where the key is. Read are pickles of numbers, text and bytes alone, as
Dask wraps the text of an error in one.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import distributed.client
import distributed.protocol.pickle
from distributed import Client


class PickleRefused(Exception):
    """A pickle came where none is wanted."""


class ReadingClient(Client):
    """A client that hears no events: workers' prints and warnings are theirs, and come as pickles."""

    def subscribe_topic(self, topic: str, handler: Callable[..., Any]) -> None: ...

    async def _handle_report(self) -> None:
        # It ends where something comes that is not read; a client that hears no more is no use.
        with suppress(Exception):
            await super()._handle_report()
        if self.status == "running":
            await self._close(fast=True)


@contextmanager
def no_pickles() -> Iterator[None]:
    """While the block runs, what Dask is sent in this process is unpickled only where it is plain."""
    with _patching:
        _open.append(1)
        _read_pickles_by(_loads_plain)
    try:
        yield
    finally:
        with _patching:
            _open.pop()
            if not _open:
                _read_pickles_by(_LOADS)


def _read_pickles_by(loads: Callable[..., Any]) -> None:
    # Both names of the one function that all of Dask's client reads pickles by.
    for module in (distributed.protocol.pickle, distributed.client):
        vars(module)["loads"] = loads


class _Plain(pickle.Unpickler):
    """Reads values that need no code: no class is found but that of bytes."""

    def find_class(self, module: str, name: str) -> type[bytes]:
        if (module, name) == ("builtins", "bytes"):
            return bytes
        raise PickleRefused


def _loads_plain(data: bytes, *, buffers: Iterable[bytes] = ()) -> Any:
    return _Plain(io.BytesIO(data), buffers=buffers).load()


_LOADS = distributed.protocol.pickle.loads
_patching = threading.Lock()
_open: list[int] = []
