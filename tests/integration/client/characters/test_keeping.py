"""A character at an inline model: the kept clip where it fits, else a new one; or stills."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest import KLING_ELEMENTS, check, probe
from screentest.client.characters.keeping import clips_that_may_serve, is_usable, kept_at
from screentest.client.characters.known import length_s_at
from screentest.client.config import Secret, Settings
from screentest.client.errors import ConfigError
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.remote.models.wan import WAN_3_REFERENCE
from screentest.client.remote.video_models import VIDEO_MODELS
from screentest.client.tasks.session import Session
from screentest.prep.core.spec import WAN_3
from screentest.prep.core.values import Clip
from tests.integration.register_parts import Watched
from tests.registry_parts import CLIP, WISH, brought

ASKED = {"start_s": 1.0, "length_s": 2.0}
LONGER_CLIP = replace(KLING_ELEMENTS, min_short_px=720)
assert WAN_3_REFERENCE.cast
assert WAN_3_REFERENCE.takes
LONGER = replace(
    WAN_3_REFERENCE,
    model_id="made/up",
    cast=replace(WAN_3_REFERENCE.cast, takes=replace(WAN_3_REFERENCE.takes, clip=LONGER_CLIP)),
)


@pytest.fixture
def session(home: Path) -> Iterator[Session]:
    """A session that has no service: nothing is sent."""
    settings = Settings(home, "https://s/api/v3", Secret("k"), "b", sandbox=False)
    home.mkdir()
    with Registry(home / FILE_NAME) as registry:
        yield Session(settings, registry, None, Watched())  # type: ignore[arg-type]


@pytest.fixture
def raw(face_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(face_clip, tmp_path / "raw.mp4"))


@pytest.fixture
def joe(session: Session, raw: Path, made: Clip, home: Path) -> Registration:
    """Joe at another model, with the clip that it was made from."""
    clips = home / "clips"
    clips.mkdir(mode=0o700)
    path = shutil.copy(made.path, clips / f"{made.sha256}.mp4")
    wish = Wish("elsewhere", "acc", WISH.model, "Joe", str(raw), probe(raw).fingerprint, ASKED)
    return brought(session.registry, "done", wish=wish, clip=replace(made, path=str(path)))


def encodes(session: Session) -> list[str]:
    watched: Any = session.watcher
    return [stage for stage in watched.stages if stage in ("clip", "stills")]


def test_a_kept_clip_that_fits_is_sent_byte_for_byte(session: Session, joe: Registration) -> None:
    row = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert row.clip
    assert joe.clip
    assert (row.clip.sha256, encodes(session)) == (joe.clip.sha256, [])
    assert (row.state, row.character, row.service) == ("done", joe.character, session.settings.service)
    assert (row.task_id, row.character_id, row.cost_usd) == (None, None, None)
    again = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert again == row
    assert len(session.registry.registrations.list_all()) == 2


def test_another_model_s_clip_is_made_of_the_same_window_lengthened(
    session: Session, joe: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VIDEO_MODELS, LONGER.model_id, LONGER)
    row = kept_at(joe.character_no, LONGER, session, way="video")
    assert row.clip
    assert row.segment
    assert check(row.clip.path, spec=LONGER_CLIP).ok
    assert row.segment.start_s <= 1.0
    assert float(row.clip.length_s) == pytest.approx(3.0, abs=0.05)


def test_a_clip_that_is_gone_is_made_again_and_the_row_tells(
    session: Session, joe: Registration
) -> None:
    first = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert first.clip
    Path(first.clip.path).write_bytes(b"other bytes")
    second = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert second.clip
    assert (second.row_id > first.row_id, encodes(session)) == (True, ["clip"])
    assert check(second.clip.path, spec=WAN_3).ok
    assert second.segment
    assert second.segment.start_s == 1.0


@pytest.mark.parametrize("lost", ["gone", "other footage"])
def test_without_clip_and_footage_it_is_said_how_to_register_it_again(
    session: Session, joe: Registration, raw: Path, lost: str
) -> None:
    assert joe.clip
    Path(joe.clip.path).unlink()
    if lost == "gone":
        raw.unlink()
    else:
        with raw.open("ab") as file:
            file.write(b"more")
    with pytest.raises(ConfigError, match="Joe") as caught:
        kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert [(one.kind, one.values) for one in caught.value.remedies] == [("register_again", ("Joe",))]


def test_a_run_that_ended_after_the_clip_goes_on_with_it(session: Session, joe: Registration) -> None:
    ledger, kept = session.registry.registrations, type(session.registry.registrations).mark_kept
    with pytest.MonkeyPatch.context() as patch:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(type(ledger), "mark_kept", killed)
        with pytest.raises(KeyboardInterrupt):
            kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert type(ledger).mark_kept is kept
    row = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    assert (row.state, row.generation, len(ledger.list_all())) == ("done", 1, 2)


@pytest.mark.slow
def test_stills_are_kept_beside_a_clip_as_another_registration(
    session: Session, joe: Registration
) -> None:
    by_clip = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="video")
    row = kept_at(joe.character_no, WAN_3_REFERENCE, session, way="images")
    assert row.identity != by_clip.identity
    assert row.stills
    assert all(Path(one.path).parent == session.settings.home / "stills" for one in row.stills)
    assert kept_at(joe.character_no, WAN_3_REFERENCE, session, way="images") == row
    assert is_usable(row, WAN_3_REFERENCE.takes)
    Path(row.stills[0].path).write_bytes(b"other bytes")
    assert not is_usable(row, WAN_3_REFERENCE.takes)


# Pure


@pytest.mark.parametrize(
    ("length_s", "wanted_s"), [(2.0, 3.0), (3.0, 3.0), (4.0, 4.0), (8.0, 8.0), (15.0, 8.0)]
)
def test_a_window_is_as_long_as_before_where_the_model_takes_that(
    length_s: float, wanted_s: float
) -> None:
    assert length_s_at(replace(CLIP.segment, length_s=length_s), KLING_ELEMENTS) == wanted_s


def test_the_clip_of_the_newest_footage_that_is_near_what_is_cut_comes_first(
    session: Session,
) -> None:
    registry, rows = session.registry, []
    for number, (footage, frames) in enumerate([("old", 120), ("new", 240), ("new", 119)], start=1):
        clip = replace(CLIP, sha256=f"{number:064x}", frames=frames)
        wish = replace(WISH, source_fingerprint=footage, model=f"m{number}")
        rows.append(brought(registry, "clipped", wish=wish, clip=clip))
    served = clips_that_may_serve(rows, WAN_3)
    assert [int(clip.sha256, 16) for clip in served] == [3, 2, 1]
