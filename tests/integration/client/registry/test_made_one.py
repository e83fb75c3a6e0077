"""Two accounts that turn out to be one: of two rows under way the one that may be paid for goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registry,
    brought,
    every_video,
    everyone,
    video_brought,
)

MINE = replace(WISH, account="default")
VIDEO_MINE = replace(VIDEO_WISH, account="default")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry(tmp_path / FILE_NAME) as registry:
        yield registry


@pytest.mark.parametrize("here", ["planned", "uploaded", "failed"])
def test_of_two_that_become_one_the_one_that_may_be_paid_for_goes_on(
    registry: Registry, here: str
) -> None:
    brought(registry, here, wish=MINE)
    paid = brought(registry, "submitted", wish=replace(WISH, account="old"), number=2)
    registry.accounts.record_name("old", "default")
    assert registry.registrations.record_wish(MINE).task_id == paid.task_id
    assert len({row.identity for row in everyone(registry)}) == 2


def test_of_two_videos_that_become_one_the_lost_one_goes_on(registry: Registry) -> None:
    video_brought(registry, "planned", wish=VIDEO_MINE)
    lost = video_brought(registry, "unknown", wish=replace(VIDEO_WISH, account="old"))
    registry.accounts.record_name("old", "default")
    assert registry.videos.record_wish(VIDEO_MINE).row_id == lost.row_id
    assert len(every_video(registry)) == 2
