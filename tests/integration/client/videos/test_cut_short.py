"""A video whose run ends between two steps, or beside another: whole, on record, and paid for once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from screentest.client.config import Settings
from screentest.client.errors import RegistryError, TaskFailed
from screentest.client.registry.locks import locked
from screentest.client.registry.videos import Video, VideoLedger
from screentest.client.remote.storage import Bucket
from screentest.client.tasks.session import Clocks, Session, opened
from screentest.client.videos.make import Made, Quote, make, quote
from screentest.client.videos.plan import VideoOrder, planned
from tests.conftest import Command
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay

pytest_plugins = ["tests.integration.register_fixtures"]

PROMPT = "Rain falls."


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


@pytest.fixture
def order(tmp_path: Path) -> VideoOrder:
    return VideoOrder(PROMPT, tmp_path / "rain.mp4")


def out_of(order: VideoOrder) -> Path:
    assert order.out is not None
    return order.out


def quoted(order: VideoOrder, session: Session) -> Quote:
    return quote(planned(order, session.registry, session.settings), session)


def made(order: VideoOrder, session: Session) -> Made:
    return make(quoted(order, session), session)


def ends_before(step: str, order: VideoOrder, session: Session, patch: pytest.MonkeyPatch) -> Video:
    """The row of a run that was killed before a step of the registry."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with patch.context() as patched:
        patched.setattr(VideoLedger, step, killed)
        with pytest.raises(KeyboardInterrupt):
            made(order, session)
    return session.registry.videos.list_all()[-1]


@pytest.mark.parametrize("words", [("video", PROMPT, "--yes"), ("videos", "reconcile")])
def test_a_run_killed_after_its_file_and_before_its_record_is_gone_on_with(
    words: tuple[str, ...],
    order: VideoOrder,
    session: Session,
    relay: Relay,
    screentest: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ends_before("mark_done", order, session, monkeypatch).state == "submitted"
    fetched = out_of(order).stat()
    again = screentest(*words, "-o", order.out, "--json")
    assert (again.code, relay.videos) == (0, 1), again.err
    [row] = session.registry.videos.list_all()
    assert (row.state, row.out_path) == ("done", str(order.out))
    assert out_of(order).stat().st_ino == fetched.st_ino


@pytest.mark.parametrize("words", [("video", "Snow falls.", "--yes"), ("videos", "reconcile", "snow.")])
def test_its_file_is_no_place_for_another_video(
    words: tuple[str, ...],
    order: VideoOrder,
    session: Session,
    relay: Relay,
    screentest: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends_before("mark_done", order, session, monkeypatch)
    ends_before("mark_submitting", replace(order, prompt="Snow."), session, monkeypatch)
    refused = screentest(*words, "-o", order.out, "--json")
    assert (refused.error["type"], relay.videos) == ("OutputExists", 1)


def test_a_file_that_is_another_by_now_stays(
    order: VideoOrder,
    session: Session,
    relay: Relay,
    screentest: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends_before("mark_done", order, session, monkeypatch)
    out_of(order).write_bytes(b"an edit of it")
    refused = screentest("video", PROMPT, "--yes", "-o", order.out, "--json")
    assert refused.error["type"] == "OutputExists"
    assert out_of(order).read_bytes() == b"an edit of it"
    assert screentest("video", PROMPT, "-o", order.out, "--overwrite", "--json").code == 0
    assert relay.videos == 1


@pytest.mark.parametrize("step", ["mark_submitting", "mark_done", "record_wish"])
def test_what_another_run_finished_since_the_quote_is_not_paid_for_again(
    step: str,
    order: VideoOrder,
    session: Session,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if step != "record_wish":
        ends_before(step, order, session, monkeypatch)
    ours = quoted(replace(order, out=out_of(order).with_name("ours.mp4")), session)
    theirs = made(order, session)
    assert make(ours, session) == Made(theirs.record, submitted=False, found=True)
    assert relay.videos == 1
    # Ordered once more, with all that is known.
    assert made(order, session).submitted


def test_a_second_run_of_an_order_waits_for_the_first(
    order: VideoOrder, session: Session, relay: Relay
) -> None:
    ours, theirs = quoted(order, session), ExitStack()
    records: list[Video] = []

    def meanwhile(_: float) -> None:
        if not records:
            theirs.close()
            records.append(made(order, session).record)

    locks = session.settings.home / "locks"
    theirs.enter_context(locked(locks, ours.wish.identity, what="it"))
    done = make(ours, replace(session, clocks=Clocks(sleep=meanwhile)))
    assert (done, relay.videos) == (Made(records[0], submitted=False, found=True), 1)


def test_what_failed_since_the_quote_is_not_paid_for_without_a_price(
    order: VideoOrder, session: Session, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ends_before("mark_done", order, session, monkeypatch)
    ours = quoted(order, session)
    session.registry.videos.mark_failed(row, TaskFailed("The content was refused."))
    with pytest.raises(RegistryError, match="nothing was submitted"):
        make(ours, session)
    assert (relay.videos, len(session.registry.videos.list_all())) == (1, 1)


def test_another_run_that_put_the_file_there_meanwhile_is_heard(
    order: VideoOrder,
    session: Session,
    relay: Relay,
    screentest: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(do: Callable[..., Quote]) -> Callable[..., Quote]:
        def quoted_late(*said: object) -> Quote:
            made(order, session)
            return do(*said)

        return quoted_late

    monkeypatch.setattr("screentest.client.videos.make.quote", late(quote))
    refused = screentest("video", PROMPT, "--yes", "-o", order.out, "--json")
    assert (refused.error["type"], relay.videos) == ("OutputExists", 1)


@pytest.mark.parametrize("keep", [True, False])
def test_the_image_stays_in_the_bucket_where_asked(
    keep: bool, session: Session, screentest: Command, tmp_path: Path
) -> None:
    image = tmp_path / "first.png"
    cv2.imwrite(str(image), np.full((720, 1280, 3), 128, np.uint8))
    words = ("--image", image, "-o", tmp_path / "out.mp4", "--yes", "--json")
    assert screentest("video", PROMPT, *words, *(["--keep"] if keep else [])).code == 0
    with Bucket(session.settings) as bucket:
        assert bool(list(bucket.listed(session.registry.folder))) is keep
