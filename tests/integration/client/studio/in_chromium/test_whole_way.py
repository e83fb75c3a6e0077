"""The whole way in a browser: from a folder to a recorded id, looked at and pressed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from screentest.client.config import Settings, settings_from
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import key_of
from tests.integration.browser.tab import OpenTab, Tab
from tests.integration.client.studio.studio_parts import looked, studio_over, tasks
from tests.integration.sandbox_parts import QUICK, Sandbox, Service
from tests.integration.sandbox_parts import serving as service_up
from tests.lossy_relay import Relay
from tests.waiting import until as once

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ["tests.integration.browser.fixtures", "tests.integration.register_fixtures"]

SLY = "<img src=x onerror=alert(1)>.mp4"


@pytest.fixture
def footage(face_clip: Path, tmp_path: Path, home: Path, scans: Path) -> Path:
    shutil.copytree(scans, home / "scans")
    folder = tmp_path / "footage"
    folder.mkdir()
    shutil.copy(face_clip, folder / SLY)
    return folder


@pytest.fixture
def studio(settings: Settings, footage: Path) -> Iterator[Studio]:
    with studio_over(settings.home, settings) as made:
        made.add([str(footage)])
        looked(made, key_of(str(footage / SLY)))
        yield made


@contextmanager
def opened(studio: Studio, open_tab: OpenTab) -> Iterator[Tab]:
    """A tab of the studio, closed before its server ends."""
    with serving(studio, Listening("127.0.0.1", (0,))) as way_in:
        tab = open_tab(way_in.once, viewport={"width": 1280, "height": 800})
        yield tab
        tab.context.close()


@pytest.fixture
def tab(studio: Studio, open_tab: OpenTab) -> Iterator[Tab]:
    with opened(studio, open_tab) as tab:
        yield tab


def film_opened(page: Page) -> Page:
    page.get_by_test_id("footage").filter(has_text=SLY).click()
    page.get_by_test_id("register").wait_for()
    return page


def shown_card(page: Page) -> str:
    """What a card says, once it is painted: nothing is said by one that never was on the screen."""
    return str(once(page.get_by_test_id("footage").inner_text))


def named(page: Page) -> str:
    name = f"Joe {uuid4().hex[:8]}"
    page.get_by_test_id("name").fill(name)
    page.get_by_test_id("consent").fill("Joe agreed today")
    return name


def test_a_folder_becomes_a_recorded_id_by_one_press(
    tab: Tab, studio: Studio, settings: Settings
) -> None:
    page = film_opened(tab.page)
    name = named(page)
    assert page.get_by_test_id("price").inner_text().startswith("USD ")
    page.get_by_test_id("register").click()
    told = page.get_by_test_id("character-id").inner_text()
    with Registry(settings.home / FILE_NAME) as registry:
        (row,) = registry.registrations.list_all()
    assert (row.character_id, row.name, row.consent) == (told, name, "Joe agreed today")
    page.get_by_role("link", name="Footage").click()
    told = shown_card(page)
    assert SLY in told
    assert "registered" in told
    assert not tab.findings()


def test_two_tabs_that_press_at_once_pay_once_and_show_the_same_id(
    tab: Tab, open_tab: OpenTab, settings: Settings
) -> None:
    one = film_opened(tab.page)
    name = named(one)
    one.get_by_test_id("name").press("Tab")
    two = open_tab(one.url, beside=tab).page
    once(lambda: two.get_by_test_id("name").input_value() == name)
    one.get_by_test_id("register").click(no_wait_after=True)
    two.get_by_test_id("register").click(no_wait_after=True)
    ids = {page.get_by_test_id("character-id").inner_text() for page in (one, two)}
    assert len(ids) == 1
    assert tasks(settings) == 1


def test_a_reload_in_the_middle_loses_nothing(tab: Tab, settings: Settings, relay: Relay) -> None:
    relay.faults.append("hold")
    page = film_opened(tab.page)
    named(page)
    page.get_by_test_id("register").click()
    once(relay.arrived.is_set)
    page.reload()
    assert page.get_by_test_id("register").is_disabled(), "it is under way"
    relay.released.set()
    page.get_by_test_id("refusal").wait_for()
    assert tasks(settings) == 0, "its reply was lost"
    page.get_by_test_id("reconcile").click()
    assert page.get_by_test_id("character-id").inner_text()
    assert len(relay.submitted_names) == tasks(settings) == 1


def test_a_refusal_is_shown_with_its_way_out(tab: Tab, settings: Settings) -> None:
    page = film_opened(tab.page)
    page.get_by_test_id("name").fill("J" * 90)
    page.get_by_test_id("register").click()
    refusal = page.get_by_test_id("refusal").inner_text()
    assert "The name has 90 characters." in refusal
    assert "1 to 80" in refusal
    assert tasks(settings) == 0


def test_a_refused_likeness_is_shown_with_its_way_out_and_not_billed(
    open_tab: OpenTab, sandbox: Sandbox, footage: Path, home: Path, tmp_path: Path
) -> None:
    blocking = replace(QUICK, reject_human_faces=True, balance_usd=100.0)
    with service_up(tmp_path / "blocking", blocking) as service:
        settings = settings_at(service, sandbox, home)
        for _ in range(2):  # a studio that is started again shows it as well
            with studio_over(home, settings) as studio:
                (film,) = studio.add([str(footage)])
                looked(studio, film.key)
                with opened(studio, open_tab) as tab:
                    if not tasks(settings):
                        register_in_vain(tab.page)
                    assert_refused(tab)
        assert tasks(settings) == 1, "a refused one is not tried again by itself"
        balance = service.http.get("/api/v3/balance").json()["data"]["balance"]
    assert balance == 100.0
    with Registry(home / FILE_NAME) as registry:
        (row,) = registry.registrations.list_all()
    assert (row.state, row.cost_usd, row.character_id) == ("failed", None, None)


def settings_at(service: Service, sandbox: Sandbox, home: Path) -> Settings:
    """Those of another service, with the sandbox's bucket."""
    key = service.http.headers["Authorization"].removeprefix("Bearer ")
    env = {"WAVESPEED_BASE_URL": service.origin, "WAVESPEED_API_KEY": key}
    return settings_from({}, home=home, sandbox_env={**sandbox.env, **env})


def register_in_vain(page: Page) -> None:
    film_opened(page)
    named(page)
    page.get_by_test_id("register").click()
    page.get_by_test_id("refusal").wait_for()
    page.get_by_role("link", name="Footage").click()


def assert_refused(tab: Tab) -> None:
    """The card and the film's page say what the service said, and offer another try."""
    page = tab.page
    card = shown_card(page)
    assert "failed" in card
    assert "human likeness" in card
    film_opened(page)
    said = page.get_by_test_id("refusal").inner_text()
    assert "human likeness" in said
    assert "Use footage of an animal" in said
    assert page.locator("#film-state").inner_text() == "failed"
    assert not page.get_by_test_id("character-id").count()
    assert page.get_by_test_id("register").is_enabled()
    assert not tab.findings()
