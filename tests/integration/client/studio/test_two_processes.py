"""Two studios in two processes on one home, as two terminals start them: together they pay once."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.studio.shelf.film import key_of
from tests import waiting
from tests.integration.client.studio.at_home import studio_at
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.waiting import HANG_S

pytest_plugins = ["tests.integration.register_fixtures"]


@contextmanager
def let_in(printed: str) -> Iterator[httpx.Client]:
    """A client with the studio's cookie, that asks as the studio's own page does."""
    at = urlsplit(printed)
    origin = f"{at.scheme}://{at.netloc}"
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    with httpx.Client(base_url=origin, timeout=HANG_S, trust_env=False) as client:
        client.get(printed)
        client.headers.update(headers)
        assert client.get("/").status_code == 200
        yield client


def until(page: httpx.Client, place: str, part: str) -> str:
    """The page once it holds this."""
    return waiting.until(lambda: text if part in (text := page.get(place).text) else "")


def ended(page: httpx.Client, draft: str) -> None:
    """Waits until the draft made its video, or says why not."""
    over = r'data-testid="(result|refusal|make)"'
    waiting.until(lambda: re.search(over, page.get(draft).text))


def press(pages: list[httpx.Client], places: list[str], **data: str) -> None:
    """Presses a button of each page at the same moment."""
    at_once = threading.Barrier(len(pages))

    def pressed(page: httpx.Client, place: str) -> None:
        at_once.wait(HANG_S)
        assert page.post(place, data=data).status_code == 200

    threads = [threading.Thread(target=pressed, args=pair) for pair in zip(pages, places, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_S)


def test_a_film_and_a_video_that_both_press_at_once_are_ordered_once(
    sandbox: Sandbox,
    relay: Relay,
    home: Path,
    scans: Path,
    face_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**sandbox.env, "WAVESPEED_BASE_URL": relay.url}.items():
        monkeypatch.setenv(name, value)
    footage = tmp_path / "footage"
    footage.mkdir()
    name = f"Joe {uuid4().hex[:8]}"
    file = Path(shutil.copy(face_clip, footage / f"{name}.mp4"))
    shutil.copytree(scans, home / "scans")
    with ExitStack() as stack:
        logs = [tmp_path / "one.log", tmp_path / "two.log"]
        printed = [
            stack.enter_context(studio_at(home, footage, "--workers", 1, log=log)) for log in logs
        ]
        pages = [stack.enter_context(let_in(url)) for url in printed]
        film = f"/film/{key_of(str(file))}"
        for page in pages:
            until(page, f"{film}/register", 'data-testid="register" class="main">')
        press(pages, [f"{film}/register"] * 2, name=name, consent="Joe agreed today")
        shown = [until(page, f"{film}/register", 'data-testid="character-id"') for page in pages]
        ids = [re.findall(r'data-testid="character-id">([^<]+)<', text) for text in shown]
        assert ids[0] == ids[1] != []
        assert relay.submitted_names == [name]

        asked = {"prompt": f"{name} waves.", "length_s": "4", "model": "openai/sora-2/text-to-video"}
        places = []
        for page in pages:
            drafted = page.post("/character/1/video", data=asked).text
            places.append("/draft/" + re.findall(r"/draft/(\w+)", drafted)[0])
            until(page, places[-1], 'data-testid="video-price"')
        press(pages, [f"{place}/make" for place in places])
        for page, place in zip(pages, places, strict=True):
            ended(page, place)
    assert relay.videos == 1
    with Registry(home / FILE_NAME) as registry:
        assert [row.state for row in registry.registrations.list_all()] == ["done"]
        assert [row.state for row in registry.videos.list_all()] == ["done"]
