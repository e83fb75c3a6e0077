"""What changes, told to pages as it happens: server-sent events.

A page that was away asks for what it missed by the last number it heard, and hears of everything where
the studio was started anew since.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from screentest.client.studio.shelf.shelf import Shelf

EVERY_S = 0.2
_ALIVE_S = 15.0
RUN = secrets.token_hex(4)
"""Names this run of the server: numbers of another one mean nothing here."""


def version_after(last_heard: str) -> int:
    """What a page has heard already, 0 for one that was never here or heard another run."""
    run, _, number = last_heard.partition(".")
    return int(number) if run == RUN and number.isascii() and number.isdecimal() else 0


async def changes(
    shelf: Shelf, version: int, *, is_over: Callable[[], bool], every_s: float = EVERY_S
) -> AsyncIterator[str]:
    """Events named ``films`` with the keys of what changed, as long as somebody listens."""
    quiet_s = 0.0
    yield "retry: 1000\n\n"
    while not is_over():
        now, keys = shelf.changed_since(version)
        if keys:
            version, quiet_s = now, 0.0
            yield f"id: {RUN}.{version}\nevent: films\ndata: {json.dumps(keys)}\n\n"
        elif quiet_s >= _ALIVE_S:
            quiet_s = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(every_s)
        quiet_s += every_s


def events_response(
    request: Request, shelf: Shelf, *, is_over: Callable[[], bool]
) -> StreamingResponse:
    heard = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return StreamingResponse(
        changes(shelf, version_after(heard), is_over=is_over),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def changes_so_far(request: Request, shelf: Shelf) -> Response:
    """What a page missed that hears of what follows from another one."""
    version, keys = shelf.changed_since(version_after(request.query_params.get("after", "")))
    told = {"last": f"{RUN}.{version}", "keys": keys}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})
