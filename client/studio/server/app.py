"""The studio as an ASGI application: its routes, its static files, its errors."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from screentest.client.studio.server.character_routes import character_routes
from screentest.client.studio.server.events import changes_so_far, events_response
from screentest.client.studio.server.footage_routes import footage_routes
from screentest.client.studio.server.many_routes import many_routes
from screentest.client.studio.server.pages import SHELF_VERSION, STATIC
from screentest.client.studio.server.register_routes import register_routes
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.shelf import Shelf
from screentest.prep.core.errors import ScreentestError


def build_app(studio: Studio, *, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The application behind the doors. ``more``: routes of other pages."""

    def events(request: Request) -> StreamingResponse:
        return events_response(request, studio.shelf, is_over=lambda: studio.is_closing)

    def changes(request: Request) -> Response:
        return changes_so_far(request, studio.shelf)

    routes: list[BaseRoute] = [
        *footage_routes(studio),
        *many_routes(studio),
        *register_routes(studio),
        *character_routes(studio),
        *more,
        Route("/events", events),
        Route("/changes", changes),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    handlers = {ScreentestError: _told, HTTPException: _refused}
    dated = Middleware(Dated, shelf=studio.shelf)
    return Starlette(routes=routes, exception_handlers=handlers, middleware=[dated])


class Dated:
    """ASGI middleware that notes how far the shelf was when a request came.

    A page asks for what changed since. Noted later, what changes while it is filled would be missed.
    """

    def __init__(self, app: ASGIApp, *, shelf: Shelf) -> None:
        self._app, self._shelf = app, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, SHELF_VERSION: self._shelf.version}, receive, send)


def _told(_: Request, error: Exception) -> Response:
    """What went wrong in plain words; a page shows it where it can."""
    if not isinstance(error, ScreentestError):
        raise error
    status = 404 if type(error).__name__ in ("NotFound", "UnknownCharacter") else 400
    return PlainTextResponse(f"{error.message} {error.hint}".strip(), status)


def _refused(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is no such page.", 405: "That cannot be asked so."}.get(status, "Refused.")
    return PlainTextResponse(words, status)
