"""What a press costs: a second question is asked by the price that would be paid."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from screentest.client.config import Settings
from screentest.client.studio.server.pressing import agreed_usd
from screentest.client.studio.server.studio import Studio, Terms
from screentest.client.studio.shelf.film import Film
from tests.integration.client.studio.studio_parts import looked, registered, studio_over, tasks
from tests.lossy_relay import Relay

pytest_plugins = ["tests.integration.register_fixtures"]
pytestmark = pytest.mark.usefixtures("scanned")

LIMIT_USD = 0.01


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    with studio_over(settings.home, settings, terms=Terms(asks_above_usd=LIMIT_USD)) as made:
        yield made


@pytest.fixture
def film(studio: Studio, face_clip: Path, tmp_path: Path) -> Film:
    path = tmp_path / f"joe {uuid4().hex[:8]}.mp4"
    shutil.copy(face_clip, path)
    (added,) = studio.add([str(path)])
    film = looked(studio, added.key)
    assert studio.price_usd(film) < LIMIT_USD, "by the list, nothing would be asked"
    return film


def pressed(client: httpx.Client, film: Film, **more: str) -> str:
    return client.post(f"/film/{film.key}/register", data={"name": film.name, **more}).text


def asks(relay: Relay, usd: float) -> None:
    relay.price = {"price": usd, "discounted_price": usd, "currency": "USD"}


def test_the_second_question_is_asked_by_what_the_service_asks(
    studio: Studio, client: httpx.Client, film: Film, relay: Relay, settings: Settings
) -> None:
    asks(relay, 0.02)
    said = pressed(client, film)
    assert "This costs USD 0.02, more than the USD 0.01 you set." in said
    assert "Register for USD 0.02 all the same" in said
    assert 'name="agreed" value="0.02"' in said
    asks(relay, 0.03)  # dearer than what was agreed to
    assert "This costs USD 0.03" in pressed(client, film, agreed="0.02")
    assert tasks(settings) == 0
    pressed(client, film, agreed="0.03")
    row = registered(studio, film.key).row
    assert row is not None
    assert (row.state, row.cost_usd) == ("done", 0.03)


def test_what_costs_no_more_than_the_limit_is_registered_by_one_press(
    studio: Studio, client: httpx.Client, film: Film, settings: Settings
) -> None:
    assert 'name="agreed"' not in pressed(client, film)
    assert registered(studio, film.key).state == "registered"
    assert tasks(settings) == 1


def test_where_no_price_is_told_a_person_is_asked(
    studio: Studio, client: httpx.Client, film: Film, relay: Relay, settings: Settings
) -> None:
    relay.price = 404
    said = pressed(client, film)
    assert "The service does not say what this costs now; its price list says USD 0.001." in said
    assert tasks(settings) == 0
    pressed(client, film, agreed="unknown")
    assert registered(studio, film.key).state == "registered"


def test_who_agreed_to_a_price_that_nobody_knew_is_asked_again_once_it_is_told(
    studio: Studio, client: httpx.Client, film: Film, relay: Relay, settings: Settings
) -> None:
    relay.price = 404
    pressed(client, film)
    asks(relay, 50.0)
    assert "This costs USD 50" in pressed(client, film, agreed="unknown")
    assert tasks(settings) == 0


def test_what_was_agreed_to_as_unknown_is_paid_up_to_the_price_list(
    studio: Studio, film: Film, relay: Relay, settings: Settings
) -> None:
    asks(relay, 50.0)  # told at the submit, when it was not told for the question
    studio.register(film, agreed_usd=agreed_usd(studio, film, {film.key: None}))
    refusal = registered(studio, film.key).refusal
    assert refusal is not None
    assert refusal.error_type == "CostTooHigh"
    assert tasks(settings) == 0


def test_what_is_cheaper_than_the_price_list_is_registered(
    studio: Studio, client: httpx.Client, film: Film, relay: Relay, settings: Settings
) -> None:
    asks(relay, 0.0005)
    pressed(client, film)
    row = registered(studio, film.key).row
    assert row is not None
    assert (row.state, row.cost_usd) == ("done", 0.0005)
    assert tasks(settings) == 1
