"""What is found of a video's characters once it is on disk: kept, said, and never in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from screentest.client.config import Secret, Settings
from screentest.client.registry.videos import ShownCharacter, Video
from screentest.client.tasks.session import Session
from screentest.client.videos.likeness import compared
from screentest.prep.core.files import sha256_of
from screentest.prep.core.values import Clip
from screentest.prep.stills.values import Still
from tests.integration.register_parts import Watched
from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registration,
    Registry,
    brought,
    deleted,
)


@pytest.fixture
def session(home: Path) -> Iterator[Session]:
    settings = Settings(home, "https://s/api/v3", Secret("k"), "b", sandbox=False)
    home.mkdir()
    with Registry(home / FILE_NAME) as registry:
        yield Session(settings, registry, None, Watched())  # type: ignore[arg-type]


def toy(session: Session, name: str) -> Registration:
    """A character by one still that shows nobody."""
    path = session.settings.home / "toy.png"
    cv2.imwrite(str(path), np.full((400, 400, 3), 99, np.uint8))
    still = Still(str(path), "view", 0.0, None, None, 400, 400, 1.0, "/raw", sha256_of(path), 9)
    ledger = session.registry.registrations
    row = ledger.record_wish(replace(WISH, name=name, source_fingerprint="toy"))
    return ledger.mark_kept(ledger.mark_with_stills(row, [still]))


def video_of(session: Session, path: Path | str, *rows: Registration) -> Video:
    shows = tuple(ShownCharacter(row.name, row.character, row.identity) for row in rows)
    videos = session.registry.videos
    row = videos.mark_submitting(videos.record_wish(replace(VIDEO_WISH, shows=shows)))
    row = videos.mark_submitted(row, task_id="t1", cost_usd=0.4)
    return videos.mark_done(row, path=str(path), sha256="ab" * 32, has_nsfw=False)


def warned(session: Session) -> list[str]:
    watched: Any = session.watcher
    return list(watched.warnings)


def test_each_character_s_likeness_is_kept(session: Session, made: Clip) -> None:
    joe, rex = brought(session.registry, "done", clip=made), toy(session, "Rex")
    deleted(session.registry, joe)
    found = compared(video_of(session, made.path, joe, rex), session)
    [kept] = session.registry.videos.list_all()
    assert found == kept
    likeness: Any = kept.likeness
    assert (likeness["Joe"]["verdict"], likeness["Joe"]["share"]) == ("same", 1.0)
    assert (likeness["Rex"]["verdict"], likeness["Rex"]["share"]) == ("unsure", None)
    assert warned(session) == []
    watched: Any = session.watcher
    watched.stages.clear()
    assert compared(kept, session) == kept
    assert watched.stages == []


@pytest.mark.parametrize("lost", ["video", "references"])
def test_what_cannot_be_compared_is_said_and_the_video_stays(
    session: Session, made: Clip, tmp_path: Path, lost: str
) -> None:
    clip = made if lost == "video" else replace(made, path=str(tmp_path / "gone.mp4"))
    joe = brought(session.registry, "done", clip=clip)
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video")
    video = video_of(session, path if lost == "video" else made.path, joe)
    assert compared(video, session) == video
    [said] = warned(session)
    assert "Joe was not looked for" in said or "was not compared" in said
    assert session.registry.videos.list_all() == (video,)


def test_a_video_of_nobody_is_not_looked_at(session: Session) -> None:
    video = video_of(session, "/none.mp4")
    assert compared(video, session) == video
    assert warned(session) == []
