"""The studio opened in a real browser, as the command serves it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.at_home import studio_at
from tests.waiting import until as once

pytest_plugins = ["tests.integration.browser.fixtures"]

SLY = "<img src=x onerror=alert(1)>.mp4"


@pytest.fixture(scope="module")
def footage(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a real face, in a file whose name is an attack."""
    folder = tmp_path_factory.mktemp("footage")
    shutil.copy(face_clip, folder / SLY)
    return folder


@pytest.fixture(scope="module")
def url(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with studio_at(tmp_path_factory.mktemp("studio") / "home", footage) as printed:
        yield printed


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 1920, 700])
def test_the_footage_page_opens_clean_and_leaves_nobody_out(
    open_tab: OpenTab, url: str, theme: str, width: int
) -> None:
    tab = open_tab(url, color_scheme=theme, viewport={"width": width, "height": 720})
    assert "token" not in tab.page.url
    tab.page.get_by_test_id("footage").first.wait_for()
    told = once(tab.page.get_by_test_id("footage").first.inner_text)  # once it is painted
    assert SLY in told
    assert tab.findings() == []


@pytest.mark.slow
def test_an_open_page_survives_a_restart_of_the_studio(
    open_tab: OpenTab, footage: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with studio_at(home, footage) as before:
        tab = open_tab(before)
        tab.page.get_by_test_id("footage").first.wait_for()
    tab.expected.append("")  # whatever it says while nobody answers
    with studio_at(home, footage) as after:
        assert after == before
        tab.page.reload()
        tab.page.get_by_test_id("footage").first.wait_for()
        bookmark = open_tab(tab.page.url, beside=tab)
        bookmark.page.get_by_test_id("footage").first.wait_for()
        bookmark.page.close()


def test_the_terminal_says_what_was_not_found_what_is_kept_and_that_it_stops(tmp_path: Path) -> None:
    empty, home, log = tmp_path / "empty", tmp_path / "home", tmp_path / "log"
    empty.mkdir()
    with studio_at(home, empty, log=log):
        pass
    said = log.read_text()
    assert f"There are no films in {empty}." in said
    assert f"What you make is kept in {home}. Ctrl-C ends it." in said
    assert said.rstrip().endswith("Stopping …")
