"""Uploads and downloads at the stand-in's file servers: signed, whole or not at all, for a week."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from screentest.client.sandbox.api.files import Files
from screentest.client.sandbox.api.gate import parsed_json
from screentest.client.sandbox.folder import DataFolder

ORIGIN = "http://127.0.0.1:9"
DAY_S = 86_400.0
FORM = {"filename": "a.mp4", "size": 3, "content_type": "video/mp4"}


class ParsedBody:
    """The gate's part that the routes rely on: the body as JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = scope.get("extensions", {}).get("body", b"")
        scope.setdefault("state", {})["json"] = parsed_json(body)
        await self._app(scope, receive, send)


@dataclass(slots=True)
class Server:
    """The file servers at a time that the test sets."""

    folder: DataFolder
    now_s: float = 1_700_000_000.0
    key: str = "k"

    def call(self, method: str, url: str, **more: Any) -> httpx.Response:
        files = Files(self.folder, base_url=ORIGIN, key=self.key, now=lambda: self.now_s)
        create = Route("/media/uploads", files.create_upload, methods=["POST"])
        app = Starlette(routes=[create, *files.routes()], middleware=[Middleware(ParsedBody)])

        async def with_body(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {"body": more.get("content", b"")}
            await app(scope, receive, send)

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=with_body)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
                return await http.request(method, url, **more)

        return asyncio.run(send())

    def announced(self, **changes: object) -> dict[str, Any]:
        content = httpx.Request("POST", ORIGIN, json={**FORM, **changes}).content
        reply = self.call("POST", "/media/uploads", content=content)
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"])

    def put(self, data: dict[str, Any], content: bytes = b"abc", **query: str) -> httpx.Response:
        parts = urlsplit(data["upload"]["url"])
        url = parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **query})).geturl()
        return self.call("PUT", url, content=content, headers=data["upload"]["headers"])


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(DataFolder(tmp_path / "data").create())


def stored(server: Server) -> list[Path]:
    return [path for path in server.folder.uploads.rglob("*") if path.is_file()]


def test_what_was_put_comes_back_with_its_type(server: Server) -> None:
    data = server.announced()
    assert server.put(data).status_code == 200
    reply = server.call("GET", data["download_url"])
    assert (reply.content, reply.headers["content-type"]) == (b"abc", "video/mp4")


@pytest.mark.parametrize("content", [b"", b"ab", b"abcd"])
def test_an_upload_of_another_size_leaves_nothing_behind(server: Server, content: bytes) -> None:
    data = server.announced()
    assert server.put(data, content).status_code == 400
    assert stored(server) == []
    assert server.call("GET", data["download_url"]).status_code == 404


def test_a_failed_second_upload_leaves_the_first_as_it_is(server: Server) -> None:
    data = server.announced()
    server.put(data, b"abc")
    assert server.put(data, b"xy").status_code == 400
    assert server.call("GET", data["download_url"]).content == b"abc"


@pytest.mark.parametrize(
    "query",
    [
        {"size": "4"},
        {"size": "three"},
        {"expires": "9999999999"},
        {"expires": ""},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "é"},
    ],
)
def test_a_changed_query_is_refused(server: Server, query: dict[str, str]) -> None:
    assert server.put(server.announced(), b"abc", **query).status_code == 403
    assert stored(server) == []


def test_a_url_signed_for_one_path_does_not_open_another(server: Server) -> None:
    one, other = server.announced(), server.announced()
    query = dict(parse_qsl(urlsplit(one["upload"]["url"]).query))
    assert server.put(other, b"abc", **query).status_code == 403


def test_a_url_of_another_account_is_refused(server: Server) -> None:
    data = server.announced()
    server.key = "another"
    assert server.put(data).status_code == 403


@pytest.mark.parametrize(("later_s", "status"), [(3599.0, 200), (3600.0, 403)])
def test_an_upload_url_lives_an_hour(server: Server, later_s: float, status: int) -> None:
    data = server.announced()
    server.now_s += later_s
    assert server.put(data).status_code == status


@pytest.mark.parametrize(
    "changes", [{"filename": None}, {"filename": 7}, {"size": 0}, {"size": True}, {"size": "3"}]
)
def test_an_upload_must_be_announced_with_name_and_size(
    server: Server, changes: dict[str, object]
) -> None:
    content = httpx.Request("POST", ORIGIN, json={**FORM, **changes}).content
    reply = server.call("POST", "/media/uploads", content=content)
    assert reply.status_code == 400
    assert next(iter(changes)) in reply.json()["error"]


def test_an_upload_without_a_type_is_plain_bytes(server: Server) -> None:
    data = server.announced(content_type=None)
    assert data["upload"]["headers"] == {"Content-Type": "application/octet-stream"}


@pytest.mark.parametrize(("age_s", "status"), [(7 * DAY_S - 1, 200), (7 * DAY_S, 404)])
@pytest.mark.parametrize("kind", ["upload", "video"])
def test_a_file_is_there_for_seven_days(server: Server, kind: str, age_s: float, status: int) -> None:
    if kind == "upload":
        data = server.announced()
        server.put(data)
        [path] = [path for path in stored(server) if path.name == "a.mp4"]
        url = data["download_url"]
    else:
        path = server.folder.outputs / "abc123.mp4"
        path.write_bytes(b"abc")
        url = "/files/outputs/abc123.mp4"
    os.utime(path, (server.now_s, server.now_s))
    server.now_s += age_s
    assert server.call("GET", url).status_code == status


@pytest.mark.parametrize("name", ["abc123.mov", "abc123", "..%2faccount.json", "zzz.mp4"])
def test_only_finished_videos_are_given_out(server: Server, name: str) -> None:
    (server.folder.outputs / "abc123.mp4").write_bytes(b"abc")
    server.folder.account.write_text("{}", encoding="utf-8")
    assert server.call("GET", f"/files/outputs/{name}").status_code == 404
