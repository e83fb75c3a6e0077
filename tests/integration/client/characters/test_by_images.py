"""A character by stills, end to end: what is sent, what is kept, what is refused before it is."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from screentest import probe
from screentest.client.characters.order import wish_of
from screentest.client.characters.register import Forecast, Order, rehearse
from screentest.client.config import Settings
from screentest.client.errors import ReplyLost, SubjectRefused
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.sandbox.folder import DataFolder
from screentest.client.tasks.clean_up import clean_up, still_keys
from screentest.client.videos.faces import reference_of
from screentest.prep.core.errors import MissingAngle
from screentest.prep.core.files import sha256_of
from screentest.prep.core.wishes import Wishes
from tests.integration.register_parts import Watched, keys_in, recorded, run
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay

pytest_plugins = ["tests.integration.register_fixtures"]

KLING = "kwaivgi/kling-elements-advanced"


@pytest.fixture(scope="module")
def rehearsed(
    face_clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Order, Forecast]:
    """A home in which an order by stills was rehearsed: its footage shows two angles of one man."""
    order = Order(
        str(face_clip),
        "Joe",
        model=KLING,
        wishes=Wishes(start_s=18.0, length_s=6.0),
        description="a man at his desk",
        reference="images",
    )
    home = tmp_path_factory.mktemp("rehearsed")
    return home, order, rehearse(order, home)


@pytest.fixture
def by_images(rehearsed: tuple[Path, Order, Forecast], settings: Settings) -> Order:
    """The same, of another name, in a home whose earlier run has made the stills."""
    home, order, forecast = rehearsed
    shutil.copytree(home, settings.home)
    stills = [
        replace(one, path=str(settings.home / "stills" / Path(one.path).name))
        for one in forecast.stills
    ]
    order = replace(order, name=f"Joe {uuid4().hex[:8]}")
    with Registry(settings.home / FILE_NAME) as registry:
        row = registry.registrations.record_wish(wish_of(order, settings, probe(order.footage)))
        registry.registrations.mark_with_stills(row, stills)
    return order


def bodies(sandbox: Sandbox, name: str) -> list[dict[str, Any]]:
    """What arrived at the service for a character of that name."""
    lines = map(json.loads, DataFolder(sandbox.data).journal.read_text().splitlines())
    sent = [line["body"] for line in lines if line["path"].endswith(KLING)]
    return [body for body in sent if body["name"] == name]


def test_stills_are_sent_kept_and_taken_out_of_the_bucket_again(
    by_images: Order, settings: Settings, sandbox: Sandbox
) -> None:
    watched = Watched()
    done = run(by_images, settings, watcher=watched)
    assert (done.submitted, done.clip, done.segment, done.cost_usd) == (True, None, None, 0.01)
    assert [still.role for still in done.stills] == ["frontal", "right"]
    [body] = bodies(sandbox, by_images.name)
    row = recorded(settings)
    keys = still_keys(row)
    assert urlsplit(body.pop("frontal_image")).path.endswith(keys[0])
    [other] = body.pop("refer_images")
    assert urlsplit(other).path.endswith(keys[1])
    said = {"name": by_images.name, "description": "a man at his desk"}
    assert body == {"reference_type": "image_refer", **said}
    assert row.stills == done.stills
    assert row.object_deleted_at
    assert not keys_in(settings)
    assert not run(by_images, settings).submitted
    assert len(bodies(sandbox, by_images.name)) == 1
    assert "The stills show a human face: have the person's consent." in watched.warnings
    assert len(reference_of(row).identities) == 1, "a video can be compared with them"


def test_a_lost_reply_is_settled_by_the_stills_that_the_task_was_given(
    by_images: Order, settings: Settings, relay: Relay, sandbox: Sandbox
) -> None:
    relay.faults.append("after")
    with pytest.raises(ReplyLost):
        run(by_images, settings)
    assert (row := recorded(settings)).state == "unknown"
    with Registry(settings.home / FILE_NAME) as registry:
        cleaned = clean_up(settings, registry, dry_run=False)
    assert set(cleaned.needed) == set(still_keys(row)), "a task may be about to fetch them"
    done = run(by_images, settings)
    assert not done.submitted
    assert done.character_id
    assert len(bodies(sandbox, by_images.name)) == 1
    assert not keys_in(settings)


def test_a_run_that_was_cut_off_goes_on_with_the_stills_it_made(
    by_images: Order, settings: Settings
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(by_images, settings, watcher=Watched("prove"))
    made = recorded(settings).stills
    Path(made[1].path).unlink()
    watched = Watched()
    kept = replace(settings, keep_objects=True)
    assert [one.sha256 for one in run(by_images, kept, watcher=watched).stills] == [
        one.sha256 for one in made
    ]
    assert "stills" in watched.stages, "one was gone"
    row = recorded(settings)
    assert keys_in(settings) == set(still_keys(row))
    with Registry(settings.home / FILE_NAME) as registry:
        assert set(clean_up(settings, registry, dry_run=False).deleted) == set(still_keys(row))
        assert registry.registrations.find_row(row.row_id).object_deleted_at
    assert not keys_in(settings)


def test_a_rehearsal_shows_the_stills_the_way_and_its_price(
    rehearsed: tuple[Path, Order, Forecast],
) -> None:
    home, _, forecast = rehearsed
    assert (forecast.clip, forecast.segment, forecast.cost_usd) == (None, None, 0.01)
    assert [still.role for still in forecast.stills] == ["frontal", "right"]
    for still in forecast.stills:
        path = Path(still.path)
        assert path == home / "stills" / f"{still.sha256}.jpg"
        assert sha256_of(path) == still.sha256
        assert path.stat().st_mode & 0o077 == 0
    assert "Upload 2 stills of" in forecast.steps[0]
    assert not (home / FILE_NAME).exists()


def test_one_angle_is_refused_before_anything_is_sent(
    by_images: Order, settings: Settings, sandbox: Sandbox
) -> None:
    order = replace(by_images, wishes=Wishes(start_s=1.0, length_s=2.0))
    with pytest.raises(MissingAngle, match="one angle only, so there is one still") as caught:
        run(order, settings)
    assert f"{KLING} wants at least 2" in caught.value.message
    assert not bodies(sandbox, order.name)
    assert not keys_in(settings)
    assert recorded(settings).state == "planned"


def test_what_the_model_refuses_by_video_is_refused_before_the_scan(
    by_images: Order, settings: Settings
) -> None:
    watched = Watched()
    order = replace(by_images, wishes=Wishes(subject="animal"), reference="video")
    with pytest.raises(SubjectRefused, match="refuses animals by video"):
        run(order, settings, watcher=watched)
    assert not watched.stages
