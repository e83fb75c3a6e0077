"""The characters' pages over a real registry and real services: settled, made, paid for once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from screentest import probe
from screentest.client.characters.register import Order
from screentest.client.config import Settings
from screentest.client.errors import ReplyLost
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.videos import Video
from screentest.client.studio.server.studio import Studio, Terms
from screentest.client.tasks.session import opened
from tests import waiting
from tests.integration.client.studio.studio_parts import page_of, studio_over
from tests.integration.inline_parts import made_of, ordered
from tests.integration.register_parts import recorded, run
from tests.lossy_relay import Relay

pytest_plugins = ["tests.integration.register_fixtures"]


@contextmanager
def page_over(settings: Settings, terms: Terms | None = None) -> Iterator[tuple[httpx.Client, Studio]]:
    """A studio that has no footage, and its pages."""
    with studio_over(settings.home, settings, terms=terms) as studio, page_of(studio) as client:
        yield client, studio


@pytest.fixture
def page(settings: Settings) -> Iterator[httpx.Client]:
    with page_over(settings) as (client, _):
        yield client


@pytest.fixture
def joe(order: Order, settings: Settings) -> str:
    """The name of somebody who is registered, in the home's only row."""
    run(order, settings)
    return order.name


def videos(settings: Settings) -> tuple[Video, ...]:
    with Registry(settings.home / FILE_NAME) as registry:
        return registry.videos.list_all()


def until(page: httpx.Client, place: str, words: str) -> str:
    """The part once it holds the words."""

    def found() -> str | None:
        text = page.get(place).text
        return text if words in text else None

    return waiting.until(found) or ""


def asked(page: httpx.Client, prompt: str, **said: str) -> str:
    """Where a draft is whose price was asked."""
    form = {"prompt": prompt, "length_s": "4", "model": "openai/sora-2/text-to-video", **said}
    reply = page.post("/character/1/video", data=form)
    (key,) = re.findall(r"/draft/(\w+)", reply.text)[:1]
    return f"/draft/{key}"


def offered(page: httpx.Client, prompt: str, **said: str) -> str:
    place = asked(page, prompt, **said)
    until(page, place, 'data-testid="video-price"')
    return place


def test_presses_on_one_offer_and_on_two_tabs_make_one_video(
    joe: str, page: httpx.Client, settings: Settings, relay: Relay
) -> None:
    prompt = f"{joe} waves at the sea"
    first, second, early = (offered(page, prompt) for _ in range(3))
    presses = [
        threading.Thread(target=page.post, args=(f"{place}/make",))
        for place in (first, first, second, first)
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join()

    def over() -> list[str] | None:
        found = [page.get(place).text for place in (first, second)]
        busy = any("progress" in text for text in found)
        return None if busy or not any("result" in text for text in found) else found

    shown = waiting.until(over)
    assert shown, page.get(first).text
    assert relay.videos == 1
    assert [row.state for row in videos(settings)] == ["done"]
    (row,) = videos(settings)
    assert page.get(f"/video/{row.row_id}/file.mp4").content == Path(row.out_path or "").read_bytes()
    assert Path(row.out_path or "").parent == settings.home / "videos"
    assert row.likeness, "it was compared"

    assert f"{joe}: " in page.get("/character/1").text

    # A press that comes after the video is done, on a page that was never reloaded.
    page.post(f"{early}/make")
    text = until(page, early, "was used already")
    assert "1 take of this very order already" in text
    assert relay.videos == 1
    page.post(f"{early}/make")
    waiting.until(lambda: relay.videos == 2)
    page.post(f"{early}/make")
    assert relay.videos == 2
    waiting.until(lambda: not any(one.state != "done" for one in videos(settings)))
    page.post("/registration/1/delete", data={"agreed": "1"})
    assert f"{joe} (deleted)" in page.get("/videos").text
    assert page.get(f"/video/{row.row_id}/file.mp4").status_code == 200


def test_a_video_that_is_being_made_is_shown_after_a_reload(
    joe: str, page: httpx.Client, relay: Relay
) -> None:
    relay.video_faults = ["hold"]
    place = offered(page, f"{joe} waves")
    page.post(f"{place}/make")
    waiting.until(relay.arrived.is_set)
    shown = page.get("/character/1").text
    assert 'data-testid="making"' in shown
    assert "No video shows this character yet." not in shown
    relay.released.set()
    until(page, f"{place}/line", "was not made")


def test_a_prompt_without_the_name_is_put_right_by_a_press(
    joe: str, page: httpx.Client, relay: Relay
) -> None:
    assert joe in page.get("/character/1/video/words", params={"prompt": "Somebody sings"}).text
    place = asked(page, "Somebody sings")
    text = until(page, place, 'data-testid="refusal"')
    assert f"Use: {joe}: Somebody sings" in text
    (again,) = re.findall(r'id="draft-(\w+)"', page.post(f"{place}/again").text)
    until(page, f"/draft/{again}", 'data-testid="video-price"')
    assert relay.videos == 0


def test_above_the_limit_it_is_asked_twice_and_above_the_most_refused(
    joe: str, settings: Settings, relay: Relay
) -> None:
    with page_over(settings, Terms(asks_above_usd=0.01)) as (page, _):
        place = offered(page, f"{joe} dances")
        assert "more than the USD 0.01 you set" in page.post(f"{place}/make").text
        assert 'data-testid="video-price"' in page.get(place).text
        assert relay.videos == 0
        page.post(f"{place}/make", data={"agreed": "1"})
        waiting.until(lambda: relay.videos == 1)
    with page_over(settings, Terms(max_cost_usd=0.01)) as (page, _):
        place = asked(page, f"{joe} dances on")
        text = until(page, place, 'data-testid="refusal"')
        assert "Make it" not in text
        page.post(f"{place}/make", data={"agreed": "1"})
    assert relay.videos == 1


@pytest.fixture
def lost(order: Order, settings: Settings, relay: Relay) -> int:
    """The row of a registration that was accepted, and whose reply was lost."""
    relay.faults = ["after"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    assert recorded(settings).state == "unknown"
    return recorded(settings).row_id


def test_a_lost_reply_is_settled_by_a_press_beside_its_film(
    lost: int, order: Order, settings: Settings, relay: Relay
) -> None:
    with page_over(settings) as (page, studio):
        (film,) = studio.shelf.add([order.footage], model=order.model)
        source = probe(order.footage)
        film = studio.known(studio.shelf.change(film.key, source=source))
        studio.shelf.change(film.key, row=film.row)
        assert 'data-testid="forget"' in page.get(f"/film/{film.key}/register").text
        assert "may have been accepted" in page.get("/characters").text
        column = page.post(
            f"/registration/{lost}/reconcile", params={"film": film.key}, data={"name": "x"}
        )
        assert column.text.startswith("<aside")
        text = until(page, f"/film/{film.key}/register", 'data-testid="character-id"')
        assert 'data-testid="forget"' not in text
        other = page.post(f"/registration/{lost + 1}/reconcile", params={"film": film.key})
        assert other.status_code == 404
        assert f"{order.name!r} is done." in page.get("/open").text.replace("&#39;", "'")
    assert recorded(settings).character_id
    assert len(relay.submitted_names) == 1


def test_deciding_needs_what_the_command_needs(
    lost: int, page: httpx.Client, settings: Settings, relay: Relay
) -> None:
    for task, words in (("", "Which task is it?"), ("no-such-task", 'role="alert"')):
        page.post(f"/registration/{lost}/adopt", data={"task_id": task})
        until(page, "/open", words)
        until(page, "/open", 'role="alert"')
        assert recorded(settings).state == "unknown"
    page.post(f"/registration/{lost}/forget")
    until(page, "/open", "It can be ordered again.")
    assert recorded(settings).state == "uploaded"

    page.post(f"/registration/{lost}/forget")
    until(page, "/open", "no submit of it is lost")
    assert page.post(f"/registration/{lost}/pay").status_code == 404
    assert len(relay.submitted_names) == 1, "nothing was submitted by any of it"


def test_a_lost_video_is_found_fetched_and_compared(
    joe: str, page: httpx.Client, settings: Settings, relay: Relay
) -> None:
    relay.video_faults = ["after"]
    with opened(settings) as session, pytest.raises(ReplyLost):
        made_of(ordered(f"{joe} is lost", joe, out=settings.home / "mine.mp4"), session)
    (row,) = videos(settings)
    assert row.state == "unknown"
    page.post(f"/video/{row.row_id}/reconcile")
    text = until(page, "/open", "lists what may be its task")
    (task,) = re.findall(r"be its task: (\w+)", text)
    page.post(f"/video/{row.row_id}/adopt", data={"task_id": f" {task} "})
    until(page, "/open", "is done.")
    (row,) = videos(settings)
    assert row.state == "done"
    assert row.likeness
    assert page.get(f"/video/{row.row_id}/file.mp4").status_code == 200
    assert relay.videos == 1


def test_a_registration_is_deleted_after_a_question_and_still_counts(
    joe: str, page: httpx.Client, settings: Settings
) -> None:
    row = recorded(settings)
    clip = Path(row.clip.path if row.clip else "")
    assert page.get("/registration/1/clip.mp4").content == clip.read_bytes()
    assert page.get("/character/1/poster.jpg").headers["content-type"] == "image/jpeg"
    question = page.get("/registration/1/delete").text
    assert f"Delete {joe}" in question
    assert "no way to delete" in question
    page.post("/registration/1/delete")
    assert clip.exists(), "it was only asked"
    gone = page.post("/registration/1/delete", data={"agreed": "1"})
    assert (gone.status_code, gone.headers["HX-Redirect"]) == (204, "/characters?gone=1")
    said = page.get("/characters", params={"gone": "1"}).text
    assert f"{joe} at " in said
    assert "is deleted here" in said
    assert not clip.exists()
    assert page.get("/character/1").status_code == 404
    exported = json.loads(page.get("/characters/export.json").text)
    (entry,) = exported["characters"]
    assert (entry["deleted_at"] is not None, entry["character_id"]) == (True, row.character_id)
    assert "1 in the sandbox, not billed" in page.get("/characters").text


def test_what_may_have_been_paid_is_not_deleted(
    lost: int, page: httpx.Client, settings: Settings
) -> None:
    reply = page.post(f"/registration/{lost}/delete", data={"agreed": "1"})
    assert reply.status_code == 400
    assert "its task would be forgotten" in reply.text
    assert recorded(settings).deleted_at is None
