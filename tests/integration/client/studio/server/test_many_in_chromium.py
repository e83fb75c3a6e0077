"""The footage page with very many films in a browser: it shows pictures before it has seen them all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.bench_studio import crowd
from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.server.studio import Studio
from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.studio_parts import looked, studio_over
from tests.waiting import until as once

pytest_plugins = ["tests.integration.browser.fixtures"]

FILMS = 500


@pytest.fixture
def studio(home: Path, scans: Path, face_clip: Path) -> Iterator[Studio]:
    shutil.copytree(scans, home / "scans")
    with studio_over(home, None) as studio:
        (film,) = studio.add([str(face_clip)])
        crowd(studio, looked(studio, film.key), FILMS)
        yield studio


def test_hundreds_of_films_cost_the_first_page_no_more_than_it_shows(
    open_tab: OpenTab, studio: Studio
) -> None:
    with serving(studio, Listening("127.0.0.1", (0,))) as way_in:
        tab = open_tab(way_in.printed, viewport={"width": 1280, "height": 800})
        page = tab.page
        cards = page.get_by_test_id("footage")
        shown = ".still img"
        is_there = "image => image.complete && image.naturalWidth > 0"
        once(lambda: page.locator(shown).first.evaluate(is_there))
        assert f"All {FILMS}" in " ".join(page.locator("#states").inner_text().split())
        assert cards.count() == 60
        stills = [url for url in tab.asked if "still.jpg" in url]
        assert 0 < len(stills) <= 60
        sizes = page.evaluate(
            "performance.getEntries().filter(one => one.transferSize).map(one => one.transferSize)"
        )
        assert sum(sizes) < 2_000_000

        page.mouse.wheel(0, 100_000)
        once(lambda: cards.count() == 120)
        once(lambda: page.locator(shown).nth(59).evaluate(is_there))
        tab.context.close()
