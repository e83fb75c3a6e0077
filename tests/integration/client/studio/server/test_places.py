"""How long a film waits for its look: its place in line, which changes without a flicker."""

from __future__ import annotations

import shutil
from pathlib import Path

from screentest.client.studio.doors.address import Listening
from screentest.client.studio.server.run import serving
from tests.integration.browser.tab import OpenTab
from tests.integration.client.studio.studio_parts import GatedEngine, studio_over
from tests.waiting import until as once

pytest_plugins = ["tests.integration.browser.fixtures"]


def test_a_card_says_which_place_in_line_its_film_has(
    open_tab: OpenTab, home: Path, face_clip: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "footage"
    folder.mkdir()
    for number in range(5):
        shutil.copy(face_clip, folder / f"take {number}.mp4")
    engine = GatedEngine()
    engine.opens.clear()
    with (
        studio_over(home, None, engine=engine) as studio,
        serving(studio, Listening("127.0.0.1", (0,))) as way_in,
    ):
        films = studio.add([str(folder)])
        once(lambda: len(studio.looker.line()) == 3)
        tab = open_tab(way_in.printed, viewport={"width": 1280, "height": 800})
        places = tab.page.get_by_test_id("place")
        assert places.all_inner_texts() == ["next in line", "2nd in line", "3rd in line"]
        tab.page.evaluate("for (const card of document.querySelectorAll('.card')) card.isKept = true")
        studio.looker.look(films[-1].key, first=True)  # as whoever opens it does
        studio.shelf.tell("whatever changed")
        once(lambda: places.all_inner_texts() == ["2nd in line", "3rd in line", "next in line"])
        kept = (
            "[...document.querySelectorAll('[data-place]')].every(one => one.closest('.card').isKept)"
        )
        assert tab.page.evaluate(kept), "no card was drawn anew for it"
        tab.context.close()
