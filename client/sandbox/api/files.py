"""What the service keeps on its file servers: uploads and finished videos, by plain URL.

An upload is a ticket, then a PUT with exactly the ticket's headers and no key: the right to it lies
in the URL's query, which expires. Downloads need nothing, as with the service.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from screentest.client.sandbox.account import Folder
from screentest.client.sandbox.api.replies import bad_parameter, failure, iso, success

SOFT_LIMIT_BYTES, HARD_LIMIT_BYTES = 100_000_000, 200_000_000
_TICKET_S = 3600.0
_KEPT_S = 7 * 86_400.0
_PLAIN_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_DEFAULT_TYPE = "application/octet-stream"


class Files:
    """Tickets, uploads and downloads. ``key`` signs the tickets."""

    def __init__(
        self,
        folder: Folder,
        *,
        base_url: str,
        key: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._base_url = base_url
        self._key = key.encode()
        self._now = now

    def routes(self) -> list[Route]:
        """The routes that need no API key."""
        return [
            Route("/files/uploads/{id}/{name}", self.put, methods=["PUT"]),
            Route("/files/uploads/{id}/{name}", self.uploaded, methods=["GET"]),
            Route("/files/outputs/{name}", self.output, methods=["GET"]),
        ]

    async def ticket(self, request: Request) -> Response:
        """``POST /media/uploads``: where to PUT the bytes, and where they will be found."""
        body = request.scope["state"]["json"]
        if not isinstance(body, dict) or not isinstance(body.get("filename"), str):
            return bad_parameter('property "filename" is missing')
        size = body.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            return bad_parameter('property "size" must be a positive integer')
        if size > HARD_LIMIT_BYTES:
            return bad_parameter("the file exceeds the 200 MB limit")
        kind = body.get("content_type")
        return success(self._ticket(body["filename"], size, kind if isinstance(kind, str) else ""))

    def _ticket(self, filename: str, size: int, kind: str) -> dict[str, object]:
        name = _PLAIN_NAME.sub("_", Path(filename).name).lstrip(".") or "upload"
        expires = int(self._now() + _TICKET_S)
        kind = kind or _DEFAULT_TYPE
        path = f"/files/uploads/{uuid.uuid4().hex}/{quote(name)}"
        signature = self._signature(path, expires, size, kind)
        upload = {
            "method": "PUT",
            "url": f"{self._base_url}{path}?expires={expires}&size={size}&signature={signature}",
            "headers": {"Content-Type": kind},
            "expires_at": iso(expires),
        }
        return {"download_url": self._base_url + path, "upload": upload}

    def _signature(self, path: str, expires: int, size: int, kind: str) -> str:
        told = "\n".join((path, str(expires), str(size), kind)).encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    async def put(self, request: Request) -> Response:
        """Take the bytes of a ticket; all of them or nothing."""
        if not self._is_signed(request):
            return failure(403, "The upload URL is wrong or expired, or its headers were changed.")
        folder = self._folder.uploads / _hex(request.path_params["id"])
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / ".part"
        try:
            got = await _saved(request, draft, most=int(request.query_params["size"]))
            if got != int(request.query_params["size"]):
                return failure(400, "The upload has another size than its ticket.")
            kind = {"content_type": request.headers.get("content-type", "")}
            (folder / ".type").write_text(json.dumps(kind), encoding="utf-8")
            draft.replace(folder / request.path_params["name"])
        except ClientDisconnect:
            return failure(400, "The upload did not come whole.")
        finally:
            draft.unlink(missing_ok=True)
        return Response(status_code=200)

    def _is_signed(self, request: Request) -> bool:
        asked = request.query_params
        try:
            expires, size = int(asked["expires"]), int(asked["size"])
        except (KeyError, ValueError):
            return False
        kind = request.headers.get("content-type", "")
        wanted = self._signature(request.url.path, expires, size, kind)
        given = asked.get("signature", "")
        return hmac.compare_digest(wanted, given.encode("ascii", "replace").decode()) and (
            self._now() < expires
        )

    async def uploaded(self, request: Request) -> Response:
        """The bytes of an upload, for seven days."""
        folder = self._folder.uploads / _hex(request.path_params["id"])
        path = folder / _PLAIN_NAME.sub("_", request.path_params["name"]).lstrip(".")
        if not self._is_kept(path):
            return failure(404, "Not found.")
        kind = json.loads((folder / ".type").read_text(encoding="utf-8"))["content_type"]
        return FileResponse(path, media_type=kind or _DEFAULT_TYPE)

    async def output(self, request: Request) -> Response:
        """A finished video, for seven days."""
        name = Path(request.path_params["name"])
        path = self._folder.outputs / f"{_hex(name.stem)}.mp4"
        if name.suffix != ".mp4" or not self._is_kept(path):
            return failure(404, "Not found.")
        return FileResponse(path, media_type="video/mp4")

    def _is_kept(self, path: Path) -> bool:
        return path.is_file() and self._now() - path.stat().st_mtime < _KEPT_S


def _hex(text: str) -> str:
    """A name made of hex digits only, so that no path leads elsewhere."""
    return re.sub(r"[^0-9a-f]", "", text) or "0"


async def _saved(request: Request, draft: Path, *, most: int) -> int:
    """Write the body to a file and return its length; a surplus is counted, not kept."""
    got = 0
    with draft.open("wb") as file:
        async for block in request.stream():
            got += len(block)
            if got <= most:
                file.write(block)
    return got
