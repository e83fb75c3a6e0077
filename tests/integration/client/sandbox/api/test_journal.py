"""The journal holds every request, whatever becomes of its caller, and nothing secret."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import replace
from pathlib import Path

import httpx

from tests.integration.sandbox_parts import CHARACTERS, QUICK, Service, serving
from tests.waiting import until

pytest_plugins = ["tests.integration.sandbox_fixtures"]


def test_the_journal_has_one_line_per_request_with_nothing_secret(tmp_path: Path) -> None:
    began = time.time()
    url = "https://user:pw@s3.example/clip.mp4?X-Amz-Signature=deadbeef"
    body = {"video": url, "name": "Joe", "api_key": "k1", "note": f"see {url} now"}
    with serving(tmp_path, replace(QUICK, strict=False)) as service:
        service.http.post(f"/api/v3/{CHARACTERS}", params={"webhook": "https://x/?s=1"}, json=body)
        line = service.journal()[-1]
    assert list(line) == ["t", "method", "path", "status", "body"]
    assert (line["method"], line["status"]) == ("POST", 200)
    assert line["path"] == f"/api/v3/{CHARACTERS}"
    assert line["body"]["name"] == "Joe"
    assert began - 0.001 <= line["t"] <= time.time() + 0.001, "to the millisecond"
    text = json.dumps(line)
    assert not [secret for secret in ("deadbeef", "pw@", "k1", "Amz") if secret in text]


def test_the_journal_hides_the_accounts_own_key_wherever_it_stands(service: Service) -> None:
    key = service.http.headers["Authorization"].removeprefix("Bearer ")
    service.http.post(f"/api/v3/{key}", json={"prompt": f"use {key}"})
    assert key not in service.folder.journal.read_text(encoding="utf-8")


def test_a_refused_request_is_in_the_journal(service: Service, stranger: httpx.Client) -> None:
    stranger.post(f"{service.origin}/api/v3/{CHARACTERS}", json={"name": "Joe"})
    assert (service.journal()[-1]["status"], service.journal()[-1]["body"]) == (
        401,
        {"name": "Joe"},
    )


def _spoken(service: Service, request: bytes) -> None:
    """Send raw bytes and hang up without reading."""
    url = httpx.URL(service.origin)
    with socket.create_connection((url.host, url.port or 80)) as caller:
        caller.sendall(request)


def _raw_submit(service: Service, *, body: bytes, length: int) -> bytes:
    head = (
        f"POST /api/v3/{CHARACTERS} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {service.http.headers['Authorization']}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    return head.encode() + body


def test_a_submit_whose_caller_hung_up_is_in_the_journal(service: Service) -> None:
    body = b'{"video": "http://127.0.0.1:9/", "name": "Joe"}'
    _spoken(service, _raw_submit(service, body=body, length=len(body)))
    [line] = until(service.journal)
    assert (line["status"], line["body"]) == (200, json.loads(body))


def test_a_request_that_never_came_whole_is_in_the_journal_and_creates_nothing(
    service: Service,
) -> None:
    _spoken(service, _raw_submit(service, body=b'{"vid', length=500))
    [line] = until(service.journal)
    assert (line["status"], line["body"]) == (499, None)
    reply = service.http.post("/api/v3/predictions", json={"page": 1, "page_size": 1})
    assert reply.json()["data"]["items"] == []
