"""Fetching a task's input: within its limits or not at all, with a reason that the task can show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path

import pytest

from screentest.client.sandbox.work.validation import MEDIA_UNREACHABLE, TaskRefused, fetch


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = 302 if self.path == "/again" else 404 if self.path == "/none" else 200
        self.send_response(status)
        self.send_header("Location", "/again" if self.path == "/again" else "/clip")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"x" * 1000)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def origin() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetched(
    url: str, into: Path, *, max_bytes: int = 1000, clock: Callable[[], float] = lambda: 0.0
) -> bytes:
    fetch(url, into, wait_s=5.0, max_bytes=max_bytes, clock=clock)
    return into.read_bytes()


def test_a_file_within_the_limits_comes_whole(origin: str, tmp_path: Path) -> None:
    assert fetched(f"{origin}/clip", tmp_path / "clip") == b"x" * 1000


@pytest.mark.parametrize(
    ("path", "reason"), [("/none", "HTTP 404"), ("/again", "TooManyRedirects"), ("/clip", "999 bytes")]
)
def test_what_cannot_be_fetched_is_refused_with_the_reason(
    origin: str, tmp_path: Path, path: str, reason: str
) -> None:
    with pytest.raises(TaskRefused, match=reason) as refusal:
        fetched(origin + path, tmp_path / "clip", max_bytes=999)
    assert refusal.value.code == MEDIA_UNREACHABLE


def test_a_download_past_its_deadline_is_given_up(origin: str, tmp_path: Path) -> None:
    ticks = count(step=10.0)
    with pytest.raises(TaskRefused, match="longer than 5 s"):
        fetched(f"{origin}/clip", tmp_path / "clip", clock=lambda: next(ticks))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "http://", "http://\udcff/"]
)
def test_only_http_urls_are_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(TaskRefused) as refusal:
        fetched(url, tmp_path / "clip")
    assert refusal.value.code == MEDIA_UNREACHABLE
