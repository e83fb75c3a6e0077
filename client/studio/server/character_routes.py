"""The characters: all of them, one of them, what they cost, what is left open, delete and export."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from screentest.client.characters.keeping import files_of, let_go
from screentest.client.registry.exchange import exported
from screentest.client.registry.records import Registration, require_forgettable
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.registry.videos import Video
from screentest.client.studio.library.files import recorded
from screentest.client.studio.library.known import Known, likenesses, matching
from screentest.client.studio.server.library import OPEN, Library
from screentest.client.studio.server.pages import answer
from screentest.client.studio.server.settling_routes import open_values, settling_routes
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.server.video_routes import form_values, video_routes
from screentest.client.tasks.spending import spent, total_usd
from screentest.prep.core.errors import NotFound

_A_WHILE: Final = {"Cache-Control": "private, max-age=600"}
_PICTURES: Final = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


def character_routes(studio: Studio) -> list[Route]:
    """The routes of the characters' pages, of new videos, and of what is left open."""
    library = Library(studio)
    return [
        *_of_pages(studio, library),
        *_of_files(library),
        *_of_deleting(studio, library),
        *settling_routes(studio, library),
        *video_routes(studio, library),
    ]


def _of_pages(studio: Studio, library: Library) -> list[Route]:
    def characters(request: Request) -> Response:
        values = _found(library, request) | _costs(studio) | open_values(library)
        values |= _gone(studio, request)
        return answer(studio, request, "characters.html", page="characters", **values)

    def cards(request: Request) -> Response:
        return answer(studio, request, "parts/characters.html", **_found(library, request))

    def character(request: Request) -> Response:
        known = library.known(request.path_params["number"])
        values = character_values(known, library) | form_values(library, known, request.query_params)
        values |= _gone(studio, request)
        return answer(studio, request, "character.html", page="characters", **values)

    def videos(request: Request) -> Response:
        known = library.known(request.path_params["number"])
        return answer(studio, request, "library/videos.html", **character_values(known, library))

    def all_videos(request: Request) -> Response:
        numbers = {one.rows[0].character: one.number for one in library.everyone()}
        with studio.registry() as registry:
            found = registry.videos.list_all()[::-1]

        def shown_in(video: Video) -> list[tuple[str, int | None]]:
            return [(one.name, numbers.get(one.character)) for one in video.shows]

        values: dict[str, Any] = {
            "videos": found,
            "shown_in": shown_in,
            "with_whom": True,
            "folder": library.folder,
            "open_states": MAY_BE_PAID,
        }
        values |= {"likenesses": likenesses}
        return answer(studio, request, "videos.html", page="characters", **values)

    def export(_: Request) -> Response:
        with studio.registry() as registry:
            content = exported(registry)
        headers = {"Content-Disposition": 'attachment; filename="characters.json"'}
        text = json.dumps(content, allow_nan=False, indent=2) + "\n"
        return Response(text, media_type="application/json", headers=headers)

    return [
        Route("/characters", characters),
        Route("/characters/cards", cards),
        Route("/characters/export.json", export),
        Route("/videos", all_videos),
        Route("/character/{number:int}", character),
        Route("/character/{number:int}/videos", videos),
    ]


def _found(library: Library, request: Request) -> dict[str, Any]:
    search = request.query_params.get("search", "")
    known = library.everyone()
    return {"known": matching(known, search), "total": len(known), "search": search}


def _costs(studio: Studio) -> dict[str, Any]:
    with studio.registry() as registry:
        rows = registry.registrations.list_all(deleted=True)
        found = spent(rows, registry.videos.list_all())
    most_usd = max((month.usd for month in found), default=0.0)
    return {"months": found, "total_usd": total_usd(found), "most_usd": most_usd}


def _gone(studio: Studio, request: Request) -> dict[str, Any]:
    """What the page says of the registration that was just deleted; nothing of one that is not."""
    asked = request.query_params.get("gone", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None
    with studio.registry() as registry:
        rows = registry.registrations.list_all(deleted=True) if number is not None else ()
        row = next((row for row in rows if row.row_id == number and row.deleted_at), None)
        if row is None:
            return {"gone": None}
        shown = [video for video in registry.videos.list_all() if row.character in _whom(video)]
    files = [str(path) for path in files_of(row) if path.exists()]
    return {"gone": row, "gone_files": files, "gone_videos": len(shown)}


def _whom(video: Video) -> set[str]:
    return {one.character for one in video.shows}


def character_values(known: Known, library: Library) -> dict[str, Any]:
    """What a character's page shows of it."""
    return {
        "under_way": library.drafts.making(known.asked_by),
        "with_whom": False,
        "one": known,
        "videos_key": known.rows[0].character,
        "likenesses": likenesses,
        "open_states": MAY_BE_PAID,
    }


def _of_files(library: Library) -> list[Route]:
    def poster(request: Request) -> Response:
        row = library.known(request.path_params["number"]).pictured
        if row is None:
            raise NotFound("There is no picture of it.")
        if row.clip is None:
            return still_of(row, 0)
        recorded(row.clip.path, row.clip.sha256)
        picture = library.pictures.of_clip(row.clip)
        return FileResponse(picture, media_type="image/jpeg", headers=_A_WHILE)

    def clip(request: Request) -> Response:
        row = _registration(library, request)
        if row.clip is None:
            raise NotFound("It has no clip.")
        file = recorded(row.clip.path, row.clip.sha256)
        return FileResponse(file, media_type="video/mp4", headers=_A_WHILE)

    def still(request: Request) -> Response:
        return still_of(_registration(library, request), request.path_params["index"])

    def video(request: Request) -> Response:
        with library.studio.registry() as registry:
            found = registry.videos.find_row(request.path_params["row_id"])
        file = recorded(found.out_path, found.out_sha256)
        return FileResponse(file, media_type="video/mp4", headers=_A_WHILE)

    return [
        Route("/character/{number:int}/poster.jpg", poster),
        Route("/registration/{row_id:int}/clip.mp4", clip),
        Route("/registration/{row_id:int}/still/{index:int}", still),
        Route("/video/{row_id:int}/file.mp4", video),
    ]


def _registration(library: Library, request: Request) -> Registration:
    with library.studio.registry() as registry:
        return registry.registrations.find_row(request.path_params["row_id"])


def still_of(row: Registration, index: int) -> Response:
    """One of its stills. Raises NotFound."""
    if index >= len(row.stills):
        raise NotFound("It has no such still.")
    one = row.stills[index]
    file = recorded(one.path, one.sha256)
    kind = _PICTURES.get(file.suffix.lower(), "application/octet-stream")
    return FileResponse(file, media_type=kind, headers=_A_WHILE)


def _of_deleting(studio: Studio, library: Library) -> list[Route]:
    def question(request: Request) -> Response:
        row = _registration(library, request)
        require_forgettable(row)
        known = library.known(row.character_no)
        return answer(studio, request, "library/deleting.html", row=row, one=known, files=_own(row))

    async def delete(request: Request) -> Response:
        form = await request.form()
        if not form.get("agreed"):
            return await run_in_threadpool(question, request)
        return await run_in_threadpool(deleted, request, bool(form.get("keep_files")))

    def deleted(request: Request, keep_files: bool) -> Response:
        row = _registration(library, request)
        with studio.registry() as registry:
            ledger = registry.registrations
            let_go(row, ledger, home=studio.home, keep_files=keep_files)
            is_left = bool(ledger.list_of(row.character_no))
        studio.shelf.tell(OPEN)
        for film in studio.shelf.of_footage(row.source_fingerprint):
            studio.shelf.change(film.key, row=studio.known(film).row)
            studio.film_as_it_is(film.key)
        where = f"/character/{row.character_no}" if is_left else "/characters"
        where += f"?gone={row.row_id}"
        return Response(status_code=204, headers={"HX-Redirect": where})

    def _own(row: Registration) -> list[str]:
        return [str(path) for path in files_of(row) if path.is_relative_to(studio.home)]

    return [
        Route("/registration/{row_id:int}/delete", question),
        Route("/registration/{row_id:int}/delete", delete, methods=["POST"]),
    ]
