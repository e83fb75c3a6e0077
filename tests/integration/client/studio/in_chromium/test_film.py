"""One film's page as an editor uses it: the window dragged, typed and moved by keys in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import Film
from tests.integration.batch_parts import DirectEngine
from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.studio_parts import as_picked, looked
from tests.waiting import until as once

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytest_plugins = ["tests.integration.browser.fixtures"]

SIZE = {"width": 1280, "height": 800}
SEEN = (
    "isSeen => {"
    " Object.defineProperty(document, 'hidden', {value: !isSeen, configurable: true});"
    " document.dispatchEvent(new Event('visibilitychange')); }"
)
"""Tells a page whether somebody sees it."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, face_clip: Path) -> Studio:
    folder = tmp_path_factory.mktemp("film")
    shutil.copy(face_clip, folder / "take 1.mp4")
    made = Studio(folder / "home", settings=None, opened=lambda: nullcontext(DirectEngine()))
    made.add([str(folder / "take 1.mp4")])
    return made


@pytest.fixture(scope="module")
def door(studio: Studio) -> Iterator[str]:
    """The address that lets a browser in."""
    with studio, serving(studio, Listening("127.0.0.1", (0,))) as way_in:
        yield way_in.printed


@pytest.fixture
def film(studio: Studio, door: str) -> Film:
    return as_picked(studio)


@pytest.fixture
def page(open_tab: OpenTab, door: str, film: Film) -> Page:
    """The film's page, once all of it is there."""
    tab = open_tab(door, viewport=SIZE)
    tab.page.goto(f"{door.partition('/?')[0]}/film/{film.key}", wait_until="load")
    tab.page.locator("#timeline svg.detail .other.pick").wait_for()
    tab.page.get_by_test_id("person").first.wait_for()
    once(lambda: value(tab.page, "window-length"))
    return tab.page


def value(page: Page, field: str) -> float:
    text = page.get_by_test_id(field).input_value()
    return float(text) if text else 0.0


def reasons(page: Page) -> list[str]:
    return page.get_by_test_id("reason").all_inner_texts()


def drag(page: Page, part: str, by_px: float, *, drops: bool = True) -> None:
    box = page.locator(f"[data-part={part}] rect").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 100
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by_px, y, steps=6)
    if drops:
        page.mouse.up()


def decided(studio: Studio, film: Film) -> tuple[float | None, float | None]:
    decision = studio.film(film.key).decision
    return (decision.start_s, decision.length_s) if decision else (None, None)


def test_reasons_follow_a_window_while_it_is_dragged_and_what_is_dropped_is_kept(
    page: Page, studio: Studio, film: Film
) -> None:
    assert film.segment is not None
    assert value(page, "window-start") == pytest.approx(film.segment.start_s, abs=1e-3)
    assert page.get_by_test_id("window-start").input_value().split(".")[1].isdecimal()
    picked = reasons(page)
    assert set(film.segment.reasons) <= set(picked)
    drag(page, "window", -60, drops=False)
    once(lambda: "You chose this window." in reasons(page))
    assert decided(studio, film) == (None, None)  # nothing is kept before it is let go
    page.mouse.up()
    once(lambda: decided(studio, film) != (None, None))
    start_s, length_s = decided(studio, film)
    assert start_s == pytest.approx(value(page, "window-start"), abs=1e-3)
    assert length_s == pytest.approx(film.segment.length_s, abs=1e-3)
    made = looked(studio, film.key)
    assert made.made is not None
    after = page.get_by_test_id("after")
    once(lambda: made.made and made.made.clip.sha256 in (after.get_attribute("src") or ""))
    assert start_s == pytest.approx(value(page, "window-start"), abs=1e-3)  # it did not jump back
    held: list[Route] = []
    page.route("**/decide", lambda route: held.append(route), times=1)
    page.locator("#use-pick").click()
    once(lambda: held)
    # The page does not wait for the studio: keys move this window, not the one before.
    assert value(page, "window-start") == pytest.approx(film.segment.start_s, abs=1e-3)
    held[0].continue_()
    once(lambda: reasons(page) == picked)


def test_edges_keep_to_the_model_and_escape_gives_up_a_drag(
    page: Page, studio: Studio, film: Film
) -> None:
    out_s = value(page, "window-start") + value(page, "window-length")
    drag(page, "in", 900)
    once(lambda: value(page, "window-length") == pytest.approx(2.0, abs=0.05))
    assert value(page, "window-start") + value(page, "window-length") == pytest.approx(out_s, abs=2e-3)
    once(lambda: decided(studio, film)[1])
    before = value(page, "window-start")
    drag(page, "window", -80, drops=False)
    assert value(page, "window-start") != before
    page.keyboard.press("Escape")
    page.mouse.up()
    assert value(page, "window-start") == before
    page.keyboard.press("Control+z")
    once(lambda: decided(studio, film) == (None, None))


def test_seconds_that_are_typed_move_the_window_and_nonsense_does_not(
    page: Page, studio: Studio, film: Film
) -> None:
    field = page.get_by_test_id("window-start")
    picked = value(page, "window-start")
    field.fill("soon")
    field.press("Enter")
    once(lambda: value(page, "window-start") == picked)
    said = page.locator("#window-said")
    assert said.inner_text() == "Write seconds, like 12.480."
    length = page.get_by_test_id("window-length")
    assert "window-said" in (length.get_attribute("aria-describedby") or "")
    length_s = value(page, "window-length")
    for text, wrong in (("12", "12 s is too long: 2 to"), ("abc", "Write seconds: 2 to")):
        length.fill(text)
        length.press("Enter")
        once(lambda wrong=wrong: said.inner_text().startswith(wrong))  # type: ignore[misc]
        assert length.get_attribute("aria-invalid") == "true"
    assert value(page, "window-length") >= length_s
    field.fill("1.25")
    field.press("Enter")
    once(lambda: decided(studio, film)[0] == pytest.approx(1.25))
    once(lambda: "You chose this window." in reasons(page) or "The start was given." in reasons(page))
    clock = page.locator("#clock").inner_text()
    field.fill("9999")
    once(lambda: page.locator("#refusal").is_visible())
    assert "remain" in page.locator("#refusal").inner_text()
    field.press("Enter")
    once(lambda: value(page, "window-start") == 1.25)
    assert said.inner_text().startswith("Too little is left after 2:46:39.00")
    assert page.locator("#clock").inner_text() == clock
    assert decided(studio, film)[0] == pytest.approx(1.25)  # what cannot be made was not decided


def test_what_was_chosen_is_followed_and_not_described_by_the_clip_before(
    page: Page, studio: Studio, film: Film
) -> None:
    studio.shelf.change(film.key, is_looking=True)
    page.locator("#judge.before").wait_for()
    assert page.locator("#judged-how").inner_text().startswith("of the clip before")
    studio.shelf.change(film.key, is_looking=False)
    page.locator("#judge:not(.before)").wait_for()
    clock = page.locator("#clock")
    page.locator("h1").click()
    page.keyboard.press("End")
    once(lambda: clock.inner_text() > "0:03.00")
    studio.decide(film, start_s=0.8, length_s=2.0)
    once(lambda: value(page, "window-start") == 0.8)
    once(lambda: clock.inner_text() == "0:00.80")  # what is judged is what is seen


def test_the_keyboard_alone_marks_moves_and_explains(page: Page, studio: Studio, film: Film) -> None:
    page.locator("#player").evaluate(
        "video => new Promise(done => { const look = () => "
        "video.readyState > 1 && !video.seeking ? done() : setTimeout(look, 20); look(); })"
    )
    step_s = 1 / float(film.source.fps) if film.source else 0.0
    clock = page.locator("#clock")
    page.locator("h1").click()
    page.keyboard.press("Home")
    once(lambda: clock.inner_text() == "0:00.00")
    page.keyboard.press("Shift+ArrowRight")
    once(lambda: clock.inner_text() == "0:01.00")
    page.keyboard.press("ArrowLeft")
    once(lambda: clock.inner_text() == f"0:00.{int((1 - step_s) * 100 + 1e-3):02d}")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    edge = page.locator("[data-part=window]")
    before = float(edge.get_attribute("aria-valuenow") or "nan")
    edge.focus()
    page.keyboard.press("Shift+ArrowLeft")
    now = float(edge.get_attribute("aria-valuenow") or "nan")
    assert now == pytest.approx(before - 1.0, abs=step_s)
    assert edge.get_attribute("aria-valuetext")
    once(lambda: decided(studio, film)[0] == pytest.approx(now, abs=1e-3))


def test_a_press_on_another_button_waits_for_what_was_decided_just_before(
    page: Page, studio: Studio, film: Film
) -> None:
    """Otherwise a window that was typed would not be the one that is approved or registered."""
    page.get_by_test_id("window-start").fill("0.8")
    page.get_by_test_id("approve").click()
    once(lambda: studio.film(film.key).is_approved)
    assert decided(studio, film)[0] == pytest.approx(0.8)


def test_a_tab_that_nobody_sees_gives_its_connections_back_and_catches_up(
    page: Page, studio: Studio, film: Film
) -> None:
    """A browser has six to a server: with six films open, none would be answered any more."""
    page.evaluate(SEEN, False)
    once(lambda: not page.locator("#player").get_attribute("src"))
    studio.decide(film, start_s=0.8, length_s=2.2)
    looked(studio, film.key)
    assert value(page, "window-start") != 0.8
    page.evaluate(SEEN, True)
    once(lambda: value(page, "window-start") == 0.8)
    once(lambda: page.locator("#player").get_attribute("src"))


def test_seven_windows_side_by_side_are_answered_and_hear_of_each_other(
    open_tab: OpenTab, door: str, film: Film
) -> None:
    """A browser has six connections to a server: streams must not hold them all."""
    first = open_tab(door, viewport=SIZE)
    address = f"{door.partition('/?')[0]}/film/{film.key}"
    first.page.goto(address)
    tabs = [first, *(open_tab(address, beside=first) for _ in range(6))]
    for tab in tabs:
        tab.page.locator("#timeline svg.detail .other.pick").wait_for()
    for is_approved, left in (("true", tabs), ("false", tabs[1:])):
        left[-1].page.get_by_test_id("approve").click()
        for tab in left:
            tab.page.locator(f"[data-testid=approve][aria-pressed={is_approved}]").wait_for()
        first.page.close()
    # The footage page and the film's of the first tab, then whichever heard for all of the others.
    assert sum("/events?" in url for tab in tabs for url in tab.asked) <= 3


def test_a_tab_that_was_opened_behind_another_takes_no_connection_until_it_is_seen(
    open_tab: OpenTab, door: str, studio: Studio, film: Film
) -> None:
    hidden = "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
    tab = open_tab(door, viewport=SIZE)
    tab.page.goto("about:blank")
    before = sum("/events?" in url for url in tab.asked)
    tab.context.add_init_script(hidden)
    tab.page.goto(f"{door.partition('/?')[0]}/film/{film.key}")
    tab.page.get_by_test_id("person").first.wait_for()
    assert not tab.page.locator("#player").get_attribute("src")
    assert sum("/events?" in url for url in tab.asked) == before, "those of the page before it"
    studio.decide(film, approved=True)
    tab.page.evaluate(SEEN, True)
    once(lambda: tab.page.locator("#player").get_attribute("src"))
    once(lambda: tab.page.get_by_test_id("approve").get_attribute("aria-pressed") == "true")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_page_is_legible_to_all(open_tab: OpenTab, door: str, film: Film, scheme: str) -> None:
    tab = open_tab(door, viewport=SIZE, color_scheme=scheme)
    tab.page.goto(f"{door.partition('/?')[0]}/film/{film.key}", wait_until="load")
    tab.page.get_by_test_id("person").first.wait_for()
    tab.page.locator("#timeline svg.detail .other.pick").wait_for()
    assert tab.findings() == []
    tab.page.keyboard.press("?")
    assert tab.findings("dialog") == []


@pytest.mark.parametrize("is_told_at_once", [True, False])
def test_a_press_is_not_sent_whose_window_was_refused(
    open_tab: OpenTab, door: str, studio: Studio, film: Film, is_told_at_once: bool
) -> None:
    """Otherwise another window would be approved, or paid for, than the one that was typed."""
    tab = open_tab(door, viewport=SIZE)
    page = tab.page
    page.goto(f"{door.partition('/?')[0]}/film/{film.key}", wait_until="load")
    page.locator("#timeline svg.detail .other.pick").wait_for()
    once(lambda: value(page, "window-length"))
    if is_told_at_once:
        page.get_by_test_id("window-start").fill("9999")
        once(lambda: page.locator("#refusal").is_visible())
    else:
        tab.expected.append("status of 422")
        told = {"error": {"message": "The disk is full.", "hint": ""}}
        page.route("**/decide", lambda route: route.fulfill(status=422, json=told))
        page.get_by_test_id("window-start").fill("0.8")
    page.get_by_test_id("approve").click()
    page.locator("#window-said.bad" if is_told_at_once else ".toast.bad").wait_for()
    page.get_by_test_id("person").first.wait_for()
    assert not [url for url in tab.asked if url.endswith("/approve")]
    assert not studio.film(film.key).is_approved
    page.get_by_test_id("approve").click()
    once(lambda: studio.film(film.key).is_approved)
    assert decided(studio, film) == (None, None)


def test_a_skip_asks_why_as_it_does_of_many_and_is_taken_back(
    open_tab: OpenTab, door: str, studio: Studio, film: Film
) -> None:
    tab = open_tab(door, viewport=SIZE)
    page, skip = tab.page, tab.page.get_by_test_id("skip")
    page.goto(f"{door.partition('/?')[0]}/film/{film.key}", wait_until="load")
    once(lambda: value(page, "window-length"))
    skip.click()
    page.get_by_test_id("skip-why").fill("out of focus")
    assert tab.findings(".choices") == []
    page.keyboard.press("Enter")
    once(lambda: skip.get_attribute("aria-pressed") == "true")
    decision = studio.film(film.key).decision
    assert decision is not None
    assert (decision.skip, decision.note) == (True, "out of focus")
    assert page.get_by_test_id("note").input_value() == "out of focus"
    skip.click()
    once(lambda: skip.get_attribute("aria-pressed") == "false")
    skip.click()
    page.keyboard.press("Escape")
    assert page.get_by_test_id("skip-why").is_hidden()
    assert not studio.film(film.key).is_skipped


def test_a_score_is_said_in_the_word_that_its_card_has(page: Page, door: str, film: Film) -> None:
    word = page.get_by_test_id("verdict")
    once(lambda: word.inner_text())
    said = word.inner_text()
    page.goto(door.partition("/?")[0])
    assert page.locator(".score small").first.inner_text() == said
