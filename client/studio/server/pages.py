"""Templates filled: what every page and part of one is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from screentest.client.studio.server.events import RUN

if TYPE_CHECKING:
    from screentest.client.studio.server.studio import Studio

PAGES = Path(__file__).parent.parent / "pages"
STATIC = Path(__file__).parent.parent / "static"
SHELF_VERSION = "screentest.shelf_version"
"""Where a request keeps how far the shelf was when it came."""
_PICTURES_AT_ONCE: Final = 4


def answer(
    studio: Studio, request: Request, template: str, *, status_code: int = 200, **values: Any
) -> Response:
    """A page or a part of one. ``version``: what it shows already, for the stream of changes."""
    version = f"{RUN}.{request.scope[SHELF_VERSION]}"
    given = {"studio": studio, "request": request, "version": version, "swapped": False, "page": ""}
    text = studio.templates.get_template(template).render(given | values)
    return HTMLResponse(text, status_code=status_code)


def apart(handler: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The handler of a picture in one of a few threads for these alone: a page asks for hundreds, and a
    press must not wait behind them.
    """
    limiter = anyio.CapacityLimiter(_PICTURES_AT_ONCE)

    async def handled(request: Request) -> Response:
        return await anyio.to_thread.run_sync(partial(handler, request), limiter=limiter)

    return handled
