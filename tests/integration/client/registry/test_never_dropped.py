"""What was paid for is never dropped: not by an import, not by a delete."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from screentest.client.errors import HeldElsewhere, RegistryError
from screentest.client.registry.exchange import (
    Added,
    csv_of,
    exported,
    imported,
    read_export,
)
from screentest.client.registry.locks import locked
from screentest.client.remote.prices import MOST_USD
from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registry,
    brought,
    deleted,
    every_video,
    everyone,
    video_brought,
)
from tests.waiting import HANG_S

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


def another_home(path: Path, fill: Callable[[Registry], object]) -> Any:
    """What another home exports, which made its rows at another time."""
    with Registry(path / "other" / FILE_NAME, now=lambda: EARLIER) as registry:
        fill(registry)
        return json.loads(json.dumps(exported(registry)))


@pytest.fixture
def registry(tmp_path: Path) -> Any:
    with Registry(tmp_path / "own" / FILE_NAME) as opened:
        yield opened


# Import


@pytest.mark.parametrize("here", ["planned", "unknown", "submitted", "done", "failed"])
def test_an_id_that_another_home_paid_for_comes_in_beside_ours(
    registry: Registry, tmp_path: Path, here: str
) -> None:
    ours = brought(registry, here)
    content = another_home(tmp_path, lambda other: brought(other, "done", number=2))
    assert imported(content, registry) == Added(characters=1, videos=0, known=0)
    assert "char_2" in {row.character_id for row in everyone(registry)}
    assert "task-2" in registry.list_task_ids()
    assert registry.registrations.find_row(ours.row_id) == ours
    assert imported(content, registry) == Added(characters=0, videos=0, known=1)


def test_a_task_under_way_elsewhere_comes_in_beside_what_is_done(
    registry: Registry, tmp_path: Path
) -> None:
    brought(registry, "done")
    content = another_home(tmp_path, lambda other: brought(other, "submitted", number=2))
    assert imported(content, registry).characters == 1
    assert "task-2" in registry.list_task_ids()


@pytest.mark.parametrize("here", ["planned", "unknown", "submitted"])
def test_a_task_that_cannot_come_in_is_said_and_nothing_is_imported(
    registry: Registry, tmp_path: Path, here: str
) -> None:
    brought(registry, here)

    def fill(other: Registry) -> None:
        brought(other, "done", wish=replace(WISH, name="Ann"), number=3)
        brought(other, "submitted", number=2)

    with pytest.raises(RegistryError, match="task-2: nothing was imported"):
        imported(another_home(tmp_path, fill), registry)
    assert len(everyone(registry)) == 1


def test_what_nobody_paid_for_is_left_out(registry: Registry, tmp_path: Path) -> None:
    brought(registry, "planned")
    content = another_home(tmp_path, lambda other: brought(other, "uploaded"))
    assert imported(content, registry) == Added(characters=0, videos=0, known=1)


@pytest.mark.parametrize("state", ["submitted", "done"])
def test_a_video_that_was_paid_for_elsewhere_comes_in(
    registry: Registry, tmp_path: Path, state: str
) -> None:
    video_brought(registry, "done")
    content = another_home(tmp_path, lambda other: video_brought(other, state, number=2))
    assert imported(content, registry).videos == 1
    assert {video.task_id for video in every_video(registry)} == {"video-1", "video-2"}


def test_a_video_that_cannot_come_in_is_said(registry: Registry, tmp_path: Path) -> None:
    video_brought(registry, "unknown")
    content = another_home(tmp_path, lambda other: video_brought(other, "submitted", number=2))
    with pytest.raises(RegistryError, match="video-2: nothing was imported"):
        imported(content, registry)


def test_the_services_time_of_a_submit_comes_along(registry: Registry, tmp_path: Path) -> None:
    told = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)

    def fill(other: Registry) -> None:
        row = brought(other, "uploaded")
        other.registrations.mark_submitting(row, served_at=told)
        other.videos.mark_submitting(other.videos.record_wish(VIDEO_WISH), served_at=told)

    imported(another_home(tmp_path, fill), registry)
    assert [row.served_at for row in everyone(registry)] == [told]
    assert [video.served_at for video in every_video(registry)] == [told]


@pytest.mark.parametrize("kind", ["characters", "videos"])
@pytest.mark.parametrize("price", [-0.001, MOST_USD * 1.01, 1e308, float("nan"), "0.1", True])
def test_a_price_that_is_none_is_refused(
    registry: Registry, tmp_path: Path, kind: str, price: object
) -> None:
    def fill(other: Registry) -> None:
        brought(other, "done")
        video_brought(other, "done")

    content = another_home(tmp_path, fill)
    content[kind][0]["cost_usd"] = price
    with pytest.raises(RegistryError, match="export holds an entry"):
        imported(content, registry)
    assert not everyone(registry)


@pytest.mark.parametrize("version", ["true", "-1", "0", "1.0", '"1"', "null"])
def test_a_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"format": "screentest-registry", "version": ' + version + "}")
    with pytest.raises(RegistryError, match="which version"):
        read_export(path)


def test_an_export_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[" * 200_000)
    with pytest.raises(RegistryError, match="not JSON"):
        read_export(path)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_end_in_a_name_stays_in_its_cell(registry: Registry, end: str) -> None:
    brought(registry, "done", wish=replace(WISH, name=f"Joe{end}Ann"))
    text = csv_of(exported(registry))
    assert f'"Joe{end}Ann"' in text
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["name"], row["character_id"]) == (f"Joe{end}Ann", "char_1")


# Delete


@pytest.mark.parametrize("state", ["submitting", "unknown", "submitted"])
def test_what_is_paid_for_by_now_is_not_deleted(registry: Registry, state: str) -> None:
    stale = brought(registry, "uploaded")
    row = registry.registrations.mark_submitting(stale)
    if state == "unknown":
        registry.registrations.mark_unknown(row, RuntimeError("lost"))
    elif state == "submitted":
        registry.registrations.mark_submitted(row, task_id="task-1", cost_usd=0.001)
    with pytest.raises(RegistryError, match=f"is at {state}"):
        registry.registrations.mark_deleted(stale)
    assert registry.registrations.find_row(row.row_id).deleted_at is None


def test_what_a_run_works_on_is_not_deleted(registry: Registry) -> None:
    row = brought(registry, "uploaded")
    held, done = threading.Event(), threading.Event()

    def working() -> None:
        with locked(registry.path.parent / "locks", row.identity, what="Joe"):
            held.set()
            done.wait(HANG_S)

    run = threading.Thread(target=working)
    run.start()
    held.wait(HANG_S)
    with pytest.raises(HeldElsewhere, match="Another process"):
        registry.registrations.mark_deleted(row)
    done.set()
    run.join()
    assert registry.registrations.mark_deleted(row).deleted_at


def test_what_is_deleted_twice_keeps_its_first_moment(registry: Registry) -> None:
    row = brought(registry, "done")
    first = registry.registrations.mark_deleted(row)
    assert registry.registrations.mark_deleted(row) == first


def test_what_was_deleted_is_no_longer_found_as_done(tmp_path: Path) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        row = brought(registry, "done")
        assert registry.registrations.find_done(row.identity) == row
        deleted(registry, row)
        assert registry.registrations.find_done(row.identity) is None


@pytest.mark.parametrize("elsewhere", ["submitting", "unknown"])
def test_a_lost_submit_of_another_home_is_not_dropped_for_a_row_that_would_pay(
    registry: Registry, tmp_path: Path, elsewhere: str
) -> None:
    brought(registry, "planned")
    content = another_home(tmp_path, lambda other: brought(other, elsewhere))
    with pytest.raises(RegistryError, match="may have been submitted"):
        imported(content, registry)


def test_a_lost_video_of_another_home_is_not_dropped_for_one_that_would_pay(
    registry: Registry, tmp_path: Path
) -> None:
    video_brought(registry, "planned", wish=VIDEO_WISH)
    content = another_home(tmp_path, lambda other: video_brought(other, "unknown", wish=VIDEO_WISH))
    with pytest.raises(RegistryError, match="may have been submitted"):
        imported(content, registry)


def test_an_own_export_from_before_its_submit_was_settled_comes_back(
    registry: Registry, tmp_path: Path
) -> None:
    lost = brought(registry, "unknown")
    content = json.loads(json.dumps(exported(registry)))
    registry.registrations.mark_ready(lost, note="settled")
    assert imported(content, registry) == Added(characters=0, videos=0, known=1)
