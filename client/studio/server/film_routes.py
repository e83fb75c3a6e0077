"""One film's page: its timeline, a window that is moved, pictures, what plays, and what is decided."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from screentest.client.studio.film.deciding import changes_from
from screentest.client.studio.film.desk import Desk
from screentest.client.studio.film.playing import media_type
from screentest.client.studio.server.pages import answer, apart
from screentest.client.studio.server.register_routes import of_film
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import Film
from screentest.prep.core.encoding import Json
from screentest.prep.core.errors import ConfigError, NotFound, ScreentestError
from screentest.prep.core.values import Source

_FOR_EVER: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
_A_WHILE: Final = {"Cache-Control": "private, max-age=600"}
_MOST_BYTES: Final = 100_000
_MOST_MS: Final = 10**9


def film_routes(studio: Studio, desk: Desk | None = None) -> list[Route]:
    """The routes of films' pages. ``desk``: what they share; made where none is given."""
    shared = desk or Desk(studio.home, is_over=lambda: studio.is_closing)
    return [
        *_of_pages(studio, shared),
        *_of_pictures(studio, shared),
        *_of_footage(studio, shared),
        *_of_decisions(studio, shared),
    ]


def _of_pages(studio: Studio, desk: Desk) -> list[Route]:
    def page(request: Request) -> Response:
        film = _film(studio, request)
        if film.state == "waiting" or film.has_lost_clip:
            studio.looker.look(film.key, first=True)
        if film.url and film.fault and film.source is None:  # it was not fetched: opening tries again
            film = studio.shelf.change(film.key, fault=None, is_looking=True)
        studio.looker.arrivals.ask(film)
        films = studio.shelf.films()
        at = next(i for i, one in enumerate(films) if one.key == film.key)
        beside = {
            "earlier": films[at - 1] if at else None,
            "later": films[at + 1] if at + 1 < len(films) else None,
        }
        values = of_film(studio, film) | beside
        return answer(studio, request, "film.html", film=film, **values)

    def timeline(request: Request) -> Response:
        film = _film(studio, request)
        found = desk.timeline(film, studio.spec_for(film))
        return _json(found or {"is_looking": film.is_looking}, 200 if found else 202)

    def state(request: Request) -> Response:
        film = _film(studio, request)
        return _json(desk.state(film, studio.spec_for(film)))

    def window(request: Request) -> Response:
        film = _film(studio, request)
        query = request.query_params
        start_s, length_s = _seconds(query.get("start")), _seconds(query.get("length"))
        closely = query.get("close") and studio.looker.arrivals.path(film) is not None
        judge = desk.looked_closely if closely else desk.judged
        found = judge(film, studio.spec_for(film), start_s=start_s, length_s=length_s)
        return _json(found.json() if found else {"looked": "nothing"}, 200 if found else 202)

    def people(request: Request) -> Response:
        film = _film(studio, request)
        is_here = film.source is not None and studio.looker.arrivals.path(film) is not None
        cast = desk.people.of(film.source) if film.source and is_here else None
        is_waiting = cast is None and not film.fault
        return answer(
            studio,
            request,
            "parts/people.html",
            status_code=202 if is_waiting else 200,
            film=film,
            portraits=cast.portraits if cast else (),
            looked_s=cast.looked_s if cast else None,
            is_waiting=is_waiting,
        )

    return [
        Route("/film/{key}", page),
        Route("/film/{key}/timeline.json", timeline),
        Route("/film/{key}/state.json", state),
        Route("/film/{key}/window.json", window),
        Route("/film/{key}/people", people),
    ]


def _of_pictures(studio: Studio, desk: Desk) -> list[Route]:
    def still(request: Request) -> Response:
        film = _film(studio, request)
        if film.made is None:
            raise NotFound("There is no clip of it yet.")
        headers = _FOR_EVER if "v" in request.query_params else _A_WHILE
        picture = desk.still(film, film.made.clip, studio.spec_for(film))
        return FileResponse(picture, media_type="image/jpeg", headers=headers)

    def at(request: Request) -> Response:
        source = _source(studio, _film(studio, request))
        t_s = min(int(request.path_params["ms"]), _MOST_MS) / 1000
        if not source.video_start_s <= t_s <= source.end_s:
            raise NotFound("The film does not last that long.")
        return FileResponse(desk.pictures.at(source, t_s), media_type="image/jpeg", headers=_A_WHILE)

    def person(request: Request) -> Response:
        cast = desk.people.of(_source(studio, _film(studio, request)))
        number = request.path_params["number"]
        found = [one for one in cast.portraits if one.person.number == number] if cast else []
        if not found:
            raise NotFound("There is no such person in this film.")
        return FileResponse(found[0].thumbnail, media_type="image/jpeg", headers=_A_WHILE)

    def before(request: Request) -> Response:
        film = _film(studio, request)
        if film.made is None:
            raise NotFound("There is no clip of it yet.")
        made = film.made
        _source(studio, film)
        place = desk.pictures.before(made.source, made.clip.segment, spec=studio.spec_for(film))
        return FileResponse(place, media_type="video/mp4", headers=_A_WHILE)

    def after(request: Request) -> Response:
        made = _film(studio, request).made
        if made is None or request.query_params.get("v", made.clip.sha256) != made.clip.sha256:
            raise NotFound("There is no such clip of it.")
        return FileResponse(made.clip.path, media_type="video/mp4", headers=_FOR_EVER)

    return [
        Route("/film/{key}/still.jpg", apart(still)),
        Route("/film/{key}/at/{ms:int}.jpg", apart(at)),
        Route("/film/{key}/person/{number:int}.jpg", apart(person)),
        Route("/film/{key}/before.mp4", apart(before)),
        Route("/film/{key}/after.mp4", after),
    ]


def _of_footage(studio: Studio, desk: Desk) -> list[Route]:
    def playing(request: Request) -> Response:
        film = _film(studio, request)
        if request.query_params.get("again"):
            studio.looker.arrivals.ask(film)
            if film.source:
                desk.proxies.again(film.source)
        if (coming := _coming(studio, film)) is not None:
            return _json(coming)
        return _json(desk.playing(film, proxied=bool(request.query_params.get("proxy"))))

    def footage(request: Request) -> Response:
        """The file itself, or its proxy; how far that is where it is still being made."""
        film = _film(studio, request)
        source = _source(studio, film)
        as_it_is = media_type(source)
        if as_it_is is not None and not request.query_params.get("proxy"):
            headers = {"Cache-Control": "private, no-cache"}
            return FileResponse(source.path, media_type=as_it_is, headers=headers)
        proxy = desk.proxies.of(source)
        if proxy.path is not None:
            return FileResponse(proxy.path, media_type="video/mp4", headers=_A_WHILE)
        told = desk.playing(film, proxied=True)
        return _json(told, 409 if proxy.fault else 202)

    return [
        Route("/film/{key}/playing.json", playing),
        Route("/film/{key}/footage", footage),
    ]


def _of_decisions(studio: Studio, desk: Desk) -> list[Route]:
    async def decide(request: Request) -> Response:
        return await run_in_threadpool(decided, _film(studio, request), await _said(request))

    def decided(film: Film, said: dict[str, Any]) -> Response:
        try:
            changes = changes_from(said)
            if changes.get("start_s") is not None:
                changes = _conformed(film, changes)
            film = studio.decide(film, **changes)
        except ScreentestError as error:
            return _json({"error": {"message": error.message, "hint": error.hint}}, 422)
        return _json(desk.state(film, studio.spec_for(film)))

    def _conformed(film: Film, changes: dict[str, Any]) -> dict[str, Any]:
        """The window as a clip can have it. Raises ConfigError where none can be made of it."""
        spec = studio.spec_for(film)
        length_s = changes.get("length_s") or float(spec.target_length_s)
        found = desk.judged(film, spec, start_s=changes["start_s"], length_s=length_s)
        if found is None:
            raise NotFound("The film has not been looked at yet.", "Wait for its first picture.")
        if found.refusal is not None:
            raise ConfigError(found.refusal.message, found.refusal.hint)
        return changes | {"start_s": round(found.start_s, 6), "length_s": found.length_s}

    def undo(request: Request) -> Response:
        film = studio.undo(_film(studio, request))
        return _json(desk.state(film, studio.spec_for(film)))

    return [
        Route("/film/{key}/decide", decide, methods=["POST"]),
        Route("/film/{key}/undo", undo, methods=["POST"]),
    ]


def _film(studio: Studio, request: Request) -> Film:
    return studio.film_as_it_is(request.path_params["key"])


def _source(studio: Studio, film: Film) -> Source:
    """The film's footage, whose file is here."""
    if film.source is None:
        raise NotFound("The film has not been looked at yet.", "Wait for its first picture.")
    if studio.looker.arrivals.path(film) is None:
        raise NotFound("The film has not been fetched yet.", "Open it, and wait until it is here.")
    return film.source


def _coming(studio: Studio, film: Film) -> Json | None:
    """How far footage has come that lies elsewhere; None once it is here."""
    arrivals = studio.looker.arrivals
    if arrivals.path(film) is not None:
        return None
    fault = film.fault or arrivals.fault(film)
    told = f"{fault.message} {fault.hint}".strip() if fault else ""
    share = round(film.coming or 0.0, 3)
    return {"is_ready": False, "is_proxy": False, "is_coming": True, "share": share, "fault": told}


def _seconds(text: str | None) -> float:
    try:
        number = float(text or "")
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError("A window has a start and a length, in seconds.")
    return number


async def _said(request: Request) -> dict[str, Any]:
    """What a page said, as JSON or as a form. Raises ConfigError for anything else."""
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await request.body()
        try:
            told = json.loads(body) if len(body) <= _MOST_BYTES else None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise ConfigError("That is not a decision.")
        return told
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: str(form[name]) for name in form}


def _json(value: Json, status: int = 200) -> Response:
    return JSONResponse(value, status, headers={"Cache-Control": "no-store"})
