"""What ``storage clean`` takes out of a bucket and what it leaves: several homes may share one."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from screentest.client.config import Settings, settings_from
from screentest.client.registry.exchange import exported, imported
from screentest.client.registry.identity import Wish
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry, utc_now
from screentest.client.registry.videos import VideoWish
from screentest.client.remote.storage import Bucket, key_of
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.sandbox.serve import environment
from screentest.client.tasks.clean_up import LEFT_ALONE_FOR, Cleaned, clean_up
from screentest.prep.core.values import Clip, Segment
from tests.integration.sandbox_parts import new_bucket

pytest_plugins = ["tests.integration.sandbox_fixtures"]

SHA256 = "ab" * 32
WISH = Wish("sandbox", "acc", "openai/sora-2/characters", "Joe", "/raw/joe.mov", "f00d", {})
CLIP = Clip(
    path="/home/clips/ab.mp4",
    sha256=SHA256,
    bytes=4,
    segment=Segment(8.0, 4.0, 0.9, "face", ("Best.",), ()),
    model=WISH.model,
    width_px=1280,
    height_px=720,
    fps=Fraction(30),
    frames=120,
    has_audio=True,
    upscaled=False,
    warnings=(),
)


@dataclass(slots=True)
class Home:
    """A home that uses the shared bucket."""

    settings: Settings
    registry: Registry

    def uploaded(self, *, key: str = "", name: str = "Joe") -> Registration:
        """A registration whose clip is in the bucket."""
        key = key or key_of(SHA256, folder=self.registry.folder)
        self.put(key)
        ledger = self.registry.registrations
        record = ledger.mark_clipped(ledger.record_wish(replace(WISH, name=name)), CLIP)
        return ledger.mark_uploaded(record, bucket=self.settings.bucket, key=key)

    def finished(self, record: Registration) -> Registration:
        ledger, task_id = self.registry.registrations, f"task-{record.name}"
        record = ledger.mark_submitting(record)
        record = ledger.mark_submitted(record, task_id=task_id, cost_usd=0.001)
        return ledger.mark_done(record, character_id="char_1")

    def put(self, key: str) -> None:
        clip = self.settings.home / "clip.mp4"
        clip.write_bytes(b"clip")
        with Bucket(self.settings) as bucket:
            bucket.put(clip, sha256=SHA256, key=key)

    def has(self, key: str | None) -> bool:
        with Bucket(self.settings) as bucket:
            return bucket.modified_at(str(key)) is not None

    def clean(self, *, dry_run: bool = False) -> Cleaned:
        return clean_up(self.settings, self.registry, dry_run=dry_run)


@pytest.fixture
def homes(s3_server: S3Server, tmp_path: Path) -> tuple[Home, Home]:
    env = environment(s3_server.ports, s3_server.account)
    env |= {"SCREENTEST_BUCKET": new_bucket(s3_server)}
    one, two = (
        Home(
            settings_from({}, home=tmp_path / name, sandbox_env=env),
            Registry(tmp_path / name / FILE_NAME),
        )
        for name in ("one", "two")
    )
    return one, two


def test_what_nobody_needs_is_deleted_and_marked(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    row = home.finished(home.uploaded())
    would = home.clean(dry_run=True)
    assert home.has(row.object_key)
    assert home.clean() == would == Cleaned((str(row.object_key),), (), ())
    assert not home.has(row.object_key)
    assert home.registry.registrations.find_row(row.row_id).object_deleted_at


def test_what_an_unfinished_registration_needs_stays(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    home.finished(home.uploaded(name="Ann"))
    row = home.uploaded(name="Joe")
    assert home.clean().needed == (row.object_key,)
    assert home.has(row.object_key)


def test_a_clip_that_another_run_works_with_stays(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    row = home.finished(home.uploaded())
    with locked(home.settings.home / "locks", SHA256, what="it"):
        assert home.clean().needed == (row.object_key,)


def test_the_same_clip_of_another_home_stays(homes: tuple[Home, Home]) -> None:
    one, two = homes
    ours, theirs = one.finished(one.uploaded()), two.uploaded()
    assert one.clean().deleted == (ours.object_key,)
    assert two.has(theirs.object_key)


def test_what_lies_outside_the_own_folder_is_not_even_looked_at(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    kept = [
        "holiday.mp4",
        f"{SHA256}.mp4",
        f"clips/{SHA256}.mp4",
        f"{home.registry.folder}x/{SHA256}.mp4",
    ]
    for number, key in enumerate(kept):
        home.finished(home.uploaded(key=key, name=f"Joe {number}"))
    home.registry.now = lambda: utc_now() + timedelta(days=400)
    assert home.clean() == Cleaned((), (), ())
    assert all(home.has(key) for key in kept)


def test_only_what_a_row_put_there_under_its_own_hash_goes(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    folder = home.registry.folder
    kept = [f"{folder}/notes.txt", f"{folder}/{'cd' * 32}.mp4", f"{folder}/old/{SHA256}.mp4"]
    for number, key in enumerate(kept):
        home.finished(home.uploaded(key=key, name=f"Joe {number}"))
    home.registry.now = lambda: utc_now() + timedelta(days=400)
    assert set(home.clean().foreign) == set(kept)
    assert all(home.has(key) for key in kept)


def test_an_imported_registration_gives_no_right_to_delete(homes: tuple[Home, Home]) -> None:
    one, two = homes
    row = one.finished(one.uploaded())
    imported(exported(one.registry), two.registry)
    two.registry.now = lambda: utc_now() + timedelta(days=400)
    assert two.clean() == Cleaned((), (), ())
    assert one.has(row.object_key)


@pytest.mark.parametrize("key", ["payroll/backup.sql", "{folder}/" + SHA256 + ".mp4"])
def test_a_crafted_import_deletes_nothing(key: str, homes: tuple[Home, Home]) -> None:
    """The second key lies in the folder itself, as a copy of this home would use it."""
    one, two = homes
    one.finished(one.uploaded())
    key = key.format(folder=two.registry.folder)
    two.put(key)
    content: dict[str, Any] = copy.deepcopy(dict(exported(one.registry)))
    content["characters"][0] |= {"bucket": two.settings.bucket, "object_key": key}
    assert imported(content, two.registry).characters == 1
    two.registry.now = lambda: utc_now() + timedelta(days=400)
    assert two.clean().deleted == ()
    assert two.has(key)


def test_an_image_stays_while_its_video_is_unfinished(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    ledger = home.registry.videos
    wish = VideoWish("sandbox", "acc", "openai/sora-2/image-to-video", "It moves.", {}, 0.4)
    row = ledger.record_wish(wish)
    needed, left = (
        f"{home.registry.folder}/images/{identity[:32]}.png" for identity in (wish.identity, "0" * 64)
    )
    home.put(needed)
    home.put(left)
    assert home.clean() == Cleaned((), (needed,), (left,))
    ledger.mark_failed(ledger.mark_submitting(row), RuntimeError("no"))
    # A copy of this home may be making a video from it, until it is too old for that.
    assert home.clean() == Cleaned((), (), tuple(sorted((needed, left))))
    home.registry.now = lambda: utc_now() + timedelta(days=15)
    assert home.clean() == Cleaned((needed,), (), (left,))


def test_what_another_home_put_again_in_the_meantime_stays(homes: tuple[Home, Home]) -> None:
    home, _ = homes
    wish = VideoWish("sandbox", "acc", "openai/sora-2/image-to-video", "It moves.", {}, 0.4)
    ledger = home.registry.videos
    ledger.mark_failed(ledger.mark_submitting(ledger.record_wish(wish)), RuntimeError("no"))
    key = f"{home.registry.folder}/images/{wish.identity[:32]}.png"
    home.put(key)
    with Bucket(home.settings) as bucket:
        first_at = bucket.modified_at(key)
        assert first_at
        time.sleep(1.1)  # S3 tells whole seconds.
        home.registry.now = put_again_then(
            home, key, first_at + LEFT_ALONE_FOR + timedelta(seconds=0.5)
        )
        assert home.clean().foreign == (key,)
        assert bucket.modified_at(key)


def put_again_then(home: Home, key: str, moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still, and that puts the object there again when it is first asked."""
    asked: list[str] = []

    def now() -> datetime:
        if not asked:
            asked.append(key)
            with Bucket(home.settings) as bucket:
                bucket.delete(key)
            home.put(key)
        return moment

    return now
