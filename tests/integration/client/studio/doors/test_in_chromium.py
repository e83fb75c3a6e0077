"""The studio's doors as a browser meets them: cookies, referrers and origins are the browser's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.doors.doors_parts import House, open_house
from tests.waiting import HANG_S, until

pytest_plugins = ["tests.integration.browser.fixtures"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def printed(house: House) -> str:
    """The address that the studio prints."""
    return f"{house.origin}/html?token={house.secret.token}"


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_who_has_no_token_sees_a_page_of_the_studio_and_the_way_in(
    open_tab: OpenTab, house: House, scheme: str
) -> None:
    tab = open_tab(f"{house.origin}/", color_scheme=scheme)
    tab.expected.append("403")
    tab.page.get_by_text("Open the address that stands after").wait_for()
    ground = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"dark": "rgb(20, 23, 28)", "light": "rgb(245, 246, 248)"}[scheme]
    assert tab.findings() == []
    inline = (
        "document.body.setAttribute('style', 'margin: 9px'); getComputedStyle(document.body).margin"
    )
    tab.expected.append("Content Security Policy")
    assert tab.page.evaluate(inline) == "0px", "no other style is taken"


@contextmanager
def another_page(html: str) -> Iterator[int]:
    """Another server of this machine: its port. By "localhost" it is another site, too."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        body = f'<!doctype html><link rel="icon" href="data:,">{html}'.encode()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(app, port=0, ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(HANG_S)


def test_the_printed_address_opens_the_page_and_is_not_left_in_sight(
    open_tab: OpenTab, printed: str
) -> None:
    tab = open_tab(printed)
    assert tab.page.title() == "House"
    assert "token" not in tab.page.url
    assert tab.page.evaluate("document.cookie") == ""
    tab.page.reload()
    assert tab.page.title() == "House"
    assert open_tab(tab.page.url, beside=tab).page.title() == "House"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"], ids=["another-site", "same-site"])
def test_a_click_on_the_address_in_another_page_opens_the_page(
    open_tab: OpenTab, house: House, printed: str, name: str
) -> None:
    """Mail in a browser, a terminal in a browser: a strict cookie does not survive a redirect there."""
    with another_page(f'<a href="{printed}">open</a>') as port:
        tab = open_tab(f"http://{name}:{port}/", also=(house.host,))
        tab.expected.append("favicon.ico")
        tab.page.get_by_text("open").click()
        tab.page.wait_for_url(f"{house.origin}/html")
        assert tab.page.title() == "House"
        tab.page.reload()
        assert tab.page.title() == "House"
        tab.page.go_back()
        assert urlsplit(tab.page.url).port == port


def test_a_form_of_our_own_is_taken_without_any_script(
    open_tab: OpenTab, house: House, printed: str
) -> None:
    """A stricter Referrer-Policy makes the browser send the form with the Origin "null"."""
    tab = open_tab(printed)
    tab.expected.append("favicon.ico")
    tab.page.get_by_role("button").click()
    tab.page.wait_for_url(f"{house.origin}/")
    assert "the page" in tab.page.content()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"], ids=["another-site", "same-site"])
def test_no_other_page_reads_or_changes_anything(
    open_tab: OpenTab, house: House, printed: str, name: str
) -> None:
    attack = f"""<body><script>
      const asks = [
        fetch("{house.origin}/", {{credentials: "include", mode: "no-cors"}}),
        fetch("{house.origin}/", {{credentials: "include"}}),
        fetch("{house.origin}/", {{credentials: "include", method: "POST", mode: "no-cors"}}),
        fetch("{house.origin}/", {{credentials: "include", method: "PUT"}}),
        new Promise(done => {{ const img = new Image(); img.onload = img.onerror = done;
          img.src = "{house.origin}/"; }}),
        new Promise(done => {{ const frame = document.createElement("iframe"); frame.onload = done;
          frame.src = "{house.origin}/"; document.body.append(frame); }}),
        new Promise(done => {{ const frame = document.createElement("iframe"); frame.onload = done;
          frame.name = "target"; document.body.append(frame);
          const form = document.createElement("form"); form.method = "post"; form.target = "target";
          form.action = "{house.origin}/"; document.body.append(form); form.submit(); }}),
      ];
      Promise.allSettled(asks).then(() => document.title = "done");
    </script>"""
    with another_page(attack) as port:
        tab = open_tab(printed)
        house.behind.asked.clear()
        other = open_tab(f"http://{name}:{port}/", beside=tab, also=(house.host,))
        other.expected += ["403", "400", "405", "CORS", "ERR_FAILED", "ERR_BLOCKED", "frame-ancestors"]
        other.page.wait_for_function("document.title === 'done'")
        assert house.behind.asked == []
