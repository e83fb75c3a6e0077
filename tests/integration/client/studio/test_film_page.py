"""One film's page over real footage: what it plays, shows, judges and decides."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from screentest import probe
from screentest.client.studio.film.pictures import FilmPictures
from screentest.client.studio.film.proxies import make_proxy
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import Film
from screentest.client.studio.shelf.kept import stills_in
from screentest.client.worker.work import done
from screentest.prep.core.errors import NotFound
from screentest.prep.report.screen import screen_pictures_at
from tests.conftest import Footage
from tests.integration.batch_parts import DirectEngine
from tests.integration.client.studio.studio_parts import (
    GatedEngine,
    as_picked,
    looked,
    page_of,
    studio_over,
)
from tests.waiting import HANG_S
from tests.waiting import until as once

SLY = '<img src=x onerror=alert(1)>"&.mp4'


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, face_clip: Path) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("film")
    shutil.copy(face_clip, folder / SLY)
    with studio_over(folder / "home", None) as made:
        made.add([str(folder / SLY)])
        yield made


@pytest.fixture(scope="module")
def client(studio: Studio) -> Iterator[httpx.Client]:
    with page_of(studio) as client:
        yield client


@pytest.fixture
def film(studio: Studio) -> Film:
    """The film as it was picked, with nothing decided."""
    return as_picked(studio)


def told(client: httpx.Client, film: Film, what: str, **query: object) -> dict[str, Any]:
    reply = client.get(f"/film/{film.key}/{what}", params={k: str(v) for k, v in query.items()})
    assert reply.is_success, reply.text
    return dict(reply.json())


def luma_of(reply: httpx.Response) -> float:
    picture = cv2.imdecode(np.frombuffer(reply.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape[1] <= 320
    return float(picture.mean())


def test_a_page_shows_the_film_whatever_it_is_called(client: httpx.Client, film: Film) -> None:
    page = client.get(f"/film/{film.key}")
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert " onclick=" not in page.text
    assert client.get("/film/0000000000000000").status_code == 404


def test_a_timeline_and_a_window_are_told_as_they_were_picked(client: httpx.Client, film: Film) -> None:
    assert film.segment is not None
    line, state = told(client, film, "timeline.json"), told(client, film, "state.json")
    assert line["window"]["start_s"] == pytest.approx(film.segment.start_s, abs=1e-3)
    assert line["lengths"]["shortest_s"] >= 2.0
    assert state["window"]["looked"] == "closely"
    assert set(film.segment.reasons) <= set(state["window"]["reasons"])
    assert {rule["ok"] for rule in state["rules"]} == {True}
    assert state["decided"] == {}
    assert tuple(state["window"]["warnings"]) == film.warnings, "the card counts what the page shows"


def test_a_window_that_is_moved_is_judged_by_what_is_known_and_refused_where_it_cannot_be(
    client: httpx.Client, film: Film
) -> None:
    first_s, _ = told(client, film, "timeline.json")["looked_at"][0]
    moved = told(client, film, "window.json", start=first_s + 0.04, length=2.5)
    assert moved["looked"] == "samples"
    assert moved["reasons"]
    assert 0 < moved["score"] <= 1
    late = told(client, film, "window.json", start=10_000, length=2.5)
    assert "remain" in late["refusal"]["message"]
    assert client.get(f"/film/{film.key}/window.json?start=nan&length=x").status_code == 400
    beyond = {"start": 0.72, "length": 2.5}
    assert told(client, film, "window.json", **beyond)["looked"] == "glimpses"
    assert told(client, film, "window.json", **beyond, close=1)["looked"] == "closely"
    assert told(client, film, "window.json", **beyond)["looked"] == "closely"


def test_a_decided_window_is_kept_made_and_undone(
    client: httpx.Client, studio: Studio, film: Film
) -> None:
    assert film.made is not None
    said = {"start_s": 0.8, "length_s": 2.2, "note": "no hands"}
    reply = client.post(f"/film/{film.key}/decide", json=said)
    assert reply.json()["decided"] == {"start_s": 0.8, "length_s": 2.2, "note": "no hands"}
    now = looked(studio, film.key)
    assert now.segment is not None
    assert (now.segment.start_s, now.segment.length_s) == pytest.approx((0.8, 2.2))
    state = told(client, film, "state.json")
    assert state["clip"] != film.made.clip.sha256
    assert state["can_undo"]
    assert client.post(f"/film/{film.key}/undo").json()["decided"] == {}
    again = looked(studio, film.key)
    assert again.made is not None
    assert again.made.clip.sha256 == film.made.clip.sha256


@pytest.mark.parametrize(
    "said",
    [{"start_s": 10_000.0}, {"start_s": 1.0, "length_s": 60}, {"start_s": "soon"}, {"fit": "stretch"}],
)
def test_what_cannot_be_made_is_not_decided(
    client: httpx.Client, studio: Studio, film: Film, said: dict[str, object]
) -> None:
    reply = client.post(f"/film/{film.key}/decide", json=said)
    assert reply.status_code == 422
    assert reply.json()["error"]["message"]
    assert studio.film(film.key).decision is None
    assert studio.film(film.key).state == "picked"


def test_a_body_that_is_no_decision_changes_nothing(client: httpx.Client, film: Film) -> None:
    as_json = {"Content-Type": "application/json"}
    for body in (b"[1]", b"{", b'{"note": "' + b"x" * 200_000 + b'"}'):
        reply = client.post(f"/film/{film.key}/decide", content=body, headers=as_json)
        assert reply.status_code == 400
    form = client.post(f"/film/{film.key}/decide", data={"skip": ""})
    assert form.json()["decided"] == {}


def test_footage_that_browsers_play_comes_as_it_is_in_parts(client: httpx.Client, film: Film) -> None:
    content = Path(film.address).read_bytes()
    part = client.get(f"/film/{film.key}/footage", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-type"] == "video/mp4"
    assert told(client, film, "playing.json")["is_ready"]


def test_pictures_are_of_their_moment_and_nobody_else_s(client: httpx.Client, film: Film) -> None:
    assert film.made is not None
    assert luma_of(client.get(f"/film/{film.key}/at/1000.jpg")) > 10
    assert luma_of(client.get(f"/film/{film.key}/still.jpg?v=1")) > 10
    assert client.get(f"/film/{film.key}/at/99999999.jpg").status_code == 404
    for way in ("-1", "..%2f..%2fetc%2fpasswd", "1e3"):
        assert client.get(f"/film/{film.key}/at/{way}.jpg").status_code == 404
    after = client.get(f"/film/{film.key}/after.mp4?v={film.made.clip.sha256}")
    assert after.content == Path(film.made.clip.path).read_bytes()
    assert client.get(f"/film/{film.key}/after.mp4?v={'0' * 64}").status_code == 404
    assert client.get(f"/film/{film.key}/before.mp4").content[4:8] == b"ftyp"


def test_a_film_that_was_looked_at_has_its_still_before_any_page_asks(
    face_clip: Path, scans: Path, home: Path
) -> None:
    shutil.copytree(scans, home / "scans")
    with studio_over(home, None, engine=DirectEngine(done)) as studio, page_of(studio) as client:
        (film,) = studio.add([str(face_clip)])
        looked(studio, film.key)
        (still,) = stills_in(home).iterdir()
        made = still.read_bytes()
        still.write_bytes(b"as it was kept")
        assert client.get(f"/film/{film.key}/still.jpg").content == b"as it was kept"
        still.unlink()  # a home of before, or one that was full
        assert client.get(f"/film/{film.key}/still.jpg").content == made


def test_what_is_changed_after_its_approval_is_to_be_approved_again(
    client: httpx.Client, studio: Studio, film: Film
) -> None:
    studio.approve([film.key])
    studio.decide(film, note="the one by the door")
    assert studio.film(film.key).state == "approved"
    client.post(f"/film/{film.key}/decide", json={"start_s": 0.5, "length_s": 2.0})
    assert looked(studio, film.key).state == "picked"
    assert "Approve again" in client.get(f"/film/{film.key}/register").text
    assert "changed since it was approved" in client.get(f"/footage/card/{film.key}").text
    client.post(f"/film/{film.key}/undo")
    assert looked(studio, film.key).state == "approved", "it is as it was seen"
    client.post(f"/film/{film.key}/approve", data={"approved": ""})
    assert "Approve again" not in client.get(f"/film/{film.key}/register").text


def test_a_click_is_answered_while_a_page_waits_for_a_hundred_pictures(
    client: httpx.Client, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Semaphore(0), threading.Event()

    def slow(*_: object) -> Path:
        begun.release()
        released.wait(HANG_S)
        raise NotFound("No picture decodes there.")

    monkeypatch.setattr(FilmPictures, "at", slow)
    with ThreadPoolExecutor(90) as many:
        asked = [many.submit(client.get, f"/film/{film.key}/at/{n}.jpg") for n in range(90)]
        try:
            assert begun.acquire(timeout=HANG_S)
            assert client.get(f"/film/{film.key}/state.json").status_code == 200
        finally:
            released.set()
        assert {one.result().status_code for one in asked} == {404}


def test_the_people_of_a_film_are_shown_once_they_are_known(client: httpx.Client, film: Film) -> None:
    address = f"/film/{film.key}/people"
    once(lambda: client.get(address).status_code == 200)
    assert 'data-testid="person"' in client.get(address).text
    assert luma_of(client.get(f"/film/{film.key}/person/1.jpg")) > 10
    assert client.get(f"/film/{film.key}/person/9.jpg").status_code == 404
    assert told(client, film, "timeline.json")["faces"][0]["person"] == 1


def test_a_proxy_is_made_for_a_browser_that_cannot_play_it_and_shows_the_same_frames(
    client: httpx.Client, film: Film
) -> None:
    assert film.source is not None
    once(lambda: told(client, film, "playing.json", proxy=1)["is_ready"])
    whole = client.get(f"/film/{film.key}/footage?proxy=1")
    assert whole.content.index(b"moov") < whole.content.index(b"mdat")  # seeks before it is all there


def test_a_proxy_is_upright_and_keeps_the_clock_of_its_footage(
    footage: Footage, tmp_path: Path
) -> None:
    raw = probe(footage("rotated-90"))
    make_proxy(raw, tmp_path / "proxy.mp4", progress=lambda _: None)
    made = probe(tmp_path / "proxy.mp4")
    assert (made.rotation_deg, made.start_s) == (0, 0.0)
    assert made.width_px / made.height_px == pytest.approx(raw.width_px / raw.height_px, rel=0.01)
    assert made.end_s == pytest.approx(raw.end_s, abs=1.5 / float(made.fps))
    gaps = np.diff(made.keyframes_s)
    assert not gaps.size or gaps.max() <= 0.5 + 1e-3


def test_a_proxy_of_joined_recordings_shows_each_in_its_place(footage: Footage, tmp_path: Path) -> None:
    raw = probe(footage("joined-mpg"))
    assert len(raw.recordings) > 1
    make_proxy(raw, tmp_path / "proxy.mp4", progress=lambda _: None)
    made = probe(tmp_path / "proxy.mp4")
    assert made.end_s == pytest.approx(raw.end_s, abs=2 / float(made.fps))
    for t_s in (raw.joints_s[0] - 0.5, raw.joints_s[0] + 1.36, raw.end_s - 0.5):
        (shot,), (shown,) = (screen_pictures_at(one, [t_s]).values() for one in (raw, made))
        assert shown.mean() == pytest.approx(shot.mean(), abs=12)


def test_an_undo_while_another_window_is_made_ends_with_the_one_before(
    face_clip: Path, scans: Path, home: Path
) -> None:
    shutil.copytree(scans, home / "scans")
    engine = GatedEngine()
    with studio_over(home, None, engine=engine) as studio:
        (film,) = studio.add([str(face_clip)])
        picked = looked(studio, film.key)
        engine.opens.clear()
        before = len(engine.begun)
        studio.decide(picked, start_s=0.5, length_s=2.0)
        once(lambda: len(engine.begun) > before)
        assert studio.undo(picked).is_looking
        engine.opens.set()
        after = looked(studio, film.key)
    assert after.segment == picked.segment
    assert after.decision is None
