"""The service's file servers: uploads and finished videos, by plain URL.

An upload is a presigned URL, then a PUT to it with exactly its headers and no key: the signature is in
the URL's query, which expires. Downloads need nothing, as at the service.
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

from screentest.client.sandbox.api.replies import bad_parameter, failure, iso, success
from screentest.client.sandbox.folder import DataFolder
from screentest.prep.core.files import atomic_file, write_atomically

MAX_UPLOAD_BYTES = 200_000_000
_PRESIGNED_S = 3600.0
_RETENTION_S = 7 * 86_400.0
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DEFAULT_TYPE = "application/octet-stream"


class Files:
    """Uploads and downloads. ``key`` signs the upload URLs."""

    def __init__(
        self,
        folder: DataFolder,
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

    async def create_upload(self, request: Request) -> Response:
        """``POST /media/uploads``: where to PUT the bytes, and where they will be found."""
        body = request.scope["state"]["json"]
        if not isinstance(body, dict) or not isinstance(body.get("filename"), str):
            return bad_parameter('property "filename" is missing')
        size = body.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            return bad_parameter('property "size" must be a positive integer')
        if size > MAX_UPLOAD_BYTES:
            return bad_parameter("the file exceeds the 200 MB limit")
        kind = body.get("content_type")
        return success(self._presigned(body["filename"], size, kind if isinstance(kind, str) else ""))

    def _presigned(self, filename: str, size: int, kind: str) -> dict[str, object]:
        name = _UNSAFE.sub("_", Path(filename).name).lstrip(".") or "upload"
        expires = int(self._now() + _PRESIGNED_S)
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
        message = "\n".join((path, str(expires), str(size), kind)).encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    async def put(self, request: Request) -> Response:
        """Store the bytes of an upload, all of them or nothing."""
        if not self._is_signed(request):
            return failure(403, "The upload URL is invalid or expired, or its headers were changed.")
        folder = self._folder.uploads / _hex(request.path_params["id"])
        folder.mkdir(mode=0o700, exist_ok=True)
        kind = {"content_type": request.headers.get("content-type", "")}
        try:
            with atomic_file(folder / request.path_params["name"], what="upload", mode=0o600) as part:
                await _save(request, part, size=int(request.query_params["size"]))
                write_atomically(folder / ".type", json.dumps(kind).encode(), what="upload")
        except _WrongSize:
            return failure(400, "The upload's size differs from the one that was announced.")
        except ClientDisconnect:
            return failure(400, "The upload is incomplete.")
        return Response(status_code=200)

    def _is_signed(self, request: Request) -> bool:
        query = request.query_params
        try:
            expires, size = int(query["expires"]), int(query["size"])
        except (KeyError, ValueError):
            return False
        kind = request.headers.get("content-type", "")
        wanted = self._signature(request.url.path, expires, size, kind)
        given = query.get("signature", "")
        return hmac.compare_digest(wanted, given.encode("ascii", "replace").decode()) and (
            self._now() < expires
        )

    async def uploaded(self, request: Request) -> Response:
        """The bytes of an upload, for seven days."""
        folder = self._folder.uploads / _hex(request.path_params["id"])
        path = folder / _UNSAFE.sub("_", request.path_params["name"]).lstrip(".")
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
        return path.is_file() and self._now() - path.stat().st_mtime < _RETENTION_S


def _hex(text: str) -> str:
    """The hex digits of a text: a file name that cannot lead out of its folder."""
    return re.sub(r"[^0-9a-f]", "", text) or "0"


class _WrongSize(Exception):
    """An upload is shorter or longer than announced."""


async def _save(request: Request, path: Path, *, size: int) -> None:
    """Write the body to a file. Raises _WrongSize, with no more than ``size`` bytes written."""
    got = 0
    with path.open("wb") as file:
        async for block in request.stream():
            got += len(block)
            if got <= size:
                file.write(block)
    if got != size:
        raise _WrongSize
