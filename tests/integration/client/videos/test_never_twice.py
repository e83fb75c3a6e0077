"""Characters sent with a video: no order is paid for twice, whatever is sent by now."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.errors import (
    RegistryError,
    ReplyLost,
    UnsettledSubmit,
)
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.videos import Video
from screentest.client.tasks.session import Session
from screentest.client.videos.make import make, quote
from screentest.client.videos.plan import VideoOrder, planned
from screentest.prep.core.files import sha256_of
from screentest.prep.core.remedy import Remedy
from tests.integration.inline_parts import WAN, Cast, made_of, ordered
from tests.lossy_relay import Relay

pytest_plugins = ["tests.integration.register_fixtures"]


def test_the_same_command_twice_pays_once_and_gives_the_same_file(
    session: Session, cast: Cast, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cast("Joe")
    order = ordered("Joe waves at the sea, and", "Joe")
    first, second = made_of(order, session), made_of(order, session)
    assert (first.submitted, second.submitted, second.found) == (True, False, True)
    assert first.record.out_path == second.record.out_path
    name = f"joe-waves-at-the-sea-and-{first.record.identity[:6]}.mp4"
    assert [file.name for file in tmp_path.glob("*.mp4")] == [name]
    assert relay.videos == 1


def lost(order: VideoOrder, session: Session, relay: Relay, fault: str) -> Video:
    relay.video_faults = [fault]
    with pytest.raises(ReplyLost):
        made_of(order, session)
    return session.registry.videos.list_all()[-1]


@pytest.mark.parametrize("gone", [False, True])
def test_a_lost_reply_settles_by_what_the_task_shows_though_the_clip_is_gone(
    session: Session,
    cast: Cast,
    relay: Relay,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    gone: bool,
) -> None:
    cast("Joe")
    order = ordered("Joe waves", "Joe", model=WAN, out=tmp_path / "joe.mp4")
    row = lost(order, session, relay, "after")
    sent = session.service.list_predictions
    url = f"https://s3/b/{session.registry.folder}/images/{row.identity[:32]}-1.mp4?X-Amz-Signature=0"
    shown = {**row.inputs, "reference_videos": [url], "seed": 3}

    def listing(**asked: Any) -> Any:
        found = sent(**asked)
        # Only of ours: all tests share the sandbox's account.
        ours = max(found.tasks, key=lambda one: str(one.created_at))
        tasks = tuple(replace(one, inputs=shown) if one is ours else one for one in found.tasks)
        return replace(found, tasks=tasks)

    monkeypatch.setattr(session.service, "list_predictions", listing)
    if gone:
        shutil.rmtree(session.settings.home / "clips")
    done = made_of(order, session)
    assert (done.submitted, done.record.state, relay.videos) == (False, "done", 1)
    assert (tmp_path / "joe.mp4").is_file()


def test_a_run_that_ends_between_keeping_and_submitting_goes_on(
    session: Session, cast: Cast, relay: Relay, tmp_path: Path
) -> None:
    cast("Joe")
    order = ordered("Joe waves", "Joe", model=WAN, out=tmp_path / "joe.mp4")
    first = quote(planned(order, session.registry, session.settings), session)
    with pytest.MonkeyPatch.context() as patch:

        def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        patch.setattr("screentest.client.videos.make.put_objects", killed)
        with pytest.raises(KeyboardInterrupt):
            make(first, session)
    before = session.registry.registrations.list_all()
    done = made_of(order, session)
    assert (done.submitted, relay.videos) == (True, 1)
    assert session.registry.registrations.list_all() == before
    assert [row.identity for row in session.registry.videos.list_all()] == [first.wish.identity]


def registered_again(session: Session, row: Registration) -> Registration:
    """A newer registration of the character at Wan, with a clip of another shape and other bytes."""
    assert row.clip
    path = Path(row.clip.path).with_name("newer.mp4")
    path.write_bytes(Path(row.clip.path).read_bytes() + b"\0")
    clip = replace(
        row.clip, path=str(path), sha256=sha256_of(path), model=WAN, width_px=720, height_px=1280
    )
    ledger, settings = session.registry.registrations, session.settings
    wish = Wish(
        settings.service, settings.account, WAN, row.name, "/raw.mov", "new", {}, row.character_no
    )
    return ledger.mark_kept(ledger.mark_clipped(ledger.record_wish(wish), clip))


@pytest.mark.parametrize("lies", ["whole", "clip gone", "not recorded"])
@pytest.mark.parametrize("fault", ["", "after"])
def test_what_may_be_paid_is_not_ordered_again_with_a_newer_clip(
    session: Session,
    cast: Cast,
    relay: Relay,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    lies: str,
) -> None:
    joe = cast("Joe")
    order = ordered("Joe waves", "Joe", model=WAN, out=tmp_path / "joe.mp4")
    relay.video_faults = [fault] if fault else []

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("screentest.client.videos.make.finish", killed)
        with pytest.raises((ReplyLost, KeyboardInterrupt)):
            made_of(order, session)
    [row] = session.registry.videos.list_all()
    assert row.state == ("unknown" if fault else "submitted")
    registered_again(session, joe)
    if lies == "clip gone":
        shutil.rmtree(session.settings.home / "clips")
    if lies == "not recorded":
        session.registry.database.run("UPDATE registrations SET identity = 'x' || identity")
    other = replace(order, prompt=f"Again, {order.prompt}")
    assert planned(other, session.registry, session.settings).ratio == "9:16"
    if lies == "not recorded":
        with pytest.raises(RegistryError, match="may be paid for") as caught:
            made_of(order, session)
        assert caught.value.remedies == (Remedy("reconcile_video", (row.identity[:12],)),)
    elif fault:
        with pytest.raises(UnsettledSubmit):
            made_of(order, session)
    else:
        done = made_of(order, session)
        assert (done.record.row_id, done.record.state) == (row.row_id, "done")
    assert (relay.videos, len(session.registry.videos.list_all())) == (1, 1)
