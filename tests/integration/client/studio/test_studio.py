"""A studio over a real registry, real services and real footage: what is decided is made and kept, and
nothing is paid for twice.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from screentest.client.batch.driver.drive import BatchPlan
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.items import items
from screentest.client.characters.footage import LIKENESS_REMINDER
from screentest.client.characters.order import Order, wish_of
from screentest.client.config import Settings
from screentest.client.errors import NoCredentials, Rejected, ReplyLost
from screentest.client.studio.server.studio import Studio, Terms
from screentest.client.studio.shelf.film import Film
from screentest.prep.clipping.warnings import FACE_BESIDE
from screentest.prep.core.wishes import Wishes
from tests.integration.batch_parts import DirectEngine, driven
from tests.integration.client.studio.studio_parts import (
    looked,
    page_of,
    registered,
    studio_over,
    tasks,
    until,
)
from tests.integration.register_parts import run
from tests.lossy_relay import Relay
from tests.registry_parts import brought

pytest_plugins = ["tests.integration.register_fixtures"]
pytestmark = pytest.mark.usefixtures("scanned")


@pytest.fixture
def footage(face_clip: Path, tmp_path: Path) -> Path:
    """A copy of the clip of a face, whose name no other test has."""
    folder = tmp_path / "footage"
    folder.mkdir()
    return Path(shutil.copy(face_clip, folder / f"joe {uuid4().hex[:8]}.mp4"))


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    with studio_over(settings.home, settings) as made:
        yield made


@pytest.fixture
def film(studio: Studio, footage: Path) -> Film:
    (added,) = studio.add([str(footage)])
    return looked(studio, added.key)


def test_a_film_is_picked_registered_by_one_press_and_known_to_the_next_studio(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    assert film.state == "picked"
    assert film.segment is not None
    assert film.title in client.get("/").text
    assert "USD 0.001" in client.get(f"/film/{film.key}").text, "a price is not rounded to nothing"
    reply = client.post(f"/film/{film.key}/register", data={"name": film.name, "consent": "Joe, today"})
    assert "register" in reply.text
    done = registered(studio, film.key)
    assert (done.state, done.refusal) == ("registered", None)
    assert done.row is not None
    assert done.row.consent == "Joe, today"
    assert done.row.character_id
    column = client.get(f"/film/{film.key}/register").text
    assert done.row.character_id in column
    (onward,) = set(re.findall(r'href="(/character/\d+)"', column))
    assert done.row.character_id in client.get(onward).text
    assert 'class="row approve-row" hidden' in column
    assert tasks(settings) == 1

    engine = DirectEngine()
    with studio_over(settings.home, settings, engine=engine) as later:
        (again,) = later.add([film.address])
        assert looked(later, again.key).state == "registered"
        later.register(later.film(again.key))
        assert registered(later, again.key).refusal is None
    assert engine.clips_asked_for == 0, "the clip was kept"
    assert tasks(settings) == 1


def test_two_tabs_and_two_studios_that_press_at_once_pay_once(
    studio: Studio, film: Film, settings: Settings
) -> None:
    with studio_over(settings.home, settings) as other:
        (theirs,) = other.add([film.address])
        looked(other, theirs.key)
        began = [studio.register(film), studio.register(film), other.register(other.film(theirs.key))]
        assert began == [True, False, True]
        one, two = registered(studio, film.key), registered(other, theirs.key)
    assert one.row is not None
    assert two.row is not None
    assert one.row.character_id == two.row.character_id
    assert tasks(settings) == 1


def test_a_window_that_is_moved_is_made_and_registered(
    studio: Studio, film: Film, settings: Settings
) -> None:
    assert film.segment is not None
    studio.decide(film, start_s=0.5, length_s=2.0)
    moved = until(studio, film.key, lambda one: bool(one.segment and one.segment.start_s == 0.5))
    moved = looked(studio, film.key)
    assert moved.segment is not None
    assert (moved.segment.start_s, round(moved.segment.length_s, 2)) == (0.5, 2.0)
    studio.register(moved)
    done = registered(studio, film.key)
    assert done.row is not None
    assert done.row.segment is not None
    assert done.row.segment.start_s == 0.5


def test_the_button_waits_for_the_clip_of_what_was_chosen(
    studio: Studio, client: httpx.Client, film: Film
) -> None:
    """The score and the warnings beside it are of the clip that was there before."""
    address, press = f"/film/{film.key}/register", '<button data-testid="register" class="main"'
    assert f"{press}>" in client.get(address).text
    studio.shelf.change(film.key, is_looking=True)
    waiting = client.get(address).text
    assert f"{press} disabled data-waits>" in waiting
    assert 'role="status">The clip of what you chose is being made.' in waiting
    studio.shelf.change(film.key, is_looking=False)
    assert f"{press}>" in client.get(address).text


def test_a_face_in_a_clip_that_was_not_picked_by_it_is_asked_about_before_the_press(
    studio: Studio, client: httpx.Client, film: Film
) -> None:
    address = f"/film/{film.key}/register"
    assert film.made is not None
    clip = film.made.clip
    beside = replace(clip.segment, subject="other", face_seen=True)
    studio.shelf.change(film.key, made=replace(film.made, clip=replace(clip, segment=beside)))
    assert LIKENESS_REMINDER in unescape(client.get(address).text)
    card = client.get(f"/footage/card/{film.key}").text
    assert f"{len(studio.film(film.key).warnings)} warning" in card
    assert FACE_BESIDE in studio.film(film.key).warnings
    client.post(f"/film/{film.key}/words", data={"consent": "her owner, today"})
    assert LIKENESS_REMINDER not in unescape(client.get(address).text)


def test_a_decision_after_the_registration_is_told_and_orders_nothing(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    studio.register(film)
    registered(studio, film.key)
    studio.decide(film, start_s=0.5, length_s=2.0)
    until(studio, film.key, lambda one: bool(one.segment and one.segment.start_s == 0.5))
    said = client.get(f"/film/{film.key}/register").text
    assert "the window is 0:00.50 to 0:02.50 now" in said
    client.post(f"/film/{film.key}/register", data={"name": film.name})
    registered(studio, film.key)
    assert tasks(settings) == 1
    first = studio.film(film.key).row
    assert first is not None
    for _ in range(2):  # the second press is on a page that shows what was ordered before
        data = {"name": film.name, "again": str(first.row_id)}
        client.post(f"/film/{film.key}/register", data=data)
        done = registered(studio, film.key)
        assert done.refusal is None
        assert tasks(settings) == 2


def test_undo_brings_back_what_was_decided_before(studio: Studio, film: Film) -> None:
    studio.decide(film, name="Joe")
    studio.decide(film, name="Jo", approved=True)
    assert studio.film(film.key).state == "approved"
    assert studio.undo(film).name == "Joe"
    assert studio.undo(film).name == film.name


def test_what_is_approved_here_is_registered_by_a_batch(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    name = f"Joe {uuid4().hex[:8]}"
    client.post(f"/film/{film.key}/approve", data={"approved": "1"})
    studio.decide(studio.film(film.key), name=name, start_s=0.5, length_s=2.0)
    found = items([film.address], None, Order(), PassedOver())
    (outcome,) = driven(iter(found), DirectEngine(), BatchPlan(settings))
    assert (outcome.status, outcome.name) == ("done", name)
    assert outcome.segment is not None
    assert outcome.segment.start_s == 0.5


def test_a_film_is_called_as_a_batch_calls_it_and_one_that_is_done_is_not_ordered_again(
    studio: Studio, film: Film, footage: Path, settings: Settings
) -> None:
    twin = footage.parent / "other" / f"{footage.stem}_1.mp4"
    twin.parent.mkdir()
    shutil.copy(footage, twin)
    assert film.name == footage.stem
    studio.add([str(twin)])
    found = items([str(footage.parent)], None, Order(), PassedOver())
    named = {item.footage[0]: item.name for item in found}
    assert {one.address: one.name for one in studio.shelf.films()} == named

    studio.register(film)
    registered(studio, film.key)
    studio.shelf.change(film.key, called="Somebody else")
    studio.register(studio.film(film.key))
    assert registered(studio, film.key).refusal is None
    outcomes = driven(iter(found), DirectEngine(), BatchPlan(settings, rehearses=True))
    assert {outcome.status for outcome in outcomes} >= {"exists"}
    assert tasks(settings) == 1


def test_what_is_open_under_another_name_is_not_ordered_beside_it(
    studio: Studio, film: Film, settings: Settings, relay: Relay
) -> None:
    relay.faults.append("after")
    with pytest.raises(ReplyLost):
        run(Order(film.address, "Somebody", wishes=Wishes(start_s=0.5, length_s=2.0)), settings)
    studio.register(film)
    refused = registered(studio, film.key)
    assert refused.refusal is not None
    assert refused.refusal.error_type == "UnsettledSubmit"
    assert len(relay.submitted_names) == 1


def test_another_file_at_the_same_place_is_looked_at_and_not_ordered_as_the_first(
    studio: Studio, film: Film, settings: Settings
) -> None:
    with Path(film.address).open("ab") as file:
        file.write(b"free" * 100)
    studio.register(film)
    refused = registered(studio, film.key)
    assert refused.refusal is not None
    assert refused.refusal.error_type == "NotFound"
    assert tasks(settings) == 0
    assert film.source is not None
    again = until(studio, film.key, lambda one: bool(one.source and not one.is_looking))
    assert again.source is not None
    assert again.source.fingerprint != film.source.fingerprint


def test_a_model_that_was_changed_since_is_not_ordered(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    data = {"name": film.name, "model": "another/model"}
    said = client.post(f"/film/{film.key}/register", data=data).text
    assert "The model was changed meanwhile." in said
    assert tasks(settings) == 0


def test_nothing_is_registered_above_a_limit_before_it_was_asked(
    footage: Path, settings: Settings
) -> None:
    terms = Terms(asks_above_usd=-1.0)
    with studio_over(settings.home, settings, terms=terms) as studio, page_of(studio) as client:
        (film,) = studio.add([str(footage)])
        film = looked(studio, film.key)
        said = client.post(f"/film/{film.key}/register", data={"name": film.name}).text
        assert 'name="agreed"' in said
        assert studio.film(film.key).registering is None
        assert tasks(settings) == 0
        agreed = {"name": film.name, "agreed": str(studio.price_usd(film))}
        client.post(f"/film/{film.key}/register", data=agreed)
        assert registered(studio, film.key).state == "registered"


def test_what_changes_while_a_page_is_filled_is_told_to_it_afterwards(
    studio: Studio, client: httpx.Client, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was read before, so that nothing else would ever show it."""

    def price_usd(shown: Film) -> float:
        studio.decide(shown, name="Jo")
        return 0.1

    monkeypatch.setattr(studio, "price_usd", price_usd)
    version = client.get(f"/film/{film.key}").text.partition('data-version="')[2].partition('"')[0]
    with client.stream("GET", "/events", params={"after": version}) as told:
        assert film.key in next(line for line in told.iter_lines() if line.startswith("data:"))


def test_what_ended_in_a_batch_is_shown_alike_by_card_page_and_column(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    order = studio.order_for(film)
    assert film.source is not None
    with studio.registry() as registry:
        row = brought(registry, "submitting", wish=wish_of(order, settings, film.source))
        registry.registrations.mark_failed(row, Rejected("The content shows a human likeness."))
    studio.undo(film)  # as any change of it, has it read again
    for page in ("/", "/film/{}", "/film/{}/register"):
        shown = client.get(page.format(film.key)).text
        assert "The content shows a human likeness." in shown, page
    assert studio.film(film.key).state == "failed"


def test_what_is_recorded_of_another_account_is_not_shown_as_ours(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    assert film.source is not None
    theirs = replace(wish_of(studio.order_for(film), settings, film.source), account="somebody else")
    with studio.registry() as registry:
        row = brought(registry, "done", wish=theirs)
    studio.undo(film)
    assert studio.film(film.key).row is None
    assert str(row.character_id) not in client.get(f"/film/{film.key}").text
    studio.register(film)
    assert registered(studio, film.key).row != row
    assert tasks(settings) == 2, "ours is another one"


def test_what_is_signed_in_an_address_is_neither_shown_nor_kept(
    studio: Studio, client: httpx.Client
) -> None:
    address = "https://user:hunter2@host.example/a.mp4?X-Amz-Signature=abc123"
    said = client.post("/footage/add", data={"path": address}).text
    assert "a.mp4" in said, "it is fetched when its turn comes"
    for secret in ("hunter2", "abc123"):
        assert secret not in said
        assert secret not in client.get("/").text


def test_without_services_films_are_looked_at_and_nothing_is_sent(footage: Path, home: Path) -> None:
    with studio_over(home, None) as studio, page_of(studio) as client:
        studio.why_not = NoCredentials("WAVESPEED_API_KEY is not set.")
        (film,) = studio.add([str(footage)])
        film = looked(studio, film.key)
        said = client.post(f"/film/{film.key}/register", data={"name": "Joe"}).text
        assert "WAVESPEED_API_KEY is not set." in said
        assert studio.film(film.key).row is None


def test_a_file_that_is_no_video_fails_in_its_own_words(
    studio: Studio, client: httpx.Client, tmp_path: Path
) -> None:
    path = tmp_path / "x<script>alert(1)<.mp4"
    path.write_bytes(b"no video at all" * 100)
    (film,) = studio.add([str(path)])
    failed = looked(studio, film.key)
    assert failed.fault is not None
    assert failed.fault.error_type == "NotAVideo"
    shown = client.get("/").text
    assert "<script>alert" not in shown
    assert "x&lt;script&gt;alert(1)&lt;.mp4" in shown


def test_a_film_that_nobody_gave_is_not_there(studio: Studio, client: httpx.Client) -> None:
    for path in ("/film/0000/register", "/footage/card/..%2f..%2fetc%2fpasswd", "/nothing"):
        assert client.get(path).status_code == 404
    assert client.post("/footage/add", data={"path": "/no/such/folder"}).status_code == 404


def test_a_dropped_file_is_looked_at(studio: Studio, client: httpx.Client, footage: Path) -> None:
    reply = client.post("/footage/drop", params={"name": "new one.mp4"}, content=footage.read_bytes())
    assert reply.text == "new one.mp4 is here."
    (film,) = (one for one in studio.shelf.films() if one.title == "new one.mp4")
    assert looked(studio, film.key).state == "picked"


def test_what_was_typed_and_holds_no_film_is_said_and_what_failed_is_tried_again_or_removed(
    studio: Studio, client: httpx.Client, tmp_path: Path
) -> None:
    empty, broken = tmp_path / "empty", tmp_path / "broken.mp4"
    empty.mkdir()
    broken.write_bytes(b"no video at all" * 100)
    said = client.post("/footage/add", data={"path": str(empty)})
    assert (said.status_code, said.text.partition("no films in ")[2][:4]) == (404, str(empty)[:4])
    said = client.post("/footage/add", data={"path": str(broken)})
    assert said.status_code == 400
    assert "broken.mp4" in said.text
    assert studio.shelf.films() == ()
    (film,) = studio.add([str(broken)])
    place = f"/footage/card/{film.key}"
    for _ in range(2):
        assert looked(studio, film.key).state == "failed"
        assert "Retry" in client.get(place).text
        client.post(f"{place}/again")
    looked(studio, film.key)
    assert client.post(f"{place}/remove").text == ""
    assert client.get(place).status_code == 404
    assert broken.exists()
