"""The tabs of tests see what goes wrong on a page: otherwise a clean page would prove nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.integration.browser.tab import OpenTab

pytest_plugins = ["tests.integration.browser.fixtures"]

GOOD = (
    '<!doctype html><html lang="en"><title>Good</title><link rel=icon href=data:,>'
    "<main><h1>Good</h1></main>"
)


@contextmanager
def page_of(text: str) -> Iterator[str]:
    """The URL of a page, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text.encode()
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_good_page_has_no_findings(open_tab: OpenTab) -> None:
    with page_of(GOOD) as url:
        tab = open_tab(url)
        assert tab.findings() == []


@pytest.mark.parametrize(
    ("flaw", "complaint"),
    [
        ("<script>console.error('broken')</script>", "broken"),
        ("<script>throw new Error('thrown')</script>", "thrown"),
        ("<script>Promise.reject(new Error('refused'))</script>", "refused"),
        ("<img src=/none.png alt=none>", "404"),
        ("<img src=http://localhost:9/x.png alt=x>", "ERR_UNSAFE_PORT"),
        (
            "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">"
            "<p style='top:0'>a</p>",
            "Content Security Policy",
        ),
    ],
)
def test_a_flaw_is_complained_of(open_tab: OpenTab, flaw: str, complaint: str) -> None:
    with page_of(GOOD + flaw) as url:
        tab = open_tab(url)
        tab.page.wait_for_load_state("networkidle")
        assert any(complaint in said for said in tab.unexpected)
        tab.complaints.clear()
        tab.hosts.add("localhost:9")


def test_a_request_elsewhere_is_seen(open_tab: OpenTab) -> None:
    with page_of(GOOD) as elsewhere, page_of(f"{GOOD}<img alt=x src={elsewhere}>") as url:
        tab = open_tab(url)
        assert tab.elsewhere == [elsewhere]
        tab.asked.clear()


def test_what_some_people_would_miss_is_found(open_tab: OpenTab) -> None:
    faint = "<p style='color:#bbb;background:#fff'>faint</p><input><button></button>"
    with page_of(GOOD.replace("</main>", f"{faint}</main>")) as url:
        tab = open_tab(url)
        found = " ".join(tab.findings())
        assert all(rule in found for rule in ("color-contrast", "label", "button-name"))
        assert "color-contrast" not in " ".join(tab.findings(without=("color-contrast",)))
        assert tab.findings("h1") == []
