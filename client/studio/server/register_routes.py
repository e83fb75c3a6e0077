"""Registering from the page: words, model, approval, the one button, and what was left open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from screentest.client.batch.outcome import Reason, reason_of
from screentest.client.characters.cautions import about_subject
from screentest.client.characters.footage import LIKENESS_REMINDER, STILLS_REMINDER
from screentest.client.characters.way import said_subject, way_in
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.video_models import every_model, registrable_model_of
from screentest.client.studio.server.pages import answer
from screentest.client.studio.server.pressing import agreed_usd, asked_usd
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import Film
from screentest.client.studio.shelf.limit import is_asked
from screentest.prep.core.errors import ConfigError, ScreentestError
from screentest.prep.core.text import timecode

_WORDS: Final = ("name", "description", "consent", "note")


def register_routes(studio: Studio) -> list[Route]:
    """The routes of the column beside a film that registers it."""

    def shown(request: Request, film: Film, refusal: Reason | None = None, **more: Any) -> Response:
        values = of_film(studio, film) | more
        if refusal is not None:
            values["refusal"] = refusal
        return answer(studio, request, "parts/register.html", film=film, **values)

    def column(request: Request) -> Response:
        return shown(request, studio.film(request.path_params["key"]))

    async def words(request: Request) -> Response:
        film = studio.film(request.path_params["key"])
        form = await request.form()
        if said := _words_in(form, film):
            await run_in_threadpool(studio.decide, film, **said)
        return Response(status_code=204)

    async def model(request: Request) -> Response:
        film = studio.film(request.path_params["key"])
        chosen = str((await request.form()).get("model", ""))
        film = await run_in_threadpool(studio.choose_model, film, chosen)
        return await run_in_threadpool(shown, request, film)

    async def approve(request: Request) -> Response:
        film = studio.film(request.path_params["key"])
        is_approved = bool((await request.form()).get("approved"))
        await run_in_threadpool(studio.approve, [film.key], approved=is_approved)
        return await run_in_threadpool(shown, request, studio.film(film.key))

    async def register(request: Request) -> Response:
        film = studio.film(request.path_params["key"])
        form = await request.form()
        return await run_in_threadpool(begun, request, film, {name: str(form[name]) for name in form})

    def begun(request: Request, film: Film, form: dict[str, str]) -> Response:
        try:
            if form.get("model", film.model) != film.model:
                raise ConfigError(
                    "The model was changed meanwhile.", "Look at the price, and press again."
                )
            if said := _words_in(form, film):
                film = studio.decide(film, **said)
            each_usd, above_usd = dict[str, float | None](), studio.terms.asks_above_usd
            if above_usd is not None:
                each_usd.update(asked_usd(studio, [film]))
                usd = each_usd[film.key]
                if is_asked(usd, above_usd=above_usd, agreed=form.get("agreed")):
                    return shown(request, film, asks=True, asked_usd=usd)
            studio.register(
                film,
                again_of=form.get("again", ""),
                shares_name="shares_name" in form,
                agreed_usd=agreed_usd(studio, film, each_usd),
            )
        except ScreentestError as error:
            return shown(request, studio.film(film.key), reason_of(error))
        return shown(request, studio.film(film.key))

    def spent(request: Request) -> Response:
        return answer(studio, request, "parts/spent.html")

    return [
        Route("/film/{key}/register", column),
        Route("/film/{key}/register", register, methods=["POST"]),
        Route("/film/{key}/words", words, methods=["POST"]),
        Route("/film/{key}/model", model, methods=["POST"]),
        Route("/film/{key}/approve", approve, methods=["POST"]),
        Route("/spent", spent),
    ]


def _words_in(form: Mapping[str, Any], film: Film) -> dict[str, str | None]:
    """What was written in the fields; the name that the film has anyway is not decided by that."""
    said = {name: str(form[name]).strip() or None for name in _WORDS if name in form}
    if said.get("name") == film.name and not (film.decision and film.decision.name):
        said.pop("name")
    return said


def of_film(studio: Studio, film: Film) -> dict[str, Any]:
    """What the column shows beside the film itself."""
    model = studio.model_of(film)
    takes = isinstance(model, CharacterModel) and model.description_max is not None
    return {
        "models": models(),
        "price_usd": studio.price_usd(film),
        "takes_description": takes,
        "needs_description": isinstance(model, CharacterModel) and model.needs_description,
        "refusal": film.last_refusal,
        "differs": differs(film),
        "cautions": cautions(studio, film),
        "asks": False,
        "asked_usd": None,
    }


def cautions(studio: Studio, film: Film) -> tuple[str, ...]:
    """What ``register`` warns of besides the clip itself, said before the press: whose face it shows,
    whatever it is registered as, and what the model does with it.
    """
    if film.segment is None or film.is_registered:
        return ()
    model, order = studio.model_of(film), studio.order_for(film)
    shows_face, subject = film.segment.shows_face, said_subject(order.wishes)
    taken = way_in(model, asked="auto", subject=subject, shows_face=shows_face)
    told = about_subject(model, way=taken.way, subject=subject, shows_face=shows_face)
    is_asked = shows_face and not order.consent
    reminder = STILLS_REMINDER if taken.way == "images" else LIKENESS_REMINDER
    return (*((reminder,) if is_asked else ()), *taken.said, *told)


def models() -> tuple[str, ...]:
    """The models that a clip can be registered with, the default first."""
    found = []
    for one in every_model():
        try:
            registrable_model_of(one.model_id).clip.target_length_s  # noqa: B018
        except ScreentestError:
            continue
        found.append(one.model_id)
    return tuple(found)


def differs(film: Film) -> tuple[str, ...]:
    """Sentences on what was decided since the film was registered, which nothing orders by itself."""
    row, made = film.row, film.made
    if row is None or row.segment is None or made is None or row.state not in ("done", *MAY_BE_PAID):
        return ()
    said = []
    before, now = row.segment, made.clip.segment
    if (round(before.start_s, 2), round(before.length_s, 2)) != (
        round(now.start_s, 2),
        round(now.length_s, 2),
    ):
        said.append(
            f"Registered with {timecode(before.start_s)} to {timecode(before.end_s)}; the window is "
            f"{timecode(now.start_s)} to {timecode(now.end_s)} now."
        )
    decided = film.decision.name if film.decision else None
    if decided and decided != row.name:
        said.append(f"Registered as {row.name}; the name is {decided} now.")
    return tuple(said)
