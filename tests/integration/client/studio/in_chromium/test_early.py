"""What is typed and pressed before a page is ready, or while a part is renewed: nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from screentest.client.characters.register import Order
from screentest.client.config import Settings
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.shelf.film import key_of
from tests.integration.browser.tab import OpenTab, Tab
from tests.integration.client.studio.studio_parts import looked, studio_over
from tests.integration.register_parts import run
from tests.waiting import until as once

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytest_plugins = ["tests.integration.browser.fixtures", "tests.integration.register_fixtures"]

HTMX = "**/htmx.min.js"


@pytest.fixture
def tab(settings: Settings, order: Order, open_tab: OpenTab) -> Iterator[Tab]:
    """A studio of one film that was looked at."""
    with studio_over(settings.home, settings) as studio:
        studio.add([str(order.footage)])
        looked(studio, key_of(str(order.footage)))
        with serving(studio, Listening("127.0.0.1", (0,))) as way_in:
            tab = open_tab(way_in.once, viewport={"width": 1280, "height": 800})
            yield tab
            tab.context.close()  # before its server ends


def held(page: Page) -> list[Route]:
    """From now on htmx does not arrive: what asks for it."""
    routes: list[Route] = []
    page.route(HTMX, lambda route: routes.append(route))
    return routes


def arrive(page: Page, routes: list[Route]) -> None:
    once(lambda: page.evaluate("document.readyState") == "interactive" and routes)
    for route in routes:
        route.continue_()
    page.unroute(HTMX)


def test_what_is_written_and_pressed_at_once_is_registered(tab: Tab, settings: Settings) -> None:
    page = tab.page
    routes = held(page)
    page.get_by_test_id("footage").click()
    page.get_by_test_id("name").fill("Early Joe")
    page.get_by_test_id("consent").fill("Joe agreed before breakfast")
    page.get_by_test_id("register").click(no_wait_after=True)
    assert "?" not in page.url, "it went as a plain form"
    arrive(page, routes)
    told = page.get_by_test_id("character-id").inner_text()
    with Registry(settings.home / FILE_NAME) as registry:
        row = registry.registrations.list_all()[-1]
    assert (row.character_id, row.name) == (told, "Early Joe")
    assert row.consent == "Joe agreed before breakfast"
    assert not tab.findings()


def test_a_button_that_is_pressed_at_once_acts_once(tab: Tab) -> None:
    page = tab.page
    routes = held(page)
    page.get_by_test_id("footage").click()
    page.get_by_test_id("approve").click()
    page.get_by_test_id("approve").click()
    arrive(page, routes)
    page.get_by_text("Approved ✓").wait_for()


def test_a_prompt_that_is_written_at_once_is_read(tab: Tab, order: Order, settings: Settings) -> None:
    run(order, settings)
    page = tab.page
    page.get_by_role("link", name="Characters").click()
    routes = held(page)
    page.get_by_test_id("character").click()
    page.get_by_test_id("prompt").fill("Somebody waves.")
    arrive(page, routes)
    page.get_by_text(f"must name {order.name}").wait_for()


def test_a_part_that_is_renewed_waits_for_the_press_under_way(tab: Tab) -> None:
    page = tab.page
    page.get_by_test_id("footage").click()
    button = page.get_by_test_id("approve")
    button.hover()
    page.mouse.down()
    page.evaluate(
        """async () => {
          const part = document.querySelector(".register");
          part.dataset.mine = "1";
          (await import("/static/studio.js")).refresh(part);
        }"""
    )
    page.wait_for_timeout(700)  # several times what a renewal waits for
    assert page.locator("[data-mine]").count() == 1, "what was pressed is gone"
    page.mouse.up()
    page.get_by_text("Approved ✓").wait_for()
    once(lambda: page.locator("[data-mine]").count() == 0)
