"""Templates filled: what every page and part of one is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from screentest.client.studio.server.events import RUN
from screentest.prep.core.text import lasting, printable, timecode

if TYPE_CHECKING:
    from screentest.client.studio.server.studio import Studio

PAGES = Path(__file__).parent.parent / "pages"
STATIC = Path(__file__).parent.parent / "static"


def environment() -> Environment:
    """Jinja's, with every text escaped and control characters made visible."""
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(timecode=timecode, lasting=lasting)
    return made


def answer(
    studio: Studio, request: Request, template: str, *, status_code: int = 200, **values: Any
) -> Response:
    """A page or a part of one. ``version``: what it shows already, for the stream of changes."""
    version = f"{RUN}.{studio.shelf.version}"
    given = {"studio": studio, "request": request, "version": version, "swapped": False, "page": ""}
    text = studio.templates.get_template(template).render(given | values)
    return HTMLResponse(text, status_code=status_code)
