"""The middleware in front of every API route: journal, Host check, base path, key.

    request -> Gate -> FaultInjection -> routes
                 └── journal line, written once the status is known and before the reply leaves

Two forms of base URL are in use: official clients take the bare origin and append ``/api/v3``, the
documentation writes the base with it. Both are served, so either may be given as the base URL.
Faults are injected behind the gate: there the request is valid, and what the service did with it
still reaches the journal.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screentest.client.sandbox.api.journal import Journal
from screentest.client.sandbox.api.replies import failure

PREFIX = "/api/v3"
FILES = "/files/"
MAX_BODY_BYTES = 1_000_000
CLIENT_CLOSED_REQUEST = 499  # nginx's status for a request whose caller went away
_HOSTS = frozenset({"127.0.0.1", "localhost"})

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Line:
    """A request's journal line, collected while it is handled and written once."""

    journal: Journal
    t: float
    method: str
    path: str
    body: Any = None
    written: bool = False

    def write(self, status: int) -> None:
        if not self.written:
            self.written = True
            self.journal.write(self.t, self.method, self.path, status, self.body)


class Gate:
    """ASGI middleware around the routes. ``/files/`` is not part of the API: no key, no journal."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        journal: Journal,
        api_key: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._journal = journal
        self._api_key = api_key
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif str(scope["path"]).startswith(FILES):
            handler = self._app if _host_is_local(scope) else _host_refused()
            await handler(scope, receive, send)
        else:
            await self._journalled(scope, receive, send)

    async def _journalled(self, scope: Scope, receive: Receive, send: Send) -> None:
        line = _Line(self._journal, self._now(), scope["method"], scope["path"])

        async def send_after_line(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.write(message["status"])
            await send(message)

        try:
            await self._handle(scope, receive, send_after_line, line)
        except Exception as error:
            logger.exception("request failed")
            if line.written:
                raise
            reply = failure(500, f"An internal error occurred: {type(error).__name__}.")
            await reply(scope, receive, send_after_line)
        finally:
            line.write(500)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, line: _Line) -> None:
        try:
            body = await _read(Request(scope, receive))
        except ClientDisconnect:
            line.write(CLIENT_CLOSED_REQUEST)
            return
        line.body = parsed_json(body) if body is not None else None
        scope["path"] = canonical(scope["path"])
        scope["raw_path"] = scope["path"].encode()
        refusal = self._refusal(scope, body)
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            scope.setdefault("state", {}).update(json=line.body, note=line.write)
            await self._app(scope, _replayed(body or b""), send)

    def _refusal(self, scope: Scope, body: bytes | None) -> Response | None:
        if not _host_is_local(scope):
            return _host_refused()
        if not self._has_key(scope):
            return failure(401, "Unauthorized: the API key is missing or invalid.")
        if body is None:
            return failure(413, f"The request body is larger than {MAX_BODY_BYTES} bytes.")
        return None

    def _has_key(self, scope: Scope) -> bool:
        scheme, _, given = _header(scope, b"authorization").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self._api_key.encode())
        return same and scheme.lower() == "bearer"


async def _read(request: Request) -> bytes | None:
    """The whole body; None where it is larger than MAX_BODY_BYTES, the rest of it read and dropped."""
    body = bytearray()
    async for block in request.stream():
        if len(body) <= MAX_BODY_BYTES:
            body += block
    return bytes(body) if len(body) <= MAX_BODY_BYTES else None


def parsed_json(body: bytes) -> Any:
    """The body as JSON; None where it is not JSON."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def canonical(path: str) -> str:
    """The path with the API's prefix exactly once, whichever base URL the caller was given."""
    while path == PREFIX or path.startswith(f"{PREFIX}/"):
        path = path.removeprefix(PREFIX) or "/"
    return PREFIX + path


def _replayed(body: bytes) -> Receive:
    """A receive channel that gives the body, which was already read, and then the disconnect."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return left.pop() if left else {"type": "http.disconnect"}

    return receive


def _header(scope: Scope, name: bytes) -> str:
    values: list[bytes] = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if values else ""


def _host_is_local(scope: Scope) -> bool:
    host = _header(scope, b"host").rpartition(":")
    return (host[0] or host[2]) in _HOSTS


def _host_refused() -> JSONResponse:
    return failure(403, "This server answers only to 127.0.0.1 and localhost.")
