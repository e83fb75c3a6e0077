"""The pages of characters in a browser: each state of a video and of an order leaves nobody out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from screentest.client.characters.register import Order
from screentest.client.config import Settings
from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.server.studio import Terms
from tests.integration.browser.tab import OpenTab, Tab
from tests.integration.client.studio.studio_parts import studio_over
from tests.integration.register_parts import run
from tests.lossy_relay import Relay
from tests.waiting import until as once

pytest_plugins = ["tests.integration.browser.fixtures", "tests.integration.register_fixtures"]


@pytest.fixture
def joe(order: Order, settings: Settings) -> str:
    """The name of somebody who is registered, in the home's only row."""
    run(order, settings)
    return order.name


@pytest.fixture
def tab(joe: str, settings: Settings, open_tab: OpenTab) -> Iterator[Tab]:
    """A studio that asks once more before anything that costs money."""
    terms = Terms(asks_above_usd=0.0)
    with (
        studio_over(settings.home, settings, terms=terms) as studio,
        serving(studio, Listening("127.0.0.1", (0,))) as way_in,
    ):
        tab = open_tab(way_in.once, viewport={"width": 1280, "height": 800})
        tab.page.get_by_role("link", name="Characters").click()
        yield tab
        tab.context.close()  # before its server ends


def assert_legible(tab: Tab, state: str) -> None:
    """In both themes."""
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        assert tab.findings() == [], (state, scheme)


def test_a_video_is_priced_agreed_to_made_and_compared(tab: Tab, joe: str, relay: Relay) -> None:
    page = tab.page
    assert joe in page.get_by_test_id("character").inner_text()
    assert_legible(tab, "library")
    page.get_by_test_id("character").click()
    page.get_by_test_id("prompt").fill("Somebody waves.")
    page.get_by_text(f"must name {joe}").wait_for()
    assert_legible(tab, "character")
    page.get_by_test_id("prompt").fill(f"{joe} waves.")
    page.get_by_test_id("video-model").select_option("openai/sora-2/text-to-video")
    page.get_by_test_id("ask-price").click()
    page.get_by_test_id("video-price").wait_for()
    assert_legible(tab, "offered")
    page.get_by_test_id("make").click()
    page.get_by_role("alertdialog").wait_for()
    assert_legible(tab, "asked")
    assert relay.videos == 0
    relay.video_faults.append("wait")
    page.get_by_test_id("make").click()
    once(relay.arrived.is_set)
    page.locator(".draft.making").wait_for()
    assert_legible(tab, "making")
    relay.released.set()
    page.get_by_test_id("result").wait_for()
    page.get_by_test_id("likeness").nth(1).wait_for()
    assert_legible(tab, "made")
    assert relay.videos == 1
    page.get_by_test_id("delete").click()
    page.get_by_test_id("delete-sure").wait_for()
    assert_legible(tab, "deleting")


def test_a_video_that_failed_or_whose_reply_was_lost_is_told_apart(
    tab: Tab, joe: str, relay: Relay
) -> None:
    page = tab.page
    page.get_by_test_id("character").click()
    faults: tuple[tuple[str | int, str], ...] = ((400, "failed"), ("after", "unsettled"))
    for known, (fault, state) in enumerate(faults):
        relay.video_faults.append(fault)
        page.get_by_test_id("prompt").fill(f"{joe} is {state}.")
        page.get_by_test_id("video-model").select_option("openai/sora-2/text-to-video")
        page.get_by_test_id("ask-price").click()
        page.get_by_test_id("make").click()
        page.get_by_role("alertdialog").wait_for()
        page.get_by_test_id("make").click()
        page.get_by_test_id("refusal").wait_for()
        page.get_by_test_id("video").nth(known).wait_for()
        assert_legible(tab, state)
    assert "unfinished" in page.get_by_test_id("video").first.inner_text()
    page.get_by_role("link", name="Settle it under Unfinished").click()
    page.get_by_test_id("unfinished").wait_for()
    assert_legible(tab, "unfinished")
    page.get_by_test_id("reconcile").click()
    page.get_by_test_id("unfinished").get_by_role("alert").wait_for()
    assert_legible(tab, "looked")
    assert relay.videos == 1
