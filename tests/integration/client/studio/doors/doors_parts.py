"""A studio's doors over a real socket: an application behind them, and requests byte by byte."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from itertools import count
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route

from screentest.client.serving import served
from screentest.client.studio.doors.address import TlsFiles, listener_at, listening
from screentest.client.studio.doors.door import BodyLimits, Doors
from screentest.client.studio.doors.names import cookie_name
from screentest.client.studio.doors.secret import StudioSecret, studio_secret
from tests.waiting import HANG_S

SMALL = BodyLimits(form_bytes=1_000, upload_bytes=300_000, idle_s=0.3, linger_s=0.3)


HTML = (
    '<!doctype html><html lang="en"><title>House</title><link rel="icon" href="data:,">'
    '<form method="post" action="/"><button>Send</button></form>'
)


@dataclass(slots=True)
class Behind:
    """The application, and what reached it."""

    asked: list[str] = field(default_factory=list)
    copied: list[int] = field(default_factory=list)
    cleared_up: threading.Event = field(default_factory=threading.Event)

    @property
    def app(self) -> Starlette:
        async def page(request: Request) -> Response:
            self.asked.append(str(request.url))
            return PlainTextResponse("the page", headers={"Server-Timing": "x"})

        async def seen(request: Request) -> Response:
            return JSONResponse({"headers": dict(request.headers), "query": request.url.query})

        async def drop(request: Request) -> Response:
            copied = 0
            try:
                async for block in request.stream():
                    copied += len(block)
                self.copied.append(copied)
            finally:
                self.cleared_up.set()
            return PlainTextResponse(f"{copied} bytes")

        async def form(request: Request) -> Response:
            return PlainTextResponse(f"{len(await request.body())} bytes")

        async def shrugs(request: Request) -> Response:
            with suppress(ClientDisconnect):
                await request.body()
            return PlainTextResponse("whatever came")

        async def fails(request: Request) -> Response:
            raise RuntimeError(f"/home/joe/footage.mp4 at {request.url}")

        async def fails_late(request: Request) -> Response:
            def blocks() -> Iterator[bytes]:
                yield b"begun"
                raise RuntimeError("/home/joe/footage.mp4")

            return StreamingResponse(blocks())

        async def says_500(request: Request) -> Response:
            return PlainTextResponse("Traceback: /home/joe/footage.mp4", 500)

        async def weak(request: Request) -> Response:
            loose = {"Content-Security-Policy": "default-src *", "Cache-Control": "public, max-age=9"}
            return PlainTextResponse("loose", headers={**loose, "X-Content-Type-Options": "no"})

        async def media(request: Request) -> Response:
            return PlainTextResponse("media", headers={"Cache-Control": "private, max-age=60"})

        async def endless(request: Request) -> Response:
            async def events() -> Any:
                for number in count():
                    yield f"data: {number}\n\n"
                    await asyncio.sleep(SMALL.idle_s / 6)

            return StreamingResponse(events(), media_type="text/event-stream")

        async def html(request: Request) -> Response:
            return HTMLResponse(HTML)

        async def leaves(scope: Any, receive: Any, send: Any) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            self.cleared_up.set()

        reads = [html, page, seen, fails, fails_late, says_500, weak, media, endless]
        return Starlette(
            routes=[
                Route("/", page, methods=["GET", "POST"]),
                *(Route(f"/{read.__name__}", read) for read in reads),
                Route("/static/page.css", page),
                Mount("/leaves", leaves),
                Route("/shrugs", shrugs, methods=["POST"]),
                Route("/form", form, methods=["POST", "PUT"]),
                Route("/footage/drop", drop, methods=["POST"]),
            ]
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Names of headers are in lower case, one that came twice has both values."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(slots=True)
class House:
    """A studio that listens."""

    port: int
    secret: StudioSecret
    behind: Behind
    doors: Doors
    scheme: str = "http"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def cookie(self) -> str:
        name = cookie_name(self.secret.name, scheme=self.scheme)
        return f"{name}={self.secret.cookie(self.scheme)}"

    @property
    def connection(self) -> HTTPConnection:
        if self.scheme == "http":
            return HTTPConnection("127.0.0.1", self.port, timeout=HANG_S)
        context = ssl._create_unverified_context()
        return HTTPSConnection("127.0.0.1", self.port, timeout=HANG_S, context=context)

    def ask(
        self, target: str = "/", *, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Reply:
        """One request with the cookie and the right Host, but for what ``headers`` say ("" leaves it
        out).
        """
        given = {"host": self.host, "cookie": self.cookie} | headers
        with closing(self.connection) as connection:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                if value:
                    connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            return read(connection.getresponse())

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=HANG_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield connection

    def raw(self, request: bytes) -> str:
        """All that comes back for requests of which the last ends the connection."""
        with self.connected() as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65_536), b"")).decode("latin-1")

    def head(self, method: str, target: str, *more: str) -> bytes:
        """The head of a request with the cookie, the right Host and the right Origin."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}", f"Cookie: {self.cookie}"]
        return "\r\n".join([*lines, f"Origin: {self.origin}", *more, "", ""]).encode("latin-1")


def read(response: HTTPResponse) -> Reply:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers[name.lower()] = ", ".join([*filter(None, [headers.get(name.lower())]), value])
    return Reply(response.status, headers, response.read().decode())


@contextmanager
def open_house(
    home: Path,
    *,
    port: int | None = None,
    limits: BodyLimits = SMALL,
    tls: TlsFiles | None = None,
) -> Iterator[House]:
    """A studio of a home that listens while the block runs."""
    behind, secret = Behind(), studio_secret(home)
    files = {"ssl_certfile": tls.certificate, "ssl_keyfile": tls.key} if tls else {}
    with closing(listener_at(listening(port=port))) as listener:
        bound = listener.getsockname()[1]
        doors = Doors(
            behind.app,
            secret=secret,
            host="127.0.0.1",
            port=bound,
            is_tls=tls is not None,
            limits=limits,
        )
        with served(doors, listener, name="house", http="h11", **files):
            yield House(bound, secret, behind, doors, scheme="https" if tls else "http")


@contextmanager
def quiet_uvicorn() -> Iterator[None]:
    """Its lines are about connections that tests break on purpose: nobody hears them in the block."""
    logger = logging.getLogger("uvicorn.error")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
