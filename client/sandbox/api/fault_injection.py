"""Injects faults into API requests: middleware between the gate and the routes.

The gate has validated the request, and journals it whatever becomes of the reply.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screentest.client.sandbox.api.gate import CLIENT_CLOSED_REQUEST
from screentest.client.sandbox.faults import Fault, FaultPlan

_RESET_WAIT_S = 0.02
_RESET_AT_ONCE = struct.pack("ii", 1, 0)


class FaultInjection:
    """ASGI middleware that injects the faults of a plan."""

    def __init__(self, app: ASGIApp, *, faults: FaultPlan) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.take("api", scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.drop == "before":
            await asyncio.sleep(fault.delay_s)
            _record(scope, CLIENT_CLOSED_REQUEST)
            await _reset(scope)
        elif fault.answers and not fault.handled and fault.drop is None:
            await asyncio.sleep(fault.delay_s)
            await _reply_of(fault)(scope, receive, send)
        else:
            await self._handled(fault, scope, receive, send)

    async def _handled(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def hold(message: Message) -> None:
            # Written now: what was done stays in the journal, even if the sandbox dies meanwhile.
            if message["type"] == "http.response.start":
                _record(scope, message["status"])
            held.append(message)

        await self._app(scope, receive, hold)
        await asyncio.sleep(fault.delay_s)
        if fault.drop == "after":
            await _reset(scope)
        elif fault.answers:
            await _reply_of(fault)(scope, receive, send)
        else:
            for message in held:
                await send(message)


def resettable(app: ASGIApp) -> ASGIApp:
    """The app, wrapped so that its middleware can reset a request's connection.

    It must be the outermost app, which uvicorn calls: ASGI has no way to end a connection without a
    reply.
    """

    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)
        if scope["type"] == "http" and cycle is not None:
            scope.setdefault("state", {})["transport"] = cycle.transport
        await app(scope, receive, send)

    return outermost


async def _reset(scope: Scope) -> None:
    transport: asyncio.Transport = scope["state"]["transport"]
    plain = transport.get_extra_info("socket")
    if plain is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
    transport.abort()
    await asyncio.sleep(
        _RESET_WAIT_S
    )  # time for uvicorn to see the disconnect, so that it writes no reply


def _record(scope: Scope, status: int) -> None:
    note: Callable[[int], None] | None = scope.get("state", {}).get("note")
    if note is not None:
        note(status)


def _reply_of(fault: Fault) -> Response:
    response = Response(fault.content, fault.status, media_type="application/json")
    response.headers.update(fault.headers)
    return response
