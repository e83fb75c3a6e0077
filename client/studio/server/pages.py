"""Templates filled: what every page and part of one is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from screentest.client.studio.server.events import RUN

if TYPE_CHECKING:
    from screentest.client.studio.server.studio import Studio

PAGES = Path(__file__).parent.parent / "pages"
STATIC = Path(__file__).parent.parent / "static"
SHELF_VERSION = "screentest.shelf_version"
"""Where a request keeps how far the shelf was when it came."""


def answer(
    studio: Studio, request: Request, template: str, *, status_code: int = 200, **values: Any
) -> Response:
    """A page or a part of one. ``version``: what it shows already, for the stream of changes."""
    version = f"{RUN}.{request.scope[SHELF_VERSION]}"
    given = {"studio": studio, "request": request, "version": version, "swapped": False, "page": ""}
    text = studio.templates.get_template(template).render(given | values)
    return HTMLResponse(text, status_code=status_code)
