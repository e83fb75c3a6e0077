"""A new video from the page: what can be chosen, its price, the agreement, how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from screentest.client.errors import ConfigError
from screentest.client.studio.library.choices import choices, proposed
from screentest.client.studio.library.drafts import Draft
from screentest.client.studio.library.known import Known, likenesses
from screentest.client.studio.server.library import Library
from screentest.client.studio.server.pages import answer
from screentest.client.studio.server.studio import Studio
from screentest.client.videos.plan import VideoOrder


def video_routes(studio: Studio, library: Library) -> list[Route]:
    """The routes of new videos."""

    def form(request: Request) -> Response:
        known = library.known(request.path_params["number"])
        values = form_values(library, known, request.query_params)
        return answer(studio, request, "parts/video_form.html", **values)

    def words(request: Request) -> Response:
        known = library.known(request.path_params["number"])
        prompt = request.query_params.get("prompt", "")
        names = [one.name for one in _cast(library, known, request.query_params)]
        better = proposed(prompt, names)
        return answer(studio, request, "parts/prompt.html", names=names, better=better)

    def shown(request: Request, draft: Draft, **more: Any) -> Response:
        values: dict[str, Any] = {"draft": draft, "likenesses": likenesses, "asks": False} | more
        return answer(studio, request, "parts/draft.html", **values)

    async def ask(request: Request) -> Response:
        said = await request.form(max_files=0, max_fields=50)
        return await run_in_threadpool(begun, request, said)

    def begun(request: Request, said: FormData) -> Response:
        studio.require_services()
        known = library.known(request.path_params["number"])
        order = VideoOrder(
            str(said.get("prompt", "")).strip(),
            characters=tuple(one.asked_by for one in _cast(library, known, said)),
            model=str(said.get("model", "")),
            size=str(said.get("size", "")),
            duration_s=_number(str(said.get("length_s", ""))),
            max_cost_usd=studio.terms.max_cost_usd,
        )
        return shown(request, library.drafts.begin(order))

    def draft(request: Request) -> Response:
        return shown(request, library.drafts.find(request.path_params["key"]))

    def line(request: Request) -> Response:
        """What the list of videos says of one that is being made; nothing once it is in the list."""
        found = library.drafts.find(request.path_params["key"])
        return answer(studio, request, "library/making.html", draft=found)

    async def agree(request: Request) -> Response:
        said = await request.form(max_files=0, max_fields=10)
        return await run_in_threadpool(agreed, request, bool(said.get("agreed")))

    def agreed(request: Request, is_sure: bool) -> Response:
        found = library.drafts.find(request.path_params["key"])
        if found.state == "offered" and not is_sure and _asks(found, studio.terms.asks_above_usd):
            return shown(request, found, asks=True)
        begun = library.drafts.agree(found.key)
        library.tell_shown(begun)
        return shown(request, begun)

    def again(request: Request) -> Response:
        """The same order priced anew, with the prompt that was proposed where one was."""
        found = library.drafts.find(request.path_params["key"])
        order = replace(found.order, prompt=found.proposed or found.order.prompt)
        return shown(request, library.drafts.begin(order))

    return [
        Route("/character/{number:int}/video", form),
        Route("/character/{number:int}/video/words", words),
        Route("/character/{number:int}/video", ask, methods=["POST"]),
        Route("/draft/{key}", draft),
        Route("/draft/{key}/line", line),
        Route("/draft/{key}/make", agree, methods=["POST"]),
        Route("/draft/{key}/again", again, methods=["POST"]),
    ]


def form_values(library: Library, known: Known, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of a new video shows, as it was filled in so far."""
    settings = library.studio.settings
    everyone = library.everyone()
    cast = _cast(library, known, said)
    found = None
    if settings is not None:
        with library.studio.registry() as registry:
            found = choices(
                [one.asked_by for one in cast],
                registry,
                settings,
                model=str(said.get("model", "")),
                length_s=_number(str(said.get("length_s", "")), otherwise=0),
            )
    return {
        "one": known,
        "others": [other for other in everyone if other.number != known.number],
        "cast": {one.number for one in cast},
        "choices": found,
        "prompt": str(said.get("prompt", f"{known.name} ")),
        "size": str(said.get("size", "")),
        "names": [one.name for one in cast],
        "better": "",
    }


def _asks(draft: Draft, limit_usd: float | None) -> bool:
    """Whether a second question is due, above the limit that the user set."""
    offer = draft.offer
    return offer is not None and not offer.is_paid and limit_usd is not None and offer.usd > limit_usd


def _cast(library: Library, known: Known, said: Mapping[str, Any]) -> tuple[Known, ...]:
    """The character and those that were chosen beside it."""
    numbers = said.getlist("with") if isinstance(said, FormData | QueryParams) else []
    beside = {str(number) for number in numbers}
    others = [one for one in library.everyone() if str(one.number) in beside]
    return (known, *(one for one in others if one.number != known.number))


def _number(text: str | None, *, otherwise: int | None = None) -> int:
    if text and text.isascii() and text.isdecimal() and len(text) < 8:
        return int(text)
    if otherwise is None:
        raise ConfigError("A video has a length, in whole seconds.")
    return otherwise
