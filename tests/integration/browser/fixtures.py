"""Chromium for tests: tabs that fail the test on a console error or a request elsewhere.

A test module names this file in ``pytest_plugins`` and asks for ``open_tab``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.integration.browser.tab import OpenTab, Tab
from tests.waiting import HANG_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
Hosts = tuple[str, ...]


# Not of the session: while Playwright is open, no other test of the process can run an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Skipped where there is none; on CI there has to be one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium: apt-get install chromium")
        pytest.skip("no chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(chromium: Browser) -> Iterator[OpenTab]:
    """Opens a tab at a URL, with a browser's looks, or another one with the same cookies (``beside``).

    When the test ends, each of them is to have a clean console and to have asked its own host alone.
    """
    tabs: list[Tab] = []

    def open_it(
        url: str, *, beside: Tab | None = None, also: tuple[str, ...] = (), **looks: Any
    ) -> Tab:
        context = beside.context if beside else chromium.new_context(**looks)
        context.set_default_timeout(HANG_S * 1000)
        tab = Tab(context, context.new_page(), {urlsplit(url).netloc, *also})
        tabs.append(tab)
        tab.listen()
        tab.page.goto(url, wait_until="load")
        return tab

    yield open_it
    for context in {id(tab.context): tab.context for tab in tabs}.values():
        context.close()
    for tab in tabs:
        assert not tab.unexpected
        assert not tab.elsewhere
