"""The gate in front of the API: who gets in, by which path, and what the journal says of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screentest.client.sandbox.api.gate import MAX_BODY_BYTES, Gate, canonical, parsed_json
from screentest.client.sandbox.api.journal import Journal

KEY = "k" * 64
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """What a route sees of a request."""
    request = Request(scope, receive)
    body = await request.body()
    seen = {"path": scope["path"], "body": body.decode(), "json": scope.get("state", {}).get("json")}
    await JSONResponse(seen)(scope, receive, send)


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("a presigned URL may stand here")


class Api:
    """A gate with one route behind it, called without a socket."""

    def __init__(self, folder: Path, app: ASGIApp = echo) -> None:
        self.path = folder / "journal.jsonl"
        self.journal = Journal(self.path, secrets=[KEY])
        self.gate = Gate(app, journal=self.journal, api_key=KEY, now=lambda: 12.5)

    def call(
        self, method: str = "GET", url: str = "http://127.0.0.1:9/api/v3/balance", **more: Any
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.gate)
            async with httpx.AsyncClient(transport=transport) as http:
                return await http.request(method, url, **{"headers": AUTHORIZED, **more})

        return asyncio.run(send())

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.journal.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:80", "localhost:65000"])
def test_this_machine_is_served_under_both_of_its_names(api: Api, host: str) -> None:
    assert api.call(headers={**AUTHORIZED, "Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:127.0.0.1", "[::1]", ""]
)
def test_a_page_that_rebinds_its_name_to_this_machine_is_refused(api: Api, host: str) -> None:
    reply = api.call(headers={**AUTHORIZED, "Host": host})
    assert (reply.status_code, reply.json()["code"]) == (403, 403)


@pytest.mark.parametrize("path", ["/files/outputs/0.mp4", "/api/v3/balance"])
def test_the_host_is_checked_for_files_as_well(api: Api, path: str) -> None:
    url = f"http://127.0.0.1:9{path}"
    assert api.call(url=url, headers={**AUTHORIZED, "Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "header", ["", "Bearer", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY, "Bearer ü"]
)
def test_nobody_gets_in_without_the_key(api: Api, header: str) -> None:
    reply = api.call(headers={"Authorization": header.encode("latin-1")})
    assert (reply.status_code, reply.json()["code"]) == (401, 401)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(api: Api, scheme: str) -> None:
    assert api.call(headers={"Authorization": f"{scheme} {KEY}"}).status_code == 200


def test_files_need_no_key_and_leave_no_line(api: Api) -> None:
    assert api.call(url="http://127.0.0.1:9/files/outputs/0.mp4", headers={}).status_code == 200
    assert api.lines() == []


@pytest.mark.parametrize(
    ("path", "routed"),
    [
        ("/balance", "/api/v3/balance"),
        ("/api/v3/balance", "/api/v3/balance"),
        ("/api/v3/api/v3/balance", "/api/v3/balance"),
        ("/api/v3", "/api/v3/"),
        ("/", "/api/v3/"),
        ("/api/v30/balance", "/api/v3/api/v30/balance"),
        ("/openai/api/v3/x", "/api/v3/openai/api/v3/x"),
    ],
)
def test_both_forms_of_base_url_lead_to_one_path(api: Api, path: str, routed: str) -> None:
    assert canonical(path) == routed
    assert api.call(url=f"http://127.0.0.1:9{path}").json()["path"] == routed


def test_the_route_gets_the_body_that_the_gate_has_read(api: Api) -> None:
    seen = api.call("POST", content=b'{"name": "Joe"}').json()
    assert seen["body"] == '{"name": "Joe"}'
    assert seen["json"] == {"name": "Joe"}


@pytest.mark.parametrize(("surplus", "status"), [(0, 200), (1, 413)])
def test_a_body_beyond_the_limit_is_refused(api: Api, surplus: int, status: int) -> None:
    assert api.call("POST", content=b"x" * (MAX_BODY_BYTES + surplus)).status_code == status


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b'{"a": Infinity}', b"[" * 100_000])
def test_what_is_not_json_is_none(body: bytes) -> None:
    assert parsed_json(body) is None


def test_the_journal_tells_when_what_and_how_it_was_answered(api: Api) -> None:
    api.call("POST", url="http://127.0.0.1:9/x?secret=1", json={"name": "Joe"})
    api.call(headers={})
    first, second = api.lines()
    assert first == {"t": 12.5, "method": "POST", "path": "/x", "status": 200, "body": {"name": "Joe"}}
    assert (second["status"], second["body"]) == (401, None)


@pytest.mark.logs_errors
def test_a_bug_behind_the_gate_is_answered_and_journalled_without_its_message(tmp_path: Path) -> None:
    api = Api(tmp_path, broken)
    reply = api.call()
    assert (reply.status_code, api.lines()[0]["status"]) == (500, 500)
    assert "RuntimeError" in reply.text
    assert "presigned" not in reply.text
    api.journal.close()


def test_a_line_is_written_before_the_reply_leaves(api: Api) -> None:
    sent: list[tuple[str, int]] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append((message["type"], len(api.lines())))

    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {KEY}".encode())]
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/balance",
        "headers": headers,
        "query_string": b"",
    }
    asyncio.run(api.gate(scope, receive, send))
    assert sent[0] == ("http.response.start", 1)


def test_a_status_that_was_recorded_early_stays(tmp_path: Path) -> None:
    async def handled_then_replaced(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["note"](200)
        await Response(status_code=500)(scope, receive, send)

    api = Api(tmp_path, handled_then_replaced)
    assert api.call().status_code == 500
    assert [line["status"] for line in api.lines()] == [200]
    api.journal.close()
