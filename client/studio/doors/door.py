"""The ASGI middleware before every route of the studio.

    request -> Doors -> application
                 ├── ruling: let in, refused, or on to the application
                 ├── body: counted as it comes, with an end to waiting
                 └── reply: the fixed headers; a failure becomes a sentence

The application sees neither the token nor a cookie, so it can log and show neither.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.requests import ClientDisconnect

from screentest.client.studio.doors.headers import Headers, lost_page, refusal, welcome, with_fixed
from screentest.client.studio.doors.names import cookie_name, names_served
from screentest.client.studio.doors.ruling import (
    FAILED,
    TOO_LARGE,
    TOO_SLOW,
    UNKNOWN,
    LetIn,
    Refused,
    Threshold,
    ruling,
)
from screentest.client.studio.doors.secret import StudioSecret
from screentest.client.studio.doors.visit import Visit, visit_of
from screentest.prep.core.text import printable

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

_GONE: Final[Message] = {"type": "http.disconnect"}
_LINGER_BYTES: Final = 16_000_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much a request may bring. ``uploads``: the paths that take files, each in one body.

    ``idle_s``: how long the next part of a body is waited for; ``linger_s``: how long a refused body is
    read and dropped, so that its sender gets the answer.
    """

    form_bytes: int = 1_000_000
    upload_bytes: int = 50_000_000_000
    uploads: frozenset[str] = frozenset({"/footage/drop"})
    idle_s: float = 60.0
    linger_s: float = 2.0


class Doors:
    """ASGI middleware that lets in whoever had the token, and nobody that another page sent.

    ``host``, ``port``: where it listens. ``is_tls``: whether it speaks HTTPS there.
    """

    def __init__(
        self,
        app: Application,
        *,
        secret: StudioSecret,
        host: str,
        port: int,
        is_tls: bool = False,
        limits: BodyLimits | None = None,
    ) -> None:
        scheme = "https" if is_tls else "http"
        self._app, self._limits = app, limits or BodyLimits()
        self._threshold = Threshold(
            scheme=scheme,
            names=names_served(host, port, scheme=scheme),
            token=secret.token,
            cookie_name=cookie_name(secret.name, scheme=scheme),
            cookie=secret.cookie(scheme),
            form_bytes=self._limits.form_bytes,
            upload_bytes=self._limits.upload_bytes,
            uploads=self._limits.uploads,
        )

    def ticket(self) -> str:
        """A token that lets in once: for the command line of a browser, which other users can see."""
        made = secrets.token_urlsafe(32)
        self._threshold = replace(self._threshold, tickets=self._threshold.tickets | {made})
        return made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answered(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = visit_of(scope)
        ruled = ruling(visit, self._threshold)
        if ruled == UNKNOWN and visit.wants_a_page and not visit.has_body:
            await _reply(UNKNOWN.status, *lost_page(), send)
        elif isinstance(ruled, Refused):
            await self._refuse(ruled, receive if visit.has_body else None, send)
        elif isinstance(ruled, LetIn):
            left = self._threshold.tickets.difference(visit.tokens)
            self._threshold = replace(self._threshold, tickets=left)
            await _reply(*welcome(ruled, self._threshold), send)
        else:
            await self._passed_on(visit, scope, receive, send)

    async def _passed_on(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(
            receive, most_bytes=self._threshold.most_bytes(visit.path), idle_s=self._limits.idle_s
        )
        reply = _Reply(send, visit.path, body)
        error: Exception | None = None
        try:
            await self._app(_without_keys(scope, visit), body, reply)
        except Exception as raised:
            error = raised
        if body.refused is not None and not reply.started:
            await self._refuse(body.refused, body.rest, send)
        elif error is not None or not (reply.started or body.is_gone):
            if not isinstance(error, ClientDisconnect):
                logger.error("%s %s failed", visit.method, printable(visit.path), exc_info=error)
            if not reply.started:
                await self._refuse(FAILED, body.rest, send)

    async def _refuse(self, refused: Refused, rest: Receive | None, send: Send) -> None:
        await _refuse(refused, send, rest=rest, linger_s=self._limits.linger_s)


class _Body:
    """Receives for the application, until there is too much or nothing comes: then the client is gone
    as far as the application can tell, which clears up what it had begun.
    """

    def __init__(self, receive: Receive, *, most_bytes: int, idle_s: float) -> None:
        self._receive, self._left, self._idle_s = receive, most_bytes, idle_s
        self._is_whole = False
        self.refused: Refused | None = None
        self.is_gone = False

    @property
    def rest(self) -> Receive | None:
        """What receives the rest of it; None where there is none."""
        return None if self._is_whole else self._receive

    async def __call__(self) -> Any:
        if self.refused is not None:
            return _GONE
        try:
            # A whole body is followed by the client's end, which may be hours away.
            async with asyncio.timeout(None if self._is_whole else self._idle_s):
                message = await self._receive()
        except TimeoutError:
            self.refused = TOO_SLOW
            return _GONE
        self.is_gone = self.is_gone or message["type"] == "http.disconnect"
        self._left -= len(message.get("body", b""))
        self._is_whole = self._is_whole or not message.get("more_body", False)
        if self._left < 0:
            self.refused = TOO_LARGE
            return _GONE
        return message


class _Reply:
    """Sends for the application. What it says of a failure or of a refused body is dropped."""

    def __init__(self, send: Send, path: str, body: _Body) -> None:
        self._send, self._path, self._body = send, path, body
        self.started = False

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == FAILED.status or self._body.refused is not None:
                return
            self.started = True
            message = {**message, "headers": with_fixed(message.get("headers", ()), self._path)}
        if self.started:
            await self._send(message)


def _without_keys(scope: Scope, visit: Visit) -> Scope:
    query = visit.without_token.partition("?")[2]
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"cookie"]
    return {**scope, "headers": headers, "query_string": query.encode("latin-1")}


async def _refuse(refused: Refused, send: Send, *, rest: Receive | None, linger_s: float) -> None:
    """Answers, and reads on for a moment what is under way: a connection that is closed on unread
    bytes is reset, and the sentence lost with it. ``rest``: None where nothing is.
    """
    headers, text = refusal(refused)
    if rest is None:
        await _reply(refused.status, headers, text, send)
        return
    await _begin(refused.status, [*headers, (b"connection", b"close")], send)
    await send({"type": "http.response.body", "body": text, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(linger_s):
            await _read_on(rest)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _read_on(receive: Receive) -> None:
    left, is_over = _LINGER_BYTES, False
    while left > 0 and not is_over:
        message = await receive()
        left -= len(message.get("body", b""))
        is_over = not message.get("more_body", False)


async def _reply(status: int, headers: Headers, body: bytes, send: Send) -> None:
    await _begin(status, headers, send)
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _begin(status: int, headers: Headers, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
