"""What earlier runs left open: a look at the service, a task adopted, a submit forgotten."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from screentest.client.studio.library.settling import WAYS, Act, Kinds
from screentest.client.studio.server.library import OPEN, Library
from screentest.client.studio.server.pages import answer
from screentest.client.studio.server.register_routes import of_film
from screentest.client.studio.server.studio import Studio
from screentest.prep.core.errors import NotFound


def settling_routes(studio: Studio, library: Library) -> list[Route]:
    """The routes of the list of what is open, and of what is done about one row of it."""

    def shown(request: Request) -> Response:
        return answer(studio, request, "parts/open.html", **open_values(library))

    async def settle(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=50)
        act = _act(request, str(form.get("task_id", "")))
        return await run_in_threadpool(begun, request, act)

    def begun(request: Request, act: Act) -> Response:
        key = request.query_params.get("film")
        if key is None:
            library.settle(act)
            return shown(request)
        film = studio.known(studio.film(key))
        if film.row is None or film.row.row_id != act.row_id:
            raise NotFound("That is not the registration of this film any more.", "Reload the page.")
        library.settle(act, film=film)
        film = studio.film(key)
        values = of_film(studio, film)
        return answer(studio, request, "parts/register.html", film=film, **values)

    return [
        Route("/open", shown),
        Route("/registration/{row_id:int}/{how}", settle, methods=["POST"]),
        Route("/video/{row_id:int}/{how}", settle, methods=["POST"]),
    ]


def open_values(library: Library) -> dict[str, Any]:
    """What the list shows: rows that are open, and what became of others since the studio began."""
    rows = library.left_open()
    still = {row.key for row in rows}
    over = [look for key, look in library.looks.items() if key not in still and look.said]
    return {"left": rows, "looks": dict(library.looks), "over": over, "open_key": OPEN}


def _act(request: Request, task_id: str) -> Act:
    kind: Kinds = "video" if request.url.path.startswith("/video/") else "registration"
    for how in WAYS:
        if how == request.path_params["how"]:
            return Act(kind, request.path_params["row_id"], how, task_id if how == "adopt" else "")
    raise NotFound("There is no such page.")
