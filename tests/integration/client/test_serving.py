"""A server of this machine that stops while it answers: nobody reads a traceback for that."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest

from screentest.client.serving import served
from tests.waiting import HANG_S

Application = Callable[[Any, Any, Any], Awaitable[None]]


@contextmanager
def at(application: Application) -> Iterator[str]:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        served(application, listener, name="served"),
    ):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_reply_that_is_given_up_at_the_end_is_logged_as_no_error() -> None:
    arrived = threading.Event()

    async def slow(_: Any, __: Any, ___: Any) -> None:
        arrived.set()
        await asyncio.sleep(HANG_S)

    def ask(url: str) -> None:
        with suppress(httpx.HTTPError):
            httpx.get(url, timeout=HANG_S, trust_env=False)

    with at(slow) as url:
        asker = threading.Thread(target=ask, args=(url,))
        asker.start()
        assert arrived.wait(HANG_S)
    asker.join(HANG_S)
    assert not asker.is_alive()


@pytest.mark.logs_errors
def test_an_application_that_breaks_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: Any, __: Any, ___: Any) -> None:
        raise ValueError("broken")

    # A sandbox that serves in this process keeps uvicorn's records to its own file.
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(caplog.handler)
    try:
        with at(broken) as url:
            assert httpx.get(url, timeout=HANG_S, trust_env=False).status_code == 500
    finally:
        logger.removeHandler(caplog.handler)
    assert any(one.exc_info and isinstance(one.exc_info[1], ValueError) for one in caplog.records)
