"""A video whose reply was lost, from the command line: shown, decided, downloaded, never paid twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from screentest import probe
from screentest.client.config import Settings
from screentest.client.errors import ReplyLost
from screentest.client.registry.videos import Video
from screentest.client.remote.video_models import TEXT_MODEL
from screentest.client.tasks.session import Clocks, Session, opened
from screentest.client.videos.make import make, quote
from screentest.client.videos.plan import VideoOrder, planned
from tests.conftest import Command
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.waiting import until

pytest_plugins = ["tests.integration.register_fixtures"]

PROMPT = "Rain falls, and it falls for as long as anyone has known rain to fall."


@pytest.fixture
def session(
    settings: Settings, sandbox: Sandbox, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    """The account as a command sees it that has only the environment."""
    for name, value in {**sandbox.env, "WAVESPEED_BASE_URL": relay.url}.items():
        monkeypatch.setenv(name, value)
    clocks = Clocks(sleep=lambda pause_s: time.sleep(min(pause_s, 0.1)))
    with opened(replace(settings, sandbox=False), clocks=clocks) as session:
        yield session


def lost(session: Session, relay: Relay, fault: str, prompt: str = PROMPT) -> Video:
    """A video whose reply was lost, after its submit was accepted or before."""
    relay.video_faults = [fault]
    order = VideoOrder(prompt, Path("out.mp4"))
    with suppress(ReplyLost):
        make(quote(planned(order, session.registry, session.settings), session), session)
    row = session.registry.videos.list_all()[-1]
    assert row.state == "unknown"
    return row


def test_its_owner_names_the_task_and_has_the_video(
    session: Session, relay: Relay, screentest: Command, tmp_path: Path
) -> None:
    row = lost(session, relay, "after")
    task = until(lambda: session.service.recent(model_id=TEXT_MODEL, count=1))[0]
    left = screentest("videos", "reconcile", "--json")
    assert (left.code, left.error["type"]) == (1, "UnsettledSubmit")
    assert task.task_id in left.error["message"]
    assert f"{row.identity[:12]} by `screentest videos reconcile`" in left.error["hint"]
    assert [one["state"] for one in left.result["videos"]] == ["unknown"]

    adopted = screentest(
        *("videos", "reconcile", row.identity[:12], "--adopt", task.task_id),
        *("-o", tmp_path / "rain.mp4", "--json"),
    )
    [one] = adopted.result["videos"]
    assert (one["outcome"], one["task_id"]) == ("done", task.task_id)
    assert probe(tmp_path / "rain.mp4").duration_s > 3
    assert relay.videos == 1
    told = screentest("videos", "list")
    assert "Rain falls" in told.out
    assert "Unfinished" not in told.out


def test_what_was_adopted_is_fetched_by_the_same_order_or_by_the_same_command(
    session: Session, relay: Relay, screentest: Command, tmp_path: Path
) -> None:
    row = lost(session, relay, "after")
    task = until(lambda: session.service.recent(model_id=TEXT_MODEL, count=1))[0]
    [one] = screentest("videos", "reconcile", "--adopt", task.task_id, "--json").result["videos"]
    assert (one["outcome"], one["state"]) == ("waiting", "submitted")
    assert f"videos reconcile {row.identity[:12]} -o FILE" in screentest("videos", "list").out
    fetched = screentest("videos", "reconcile", PROMPT.upper(), "-o", tmp_path / "rain.mp4", "--json")
    assert (fetched.code, relay.videos) == (0, 1)
    assert (tmp_path / "rain.mp4").is_file()
    # An order that is done is a new one, whose price is asked for.
    again = screentest("video", PROMPT, "-o", tmp_path / "again.mp4", "--json")
    assert "nothing was spent" in again.error["message"]


def test_what_never_arrived_is_freed_by_its_owner_and_may_be_ordered_again(
    session: Session, relay: Relay, screentest: Command
) -> None:
    row = lost(session, relay, "before")
    both = screentest("characters", "reconcile", "--json")
    assert (both.code, both.error["type"]) == (1, "UnsettledSubmit")
    assert "the video 'Rain falls" in both.error["message"]
    result = json.loads(both.out)
    assert (result["settled"], [one["identity"] for one in result["videos"]]) == ([], [row.identity])
    [one] = screentest("videos", "reconcile", "--forget", "--json").result["videos"]
    assert (one["outcome"], one["state"]) == ("ready", "planned")
    assert "same" not in screentest("characters", "reconcile").err
    assert relay.videos == 0


def test_which_of_several_is_meant_has_to_be_said(
    session: Session, relay: Relay, screentest: Command, tmp_path: Path
) -> None:
    rows = [lost(session, relay, "before", prompt) for prompt in ("Rain falls.", "Snow falls.")]
    for more in (["--forget"], ["--adopt", "task-1"]):
        refused = screentest("videos", "reconcile", *more, "--json")
        assert all(row.identity[:12] in refused.error["message"] for row in rows)
    refused = screentest("videos", "reconcile", "-o", tmp_path / "rain.mp4", "--json")
    assert "2 videos" in refused.error["message"]
    refused = screentest("videos", "reconcile", "Hail falls.", "--json")
    assert "'Hail falls.'" in refused.error["message"]
    assert screentest("videos", "reconcile", "--forget", "--adopt", "t").code == 2
    assert screentest("videos", "reconcile", "snow falls.", "--forget").code == 0
    assert [row.state for row in session.registry.videos.list_all()] == ["unknown", "planned"]


def test_images_that_differ_in_their_query_are_two_orders(session: Session, tmp_path: Path) -> None:
    def ordered(image: str) -> str:
        order = VideoOrder("Rain.", tmp_path / "out.mp4", image=image)
        return quote(planned(order, session.registry, session.settings), session).wish.identity

    first = ordered("https://h/render?id=1")
    assert first != ordered("https://h/render?id=2")
    assert first == ordered("https://h/render?id=1&X-Amz-Signature=ab")


def test_an_order_that_was_left_is_paid_for_at_the_price_that_was_agreed_to(
    session: Session, relay: Relay, tmp_path: Path
) -> None:
    order = VideoOrder("Rain falls.", tmp_path / "out.mp4")
    quoted = quote(planned(order, session.registry, session.settings), session)
    session.registry.videos.record_wish(replace(quoted.wish, cost_usd=0.1))
    assert make(quoted, session).record.cost_usd == quoted.wish.cost_usd != 0.1
