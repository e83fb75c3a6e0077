"""Many films at once: approved, skipped, both taken back, and what is approved registered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from screentest.client.batch.outcome import Reason, reason_of
from screentest.client.studio.server.pages import answer
from screentest.client.studio.server.pressing import agreed_usd, asked_usd
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import Film
from screentest.client.studio.shelf.limit import is_asked, sum_usd
from screentest.client.studio.shelf.listing import Filters, listing
from screentest.client.studio.shelf.many import Together, together
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.text import counted

_MOST = 100_000
"""Films that a form may name."""


def many_routes(studio: Studio) -> list[Route]:
    """The routes of what is done to the films that are ticked, or approved."""
    return [*_of_deciding(studio), *_of_registering(studio)]


def _of_deciding(studio: Studio) -> list[Route]:
    def tickable(request: Request) -> Response:
        """The films that the filters show and that can be approved, with their warnings."""
        query = request.query_params
        asked = Filters(query.get("state", ""), query.get("search", ""))
        films = studio.shelf.films()
        found = listing(films, asked, size=max(1, len(films))).films
        return JSONResponse({film.key: len(film.warnings) for film in found if film.state == "picked"})

    async def approve(request: Request) -> Response:
        keys = _keys(await _form(request))
        return await run_in_threadpool(decided, keys, "approved", {"approved": True})

    async def skip(request: Request) -> Response:
        form = await _form(request)
        note = str(form.get("note", "")).strip()
        changes = {"skip": True, "note": note} if note else {"skip": True}
        return await run_in_threadpool(decided, _keys(form), "skipped", changes)

    def decided(keys: Sequence[str], word: str, changes: dict[str, Any]) -> Response:
        """What was done, and the steps that take it back: each a film and when it was decided."""
        done = []
        for film in _picked(studio, keys):
            after = studio.decide(film, **changes).decision
            done.append(f"{film.key} {after.at.isoformat()}" if after else film.key)
        return JSONResponse({"said": f"{counted(len(done), 'film')} {word}.", "steps": done})

    async def undo(request: Request) -> Response:
        steps = [str(step) for step in (await _form(request)).getlist("step")]
        return await run_in_threadpool(undone, steps)

    def undone(steps: Sequence[str]) -> Response:
        films = [film for step in steps if (film := _still_so(studio, step)) is not None]
        for film in films:
            studio.undo(film)
        left = len(steps) - len(films)
        said = f"Undone for {counted(len(films), 'film')}."
        if left:
            said += (
                f" {counted(left, 'film')} changed since and stay{'s' if left == 1 else ''} as decided."
            )
        return JSONResponse({"said": said})

    return [
        Route("/footage/tickable.json", tickable),
        Route("/footage/approve", approve, methods=["POST"]),
        Route("/footage/skip", skip, methods=["POST"]),
        Route("/footage/undo", undo, methods=["POST"]),
    ]


def _of_registering(studio: Studio) -> list[Route]:
    def shown(request: Request, refusal: Reason | None = None, **more: Any) -> Response:
        values: dict[str, Any] = {
            "ready": ready_in(studio),
            "refusal": refusal,
            "asks": False,
            "said": "",
        }
        values |= {"asked_usd": None} | more
        return answer(studio, request, "parts/ready.html", **values)

    def column(request: Request) -> Response:
        return shown(request)

    async def register(request: Request) -> Response:
        return await run_in_threadpool(begun, request, await _form(request))

    def begun(request: Request, form: FormData) -> Response:
        ready = ready_in(studio)
        if frozenset(_keys(form)) != ready.keys or _usd(form) < ready.usd:
            return shown(request, said="The list changed meanwhile. Nothing was ordered: look again.")
        above_usd, each_usd = studio.terms.asks_above_usd, dict[str, float | None]()
        try:
            if above_usd is not None:
                each_usd.update(asked_usd(studio, ready.films))
                agreed = str(form["agreed"]) if "agreed" in form else None
                usd = sum_usd(each_usd.values())
                if is_asked(usd, above_usd=above_usd, agreed=agreed):
                    return shown(request, asks=True, asked_usd=usd)
            count = sum(
                studio.register(film, agreed_usd=agreed_usd(studio, film, each_usd), approved_only=True)
                for film in ready.films
            )
        except ScreentestError as error:
            return shown(request, reason_of(error))
        reply = shown(request)
        told = f"{counted(count, 'film')} being registered: the cards say how far they are."
        reply.headers["HX-Trigger"] = json.dumps({"told": told})
        return reply

    return [
        Route("/footage/ready", column),
        Route("/footage/register", register, methods=["POST"]),
    ]


def ready_in(studio: Studio) -> Together:
    """What one press registers of all that is approved."""
    return together(studio.shelf.films(), model_of=studio.model_of, price_usd=studio.price_usd)


def _picked(studio: Studio, keys: Sequence[str]) -> list[Film]:
    """Those of the films that can be approved. Raises NotFound for a key that names none."""
    return [film for film in map(studio.film, keys) if film.state == "picked"]


def _still_so(studio: Studio, step: str) -> Film | None:
    """The film whose last decision is that step, None where it was decided again or ordered since."""
    key, _, at = step.partition(" ")
    film = studio.known(studio.film(key))
    is_last = film.decision is not None and film.decision.at.isoformat() == at
    return film if is_last and film.registering is None and not film.is_registered else None


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=_MOST)


def _keys(form: FormData) -> list[str]:
    return [str(key) for key in form.getlist("film")]


def _usd(form: FormData) -> float:
    """The sum that the page showed; what cannot be read is less than any."""
    try:
        return float(str(form.get("usd", "")))
    except ValueError:
        return -1.0
