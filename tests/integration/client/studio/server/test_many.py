"""Many films at once: what is ticked is approved, what is approved is registered as it was shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from screentest.client.config import Settings
from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.server.studio import Studio, Terms
from screentest.client.studio.shelf.film import Film
from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.studio_parts import looked, registered, studio_over, tasks
from tests.lossy_relay import Relay
from tests.waiting import until as once

pytest_plugins = ["tests.integration.browser.fixtures", "tests.integration.register_fixtures"]


@pytest.fixture
def studio(settings: Settings, scans: Path, home: Path) -> Iterator[Studio]:
    shutil.copytree(scans, home / "scans")
    with studio_over(settings.home, settings, terms=Terms(asks_above_usd=-1.0)) as made:
        yield made


@pytest.fixture
def film(studio: Studio, face_clip: Path, tmp_path: Path) -> Film:
    path = tmp_path / f"joe {uuid4().hex[:8]}.mp4"
    shutil.copy(face_clip, path)
    (added,) = studio.add([str(path)])
    return looked(studio, added.key)


def test_what_was_ticked_is_decided_and_only_that_is_taken_back(
    studio: Studio, client: httpx.Client, film: Film, tmp_path: Path
) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    (failed,) = studio.add([str(path)])
    looked(studio, failed.key)
    assert client.get("/footage/tickable.json").json() == {film.key: len(film.warnings)}
    both = {"film": [film.key, failed.key]}
    said = client.post("/footage/approve", data=both).json()
    assert said["said"] == "1 film approved."
    assert [studio.film(key).state for key in both["film"]] == ["approved", "failed"]
    assert client.post("/footage/undo", data={"step": said["steps"]}).json() == {
        "said": "Undone for 1 film."
    }
    assert studio.film(film.key).state == "picked"

    skipped = client.post("/footage/skip", data={"film": film.key, "note": "out of focus"}).json()
    assert studio.film(film.key).state == "skipped"
    assert "out of focus" in client.get(f"/footage/card/{film.key}").text
    studio.decide(studio.film(film.key), name="Joe")
    said = client.post("/footage/undo", data={"step": skipped["steps"]}).json()["said"]
    assert said == "Undone for 0 films. 1 film changed since and stays as decided."
    decision = studio.film(film.key).decision
    assert decision is not None
    assert (decision.skip, decision.name) == (True, "Joe")


def test_what_is_approved_is_registered_at_the_price_that_was_shown_and_nothing_is_made_up(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    client.post("/footage/approve", data={"film": film.key})
    shown = client.get("/footage", params={"state": "approved"}).text
    assert "no consent note" in shown
    assert "register-approved" not in shown
    ordered = {"film": film.key, "usd": str(studio.price_usd(film))}
    assert "The list changed" in client.post("/footage/register", data=ordered).text

    studio.decide(studio.film(film.key), consent="Joe agreed today")
    assert "Register 1 approved, USD " in client.get("/footage/ready").text
    cheaper = ordered | {"usd": "-0.01", "agreed": "9"}
    assert "The list changed" in client.post("/footage/register", data=cheaper).text
    assert 'name="agreed"' in client.post("/footage/register", data=ordered).text
    assert tasks(settings) == 0
    pressed = client.post("/footage/register", data=ordered | {"agreed": ordered["usd"]})
    assert "1 film being registered" in pressed.headers["HX-Trigger"]
    client.post("/footage/register", data=ordered | {"agreed": ordered["usd"]})  # from another tab
    done = registered(studio, film.key)
    assert (done.state, done.row and done.row.consent) == ("registered", "Joe agreed today")
    assert tasks(settings) == 1


def test_what_was_changed_before_its_turn_came_is_not_registered(
    studio: Studio, film: Film, settings: Settings
) -> None:
    studio.approve([film.key])
    shown = studio.film(film.key)
    studio.decide(shown, start_s=2.0, length_s=2.0)  # while others are registered
    studio.register(shown, approved_only=True)
    refusal = registered(studio, film.key).refusal
    assert refusal is not None
    assert "changed since it was approved" in refusal.message
    assert tasks(settings) == 0


def test_an_approval_falls_with_the_model_that_it_was_given_for(studio: Studio, film: Film) -> None:
    studio.approve([film.key])
    assert studio.choose_model(studio.film(film.key), film.model).is_approved
    studio.choose_model(studio.film(film.key), "kwaivgi/kling-elements-advanced")
    assert not studio.film(film.key).is_approved
    assert studio.film(film.key).has_lost_approval


def test_many_are_asked_about_by_the_sum_that_the_service_asks(
    studio: Studio, client: httpx.Client, film: Film, relay: Relay, settings: Settings
) -> None:
    studio.terms = Terms(asks_above_usd=0.5)
    studio.decide(film, approved=True, consent="Joe agreed today")
    relay.price = {"price": 0.7, "discounted_price": 0.7, "currency": "USD"}
    ordered = {"film": film.key, "usd": str(studio.price_usd(film))}
    said = client.post("/footage/register", data=ordered).text
    assert "This costs USD 0.70, more than the USD 0.50 you set." in said
    assert 'name="agreed" value="0.7"' in said
    assert tasks(settings) == 0


def test_cards_are_ticked_by_mouse_and_keyboard_and_all_show_at_once_what_was_done(
    studio: Studio, film: Film, open_tab: OpenTab
) -> None:
    shelve_copies(studio, film, 11)
    with serving(studio, Listening("127.0.0.1", (0,))) as way_in:
        tab = open_tab(way_in.once, viewport={"width": 1280, "height": 800})
        page, ticks = tab.page, tab.page.get_by_test_id("tick")
        approve = page.get_by_test_id("approve-ticked")
        assert approve.is_disabled()
        ticks.nth(1).click()
        ticks.nth(8).click(modifiers=["Shift"])
        ticks.nth(3).focus()
        page.keyboard.press("Space")
        warned = f" ({7} with warnings)" if film.warnings else ""
        assert approve.inner_text() == f"Approve 7{warned}"
        assert not tab.findings()
        approve.click()
        states = page.locator(".card .state")
        once(lambda: states.all_inner_texts().count("approved") == 7)
        assert approve.inner_text() == "Approve"
        page.get_by_role("button", name="Undo").click()
        once(lambda: states.all_inner_texts().count("picked") == 12)

        page.get_by_test_id("tick-all").click()
        page.get_by_test_id("skip-ticked").click()
        page.get_by_test_id("skip-why").fill("out of focus")
        page.keyboard.press("Enter")
        once(lambda: page.locator(".card .note").all_inner_texts() == ["out of focus"] * 12)
        tab.context.close()


def shelve_copies(studio: Studio, film: Film, count: int) -> None:
    """More films that were looked at, each of footage of its own."""
    assert film.source is not None
    for number in range(count):
        (one,) = studio.shelf.add([f"/footage/{number}.mp4"], model=film.model)
        source = replace(film.source, fingerprint=f"{number:064x}")
        studio.shelf.change(one.key, source=source, made=film.made, aim=film.aim)
