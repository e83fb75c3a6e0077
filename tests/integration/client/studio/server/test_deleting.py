"""A film whose clip was deleted with its character: said as it is, and made again by opening it."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from screentest.client.batch.outcome import Reason
from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from screentest.client.studio.server.studio import Studio
from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.studio_parts import looked, registered
from tests.waiting import until as once

pytest_plugins = ["tests.integration.browser.fixtures", "tests.integration.register_fixtures"]
pytestmark = pytest.mark.usefixtures("scanned")


def test_a_clip_that_went_with_its_character_is_said_to_be_gone_and_made_again(
    studio: Studio, client: httpx.Client, face_clip: Path, tmp_path: Path, open_tab: OpenTab
) -> None:
    path = shutil.copy(face_clip, tmp_path / f"joe {uuid4().hex[:8]}.mp4")
    (film,) = studio.add([str(path)])
    studio.register(looked(studio, film.key))
    row = registered(studio, film.key).row
    assert row is not None
    studio.ended(film.key, Reason("CostTooHigh", "An earlier try was refused."))
    with serving(studio, Listening("127.0.0.1", (0,))) as way_in:
        tab = open_tab(way_in.printed, viewport={"width": 1280, "height": 800})
        page = tab.page
        page.goto(f"{way_in.printed.partition('/?')[0]}/film/{film.key}")
        page.get_by_test_id("after").wait_for()

        client.post(f"/registration/{row.row_id}/delete", data={"agreed": "1"})
        assert row.clip is not None
        assert not Path(row.clip.path).exists()
        assert "its clip is gone" in client.get(f"/footage/card/{film.key}").text
        again = page.get_by_test_id("make-again")
        again.wait_for()
        assert tab.findings(".made") == []
        again.click()
        once(lambda: studio.film(film.key).made)
        page.get_by_test_id("after").wait_for()
        made = looked(studio, film.key).made
        assert made is not None
        assert Path(made.clip.path).exists()
        tab.context.close()
