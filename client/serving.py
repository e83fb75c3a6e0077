"""Serves an ASGI application on a socket of this machine, by uvicorn in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SHUTDOWN_S = 2
"""How long replies that are under way may take once the server stops."""


@contextmanager
def served(app: Any, listener: socket.socket, *, name: str, **settings: Any) -> Iterator[None]:
    """The application answers at the listening socket while the block runs.

    ``name``: of the thread. ``settings``: more for ``uvicorn.Config``.
    """
    import uvicorn

    logging.getLogger("uvicorn.error").addFilter(_is_no_goodbye)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        **settings,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=name, daemon=True)
    thread.start()
    try:
        _wait_until(lambda: server.started or not thread.is_alive())
        yield
    finally:
        server.should_exit = True
        thread.join(SHUTDOWN_S + 2)


def _is_no_goodbye(record: logging.LogRecord) -> bool:
    """Whether a record is of more than replies that are given up because the server stops."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError) and not record.msg.startswith("Cancel ")


def _wait_until(done: Callable[[], bool], *, wait_s: float = 10.0) -> None:
    deadline = time.monotonic() + wait_s
    while not done() and time.monotonic() < deadline:
        time.sleep(0.005)
