"""``videos list`` and ``videos show``: what was ordered, whom it shows, what it cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.registry.videos import ShownCharacter, Video
from tests.conftest import Command
from tests.registry_parts import FILE_NAME, VIDEO_WISH, Registry, video_brought

SHOWS = (ShownCharacter("Joe", "a1", "b" * 64),)
JOE = replace(VIDEO_WISH, inputs={"prompt": "Joe (Video 1) waves.", "clips": ["c" * 64]}, shows=SHOWS)
SAME = {"similarity": 0.8, "verdict": "same", "share": 0.92, "reason": "It matches."}


@pytest.fixture
def videos(home: Path) -> list[Video]:
    """Two takes of Joe, one of the sandbox, one that failed."""
    home.mkdir()
    with Registry(home / FILE_NAME) as registry:
        made = [video_brought(registry, "done", wish=JOE, number=number) for number in (1, 2)]
        free = replace(JOE, service="sandbox", prompt="Rain falls.")
        made.append(video_brought(registry, "done", wish=free, number=3))
        made.append(video_brought(registry, "failed", wish=replace(JOE, prompt="No.", model="m")))
        likeness = {"Joe": SAME, "Rex": {"verdict": "unsure", "share": None, "reason": "None."}}
        return [registry.videos.record_likeness(made[0], likeness), *made[1:]]


def test_the_list_tells_what_was_spent_at_real_services(
    videos: list[Video], screentest: Command
) -> None:
    told = screentest("videos", "list", "--json").result
    assert (len(told["videos"]), told["spent_usd"]) == (len(videos), 0.8)
    assert "4 videos, USD 0.8 spent; the sandbox costs nothing" in screentest("videos", "list").out


@pytest.mark.parametrize("called", ["joe waves.", "{identity}"])
def test_a_video_is_shown_with_everything_that_is_known(
    videos: list[Video], screentest: Command, called: str
) -> None:
    called = called.format(identity=videos[0].identity[:6])
    told = screentest("videos", "show", called, "--json").result
    assert (told["task_id"], [one["task_id"] for one in told["others"]]) == ("video-2", ["video-1"])
    assert told["shows"] == [{"name": "Joe", "character": "a1", "registration": "b" * 64}]
    text = screentest("videos", "show", called).out
    for fact in ("Joe (registration bbbbbbbbbbbb)", "clips: cccc", "USD 0.4", "Other takes"):
        assert fact in text


def test_likeness_is_said_in_a_line_each(videos: list[Video], home: Path, screentest: Command) -> None:
    with Registry(home / FILE_NAME) as registry:
        row = registry.videos.list_all()[2]
        registry.videos.record_likeness(row, videos[0].likeness or {})
    text = screentest("videos", "show", "Rain falls.").out
    assert "Joe: same, in 92 % of the faces" in text
    assert "Rex: it cannot be told: no human face" in text


@pytest.mark.parametrize("called", ["Snow.", "", "f", "0" * 12])
def test_a_video_that_is_not_there_is_said(
    videos: list[Video], screentest: Command, called: str
) -> None:
    assert videos
    refused = screentest("videos", "show", called, "--json")
    assert (refused.code, refused.error["type"]) == (1, "ConfigError")
