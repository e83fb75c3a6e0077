"""The footage page: cards of every film, found, sorted, added, dropped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from screentest.client.studio.server.many_routes import ready_in
from screentest.client.studio.server.pages import answer
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.dropping import dropped
from screentest.client.studio.shelf.listing import Filters, listing
from screentest.client.studio.shelf.wording import place_in_line, verdict, without_name
from screentest.prep.core.text import counted

STATE_WORDS: Final = {
    "waiting": "waiting",
    "looking": "looking …",
    "picked": "picked",
    "approved": "approved",
    "registered": "registered",
    "failed": "failed",
    "skipped": "skipped",
}
_STATES: Final = (("", "All"), *((state, words.rstrip(" …")) for state, words in STATE_WORDS.items()))
_ORDERS: Final = (
    ("added", "as added"),
    ("name", "by name"),
    ("worst", "worst first"),
    ("best", "best first"),
    ("longest", "longest first"),
)


def footage_routes(studio: Studio) -> list[Route]:
    """The routes of the footage page."""

    def places() -> dict[str, str]:
        return {key: place_in_line(at) for at, key in enumerate(studio.looker.line(), start=1)}

    def faces() -> dict[str, Any]:
        """What a card is filled with beside its film."""
        return {
            "state_words": STATE_WORDS,
            "verdict": verdict,
            "without_name": without_name,
            "places": places(),
        }

    def shown(request: Request, **more: Any) -> dict[str, Any]:
        asked = _asked(request.query_params)
        page = request.query_params.get("page", "0")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 8 else 0
        films = studio.shelf.films()
        found = listing(films, asked, page=number)
        return {
            "listing": found,
            "total": len(films),
            "following_query": urlencode({**asdict(asked), "page": found.following or 0}),
            "states": _STATES,
            "orders": _ORDERS,
            **faces(),
            "ready": ready_in(studio) if asked.state == "approved" else None,
            "refusal": None,
            "asks": False,
            "asked_usd": None,
            "said": "",
            **asdict(asked),
            **more,
        }

    def home(request: Request) -> Response:
        return answer(studio, request, "footage.html", page="footage", **shown(request))

    def shelf(request: Request) -> Response:
        return answer(studio, request, "parts/shelf.html", swapped=True, **shown(request))

    def cards(request: Request) -> Response:
        return answer(studio, request, "parts/cards.html", **shown(request))

    def card(request: Request) -> Response:
        film = studio.film(request.path_params["key"])
        return answer(studio, request, "parts/card.html", film=film, **faces())

    def line(_: Request) -> Response:
        return JSONResponse(places(), headers={"Cache-Control": "no-store"})

    def states(request: Request) -> Response:
        return answer(studio, request, "parts/states_field.html", **shown(request))

    async def add(request: Request) -> Response:
        form = await request.form()
        path = str(form.get("path", "")).strip()
        added = await run_in_threadpool(studio.add_typed, path)
        reply = await run_in_threadpool(shelf, request)
        said = f"{counted(len(added), 'film')} added." if added else "All of it is here already."
        reply.headers["HX-Trigger"] = json.dumps({"told": said})
        return reply

    async def again(request: Request) -> Response:
        film = await run_in_threadpool(studio.look_again, request.path_params["key"])
        return await run_in_threadpool(answer, studio, request, "parts/card.html", film=film, **faces())

    async def remove(request: Request) -> Response:
        await run_in_threadpool(studio.remove, request.path_params["key"])
        return Response(status_code=200)

    async def drop(request: Request) -> Response:
        name = request.query_params.get("name", "")
        path = await dropped(request.stream(), name, folder=studio.home / "studio" / "dropped")
        await run_in_threadpool(studio.add, [str(path)])
        return PlainTextResponse(f"{name} is here.")

    return [
        Route("/", home),
        Route("/footage", shelf),
        Route("/footage/cards", cards),
        Route("/footage/states", states),
        Route("/footage/line.json", line),
        Route("/footage/card/{key}", card),
        Route("/footage/add", add, methods=["POST"]),
        Route("/footage/card/{key}/again", again, methods=["POST"]),
        Route("/footage/card/{key}/remove", remove, methods=["POST"]),
        Route("/footage/drop", drop, methods=["POST"]),
    ]


def _asked(said: Mapping[str, Any]) -> Filters:
    return Filters(**{name: str(said.get(name, "")) for name in ("state", "search", "order")})
