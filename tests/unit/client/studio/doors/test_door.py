"""The doors as an ASGI application sees them, and the cookie that they hand out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from screentest.client.studio.doors.door import Doors
from screentest.client.studio.doors.headers import set_cookie
from screentest.client.studio.doors.names import cookie_name
from screentest.client.studio.doors.secret import StudioSecret, studio_secret
from tests.unit.client.studio.parts import COOKIE, PORT, TOKEN, threshold


@pytest.fixture
def secret(home: Path) -> StudioSecret:
    return studio_secret(home)


def asked(secret: StudioSecret, scope: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """The kinds of scope that reach the application, and what is sent."""
    reached: list[str] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["type"])

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Doors(app, secret=secret, host="127.0.0.1", port=PORT)(scope, receive, send))
    return reached, sent


def test_a_websocket_is_closed_before_it_opens(secret: StudioSecret) -> None:
    """A browser lets any page open one to any host, and there is none here."""
    name = cookie_name(secret.name, scheme="http")
    headers = [
        (b"host", f"127.0.0.1:{PORT}".encode()),
        (b"origin", f"http://127.0.0.1:{PORT}".encode()),
        (b"cookie", f"{name}={secret.cookie('http')}".encode()),
    ]
    reached, sent = asked(secret, {"type": "websocket", "path": "/", "headers": headers})
    assert not reached
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_what_the_server_itself_says_goes_through(secret: StudioSecret) -> None:
    assert asked(secret, {"type": "lifespan"}) == (["lifespan"], [])


def test_over_tls_the_cookie_never_leaves_it_and_no_plain_page_can_set_it() -> None:
    name = cookie_name("home", scheme="https")
    cookie = set_cookie(threshold(scheme="https", cookie_name=name))
    assert cookie.startswith("__Host-")
    assert cookie.endswith("; Secure")
    assert "Domain" not in cookie
    assert "Path=/;" in cookie


def test_without_tls_a_browser_would_drop_a_secure_cookie() -> None:
    cookie = set_cookie(threshold(cookie_name=cookie_name("home", scheme="http")))
    assert "Secure" not in cookie
    assert "__Host-" not in cookie


def test_nothing_that_is_logged_of_a_threshold_opens_it() -> None:
    shown = repr(threshold(tickets=frozenset({"once"})))
    assert not [value for value in (TOKEN, COOKIE, "once") if value in shown]
