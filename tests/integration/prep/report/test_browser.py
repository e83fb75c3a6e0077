"""The report as a person sees it: opened in a real browser, in light and dark, wide and narrow."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import HANG_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

from screentest import pick, segment_at
from screentest.prep.core.text import timecode
from screentest.prep.report.batch.row import BatchRow
from screentest.prep.report.batch.sheet import BatchSheet
from screentest.prep.report.batch.strip import film_strip
from screentest.prep.report.picks_page import Row, picks_page
from screentest.prep.report.story import story_of
from tests.made_up import SOURCE, face, scan_of

pytest_plugins = ["tests.integration.browser.fixtures"]

SLY = "<img src=x onerror=alert(1)>.mp4"
# The page, and what ``pick`` said.
Report = tuple[Path, dict[str, Any]]
Open = Callable[..., "Opened"]
PLAYED = """video => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("nothing plays")), 300000);
  video.requestVideoFrameCallback(() => video.requestVideoFrameCallback(() =>
    done({width: video.videoWidth, frames: video.getVideoPlaybackQuality().totalVideoFrames})));
  video.play().catch(fail);
})"""
# Every text that shows, with the contrast of its colour against what lies behind it (WCAG 2).
FAINT = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll("body *")].filter(node => node.tagName !== "title" &&
    [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
  return texts.map(node => {
    const style = getComputedStyle(node);
    const ink = light(numbers(node instanceof SVGElement ? style.fill : style.color));
    const paper = light(behind(node));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    return [node.textContent.trim().slice(0, 40), ratio];
  }).filter(([, ratio]) => ratio < 4.5);
}"""


# The names of the rows that show.
NAMES = """[...document.querySelectorAll("article")].filter(row => row.checkVisibility())
  .map(row => row.querySelector("h2").textContent)"""


@pytest.fixture(scope="module")
def report(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report about real footage whose name is an attack, and what ``pick`` said of it."""
    folder = tmp_path_factory.mktemp("report")
    raw, page = folder / SLY, folder / "report.html"
    shutil.copy(face_clip, raw)
    command = [sys.executable, "-m", "screentest.client.cli", "--home", str(folder / "home")]
    run = subprocess.run(
        [*command, "pick", raw, "--report", page, "--json"],
        capture_output=True,
        check=True,
        timeout=HANG_S,
    )
    return page, json.loads(run.stdout)


class Opened:
    """A page with everything that it asked for and complained of."""

    def __init__(self, browser: Browser, file: Path, **looks: Any) -> None:
        self.context = browser.new_context(**looks)
        self.context.set_default_timeout(HANG_S * 1000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(request.url[:80]))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url[:80]))
        self.page.goto(f"file://{file}", wait_until="load", timeout=HANG_S * 1000)


@pytest.fixture(scope="module")
def sheet_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contact sheet with a good row, a row without a face and a refused one."""
    turned = scan_of(lambda t: face(yaw_deg=-38.0, pitch_deg=-12.0, eyes_open=0.1) if t < 9 else face())
    plain = scan_of(lambda t: None)
    rows = [Row(SLY, error=f"{SLY} is no video.")]
    rows += [Row("a.mp4", s.source, story_of(s, pick(s)), {}) for s in (turned, plain)]
    rows.append(
        Row("b.mp4", SOURCE, story_of(turned, segment_at(SOURCE, start_s=2, looked=turned)), {})
    )
    page = tmp_path_factory.mktemp("sheet") / "sheet.html"
    page.write_text(picks_page(rows, title=SLY), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def batch_page(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of 2 that failed, 1 to look at, and 117 others, two of them in Ann's folder."""
    window = pick(scan_of(lambda t: face()))
    strip = film_strip(face_clip)
    page = tmp_path_factory.mktemp("batch") / "batch.html"
    with BatchSheet(page) as sheet:
        for number in range(1, 119):
            footage = (f"{'Ann' if number in (3, 77) else 'raw'}/{number}.mov",)
            warnings = (SLY,) if number == 50 else ()
            sheet.add(
                BatchRow(number, f"n{number}", "prepared", footage, window, warnings, strip=strip)
            )
        for number in (119, 120):
            sheet.add(BatchRow(number, SLY, "failed", (SLY,), fault=SLY))
        sheet.write(title=SLY, note="Nothing was sent.")
    return page


@pytest.fixture
def opened(chromium: Browser, report: Report) -> Iterator[Open]:
    """Opens the report, or another page, with a browser's looks; closed when the test ends."""
    contexts: list[BrowserContext] = []

    def open_it(page: Path = report[0], **looks: Any) -> Opened:
        found = Opened(chromium, page, **looks)
        contexts.append(found.context)
        return found

    yield open_it
    for context in contexts:
        context.close()


def test_nothing_is_asked_of_the_network_and_the_console_stays_clean(opened: Open) -> None:
    seen = opened()
    assert seen.complaints == []
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.asked if url.startswith("file:")]) == 1


def test_a_name_that_is_markup_is_shown_as_text(opened: Open) -> None:
    seen = opened()
    assert seen.page.inner_text("h1") == SLY
    assert seen.page.title().startswith(SLY)
    assert seen.page.locator("img[src=x]").count() == 0


def test_the_verdict_is_what_pick_said(opened: Open, report: Report) -> None:
    verdict = opened().page.inner_text(".verdict")
    assert f"{report[1]['score']:.2f}" in verdict
    assert timecode(report[1]["start_s"]) in verdict


def test_every_part_is_there(opened: Open, report: Report) -> None:
    page = opened().page
    picked = report[1]
    assert page.locator(".filmstrip figure").count() == 8
    assert page.locator(".boxes .own").count() == 8
    assert page.locator(".reasons li").all_inner_texts() == picked["reasons"]
    assert page.locator("tbody tr").count() == len(picked["alternatives"])
    assert page.locator("svg.timeline rect.chosen").count() >= 1
    assert page.locator(".people li").count() == 1
    assert "scaled up" in page.inner_text(".warnings")


def test_every_picture_is_decoded(opened: Open) -> None:
    widths = opened().page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert len(widths) == 9
    assert min(widths) > 100


@pytest.mark.parametrize(("name", "width_px"), [("before", 400), ("after", 1280)])
def test_both_videos_play(opened: Open, name: str, width_px: int) -> None:
    played = opened().page.locator(f"video#{name}").evaluate(PLAYED)
    assert played["width"] == width_px
    assert played["frames"] >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(opened: Open, scheme: str) -> None:
    assert opened(color_scheme=scheme).page.evaluate(FAINT) == []


def test_light_and_dark_are_two_looks(opened: Open) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    looks = {opened(color_scheme=scheme).page.evaluate(paper) for scheme in ("light", "dark")}
    assert len(looks) == 2


@pytest.mark.parametrize("width_px", [360, 768, 1600])
def test_nothing_sticks_out_on_any_screen(opened: Open, width_px: int) -> None:
    page = opened(viewport={"width": width_px, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [360, 1280])
def test_a_contact_sheet_fits_every_screen_and_can_be_read(
    opened: Open, sheet_page: Path, scheme: str, width_px: int
) -> None:
    looks = {"color_scheme": scheme, "viewport": {"width": width_px, "height": 800}}
    seen = opened(sheet_page, **looks)
    assert seen.page.locator("article").count() == 4
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width_px
    assert seen.page.evaluate(FAINT) == []
    assert seen.complaints == []


def test_the_page_is_light_enough_to_be_mailed(report: Report) -> None:
    assert report[0].stat().st_size < 6_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [360, 1280])
def test_a_batch_fits_every_screen_can_be_read_and_shows_names_as_text(
    opened: Open, batch_page: Path, scheme: str, width_px: int
) -> None:
    looks = {"color_scheme": scheme, "viewport": {"width": width_px, "height": 800}}
    seen = opened(batch_page, **looks)
    assert seen.page.evaluate(NAMES)[:4] == [SLY, SLY, "n50", "n1"]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width_px
    assert seen.page.evaluate(FAINT) == []
    assert seen.complaints == []
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []


def test_a_batch_is_paged_filtered_and_searched_by_keys_alone(opened: Open, batch_page: Path) -> None:
    seen = opened(batch_page)
    page = seen.page

    def names() -> list[str]:
        return list(page.evaluate(NAMES))

    said = page.locator(".pager.head output")
    assert (len(names()), said.inner_text()) == (50, "1–50 of 120")
    page.focus(".pager.head button:last-child")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert (len(names()), said.inner_text()) == (20, "101–120 of 120")
    assert page.locator(".pager.head button:last-child").is_disabled()

    page.focus("[data-only=look]")
    page.keyboard.press("Space")
    assert names() == ["n50"]
    assert page.locator("[aria-pressed=true]").all_inner_texts() == ["Worth a look 1"]
    page.focus("[data-only=all]")
    page.keyboard.press("Space")
    page.focus("input")
    page.keyboard.type("ann/")
    assert names() == ["n3", "n77"]
    page.keyboard.type("x")
    assert names() == []
    assert page.locator("#nothing").is_visible()
    assert seen.complaints == []


def test_without_script_every_row_of_a_batch_can_be_read(opened: Open, batch_page: Path) -> None:
    page = opened(batch_page, java_script_enabled=False).page
    assert page.locator("article:visible").count() == 120
    assert page.locator(".bar:visible, .pager:visible").count() == 0
