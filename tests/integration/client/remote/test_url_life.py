"""The URL that a submit goes out with outlives the service's queue, or nothing is submitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from screentest import probe
from screentest.client.characters.order import wish_of
from screentest.client.characters.register import Order
from screentest.client.config import S3Access, Settings, settings_from
from screentest.client.doctor import examine_services
from screentest.client.errors import BucketUnusable, StorageError
from screentest.client.registry.registry import FILE_NAME, Registry, utc_now
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.tasks.session import opened
from screentest.client.videos import make as video_run
from screentest.client.videos.plan import VideoOrder, planned
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import Wishes
from tests.integration.register_parts import Watched, recorded, run
from tests.integration.sandbox_parts import sandbox_on

pytest_plugins = ["tests.integration.sandbox_fixtures"]


@pytest.fixture
def settings(s3_server: S3Server, home: Path, tmp_path: Path) -> Iterator[Settings]:
    with sandbox_on(s3_server, tmp_path / "sandbox") as env:
        yield settings_from({}, home=home, sandbox_env=env)


@pytest.fixture
def order(face_clip: Path, made: Clip, settings: Settings) -> Order:
    """An order whose clip an earlier run has made."""
    order = Order(str(face_clip), "Joe", wishes=Wishes(start_s=1.0, length_s=2.0))
    with Registry(settings.home / FILE_NAME) as registry:
        wish = wish_of(order, settings, probe(face_clip))
        registry.registrations.mark_clipped(registry.registrations.record_wish(wish), made)
    return order


class Slow(Watched):
    """Lets time pass on its own clock once the URL was proven, the first ``times`` times."""

    def __init__(self, pause_s: float, *, times: int = 1) -> None:
        super().__init__()
        self.pause_s = pause_s
        self.times = times
        self.passed_s = 0.0

    def now(self) -> datetime:
        return utc_now() + timedelta(seconds=self.passed_s)

    def ended(self, stage: str, summary: str) -> None:
        if stage == "prove" and self.stages.count("prove") <= self.times:
            self.passed_s += self.pause_s


def tasks(settings: Settings) -> int:
    with opened(settings) as session:
        return len(session.service.recent())


def test_a_url_that_ended_before_the_submit_is_renewed(order: Order, settings: Settings) -> None:
    watcher = Slow(1201.0)
    brief = replace(settings, url_expires_s=1200)
    assert run(order, brief, watcher=watcher, now=watcher.now).character_id
    assert watcher.stages.count("prove") == 2


def test_a_url_that_is_proven_too_slowly_every_time_is_not_submitted(
    order: Order, settings: Settings
) -> None:
    watcher = Slow(1000.0, times=2)
    brief = replace(settings, url_expires_s=1200)
    with pytest.raises(StorageError, match="too slowly"):
        run(order, brief, watcher=watcher, now=watcher.now)
    assert tasks(settings) == 0


@pytest.fixture
def chained(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same bucket, its credentials from boto3's own chain."""
    access = settings.s3
    assert access.access_key
    assert access.secret_key
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access.access_key.reveal())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", access.secret_key.reveal())
    return replace(settings, s3=S3Access(access.endpoint_url, region=access.region))


def ends_in(minutes: float, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The end of the credentials, which boto3 then keeps as refreshable ones."""
    end_at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", end_at.isoformat())
    return end_at


def test_credentials_that_end_too_soon_are_told_before_any_bill(
    order: Order, chained: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_in(3, monkeypatch)
    with pytest.raises(StorageError, match="credentials end at") as caught:
        run(order, chained)
    assert "Renew" in caught.value.hint
    assert tasks(chained) == 0
    assert recorded(chained).state == "uploaded"


def test_credentials_that_end_before_the_url_cut_its_life_and_say_so(
    order: Order, chained: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_at = ends_in(60, monkeypatch)
    watcher = Watched()
    assert run(order, chained, watcher=watcher).submitted
    assert any(f"{end_at:%H:%M:%S}" in warning for warning in watcher.warnings)


def test_credentials_that_outlive_the_url_do_not_matter(
    order: Order, chained: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_in(48 * 60, monkeypatch)
    watcher = Watched()
    assert run(order, chained, watcher=watcher).submitted
    assert not any("credentials" in warning for warning in watcher.warnings)


def test_credentials_that_have_ended_are_told(
    order: Order, chained: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_in(-1, monkeypatch)
    with pytest.raises(BucketUnusable, match="have ended"):
        run(order, chained)


def test_a_url_that_ended_is_renewed_whatever_outlives_it(
    order: Order, chained: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_in(60, monkeypatch)
    watcher = Slow(1201.0)
    brief = replace(chained, url_expires_s=1200)
    assert run(order, brief, watcher=watcher, now=watcher.now).character_id
    assert watcher.stages.count("prove") == 2


def test_a_first_frame_is_not_submitted_with_credentials_that_end_too_soon(
    chained: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ends_in(3, monkeypatch)
    image = tmp_path / "first.png"
    cv2.imwrite(str(image), np.full((720, 1280, 3), 128, np.uint8))
    wanted = VideoOrder("Rain falls.", tmp_path / "rain.mp4", image=str(image))
    with opened(chained) as session:
        plan = planned(wanted, session.registry, chained)
        with pytest.raises(StorageError, match="the image's URL with them"):
            video_run.make(video_run.quote(plan, session), session)
    assert tasks(chained) == 0


@pytest.mark.parametrize(("minutes", "verdict"), [(3, "warning"), (60, "ok")])
def test_doctor_tells_of_credentials_that_end_too_soon(
    chained: Settings, monkeypatch: pytest.MonkeyPatch, minutes: float, verdict: str
) -> None:
    ends_in(minutes, monkeypatch)
    *_, bucket = examine_services(chained, model_id="openai/sora-2/characters")
    assert (bucket.check, bucket.verdict) == ("bucket", verdict)
