"""What was spent, by month, model and character: nothing counts twice, nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from screentest.client.registry.videos import ShownCharacter
from screentest.client.tasks.spending import By, Spent, spent, total_usd
from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registration,
    Registry,
    brought,
    spent_usd,
    video_brought,
)

OCTOBER = datetime(2026, 10, 20, tzinfo=UTC)


class Calendar:
    now = OCTOBER


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """Joe and Ann in October; in November a video of both, one of nobody, and one in the sandbox."""
    calendar = Calendar()
    with Registry(tmp_path / FILE_NAME, now=lambda: calendar.now) as registry:
        joe = brought(registry, "done", number=1)
        ann = brought(
            registry, "done", wish=replace(WISH, name="Ann", source_fingerprint="a"), number=2
        )
        calendar.now += timedelta(days=20)
        video(registry, 3, joe, ann)
        video(registry, 4)
        video(registry, 5, joe, service="sandbox")
        yield registry


def video(registry: Registry, number: int, *of: Registration, service: str = WISH.service) -> None:
    shows = tuple(ShownCharacter(one.name, one.character, one.identity) for one in of)
    inputs = {"prompt": "x", "take": number}
    wish = replace(VIDEO_WISH, inputs=inputs, shows=shows, service=service)
    video_brought(registry, "done", wish=wish, number=number)


def found(registry: Registry, by: By, since: datetime | None = None) -> dict[str, Spent]:
    rows, videos = registry.registrations.list_all(deleted=True), registry.videos.list_all()
    return {one.name: one for one in spent(rows, videos, by=by, since=since, zone=UTC)}


@pytest.mark.parametrize("by", ["month", "model", "character"])
def test_the_groups_sum_to_what_the_registry_says(registry: Registry, by: By) -> None:
    assert total_usd(found(registry, by).values()) == pytest.approx(spent_usd(registry))


def test_a_video_of_two_is_a_group_of_theirs(registry: Registry) -> None:
    groups = found(registry, "character")
    assert set(groups) == {"Ann and Joe", "(nobody)", "Joe", "Ann"}
    assert (groups["Ann and Joe"].videos, groups["Joe"].videos) == (1, 0)
    assert (groups["Joe"].free, groups["Joe"].free_usd) == (1, VIDEO_WISH.cost_usd)


def test_models_are_apart_and_the_dearest_comes_first(registry: Registry) -> None:
    assert list(found(registry, "model")) == [VIDEO_WISH.model, WISH.model]


def test_what_came_before_a_day_does_not_count(registry: Registry) -> None:
    assert list(found(registry, "month")) == ["2026-11", "2026-10"]
    since = found(registry, "month", since=datetime(2026, 11, 1, tzinfo=UTC))
    assert [(one.name, one.registrations, one.videos) for one in since.values()] == [("2026-11", 0, 2)]


def test_characters_go_by_their_present_names(registry: Registry) -> None:
    rows = registry.registrations.list_all()
    names = {rows[0].character: "Joseph"}
    groups = {one.name for one in spent(rows, (), by="character", names=names)}
    assert groups == {"Joseph", "Ann"}
