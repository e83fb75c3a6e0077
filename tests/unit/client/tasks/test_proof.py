"""A URL that is submitted was seen to give its file, and lives long enough for the service's queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.config import Secret, Settings
from screentest.client.errors import StorageError, UrlNotServed
from screentest.client.remote.http import Http
from screentest.client.remote.storage import Bucket, Upload
from screentest.client.tasks.proof import least_life, proven
from screentest.client.tasks.session import Clocks, Session
from tests.registry_parts import FILE_NAME, Registry
from tests.scripted_service import Answer, Time, scripted

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTENT = b"the clip's own bytes"


@dataclass(slots=True)
class Told:
    """A watcher that keeps its warnings and lets time pass once the URL was proven."""

    time: Time
    pauses_s: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def started(self, stage: str) -> None:
        pass

    def advanced(self, stage: str, fraction: float) -> None:
        pass

    def ended(self, stage: str, summary: str) -> None:
        if self.pauses_s:
            self.time.now_s += self.pauses_s.pop(0)

    def warned(self, message: str) -> None:
        self.warnings.append(message)


@dataclass(slots=True)
class Presenting:
    """A bucket whose URLs lead to a scripted server; made with credentials that end when said."""

    url: str
    credentials_end_at: datetime | None = None
    temporary: bool = False
    presented: int = 0

    def present(self, key: str, *, expires_s: int, now: datetime | None = None) -> Upload:
        self.presented += 1
        assert now is not None
        expires_at = now + timedelta(seconds=expires_s)
        end_at = self.credentials_end_at
        return Upload(
            "clips",
            key,
            f"{self.url}/{key}?X-Amz-Signature=abcdef{self.presented}",
            min(expires_at, end_at or expires_at),
            temporary=self.temporary or end_at is not None,
            credentials_end_at=end_at,
        )


@dataclass(slots=True)
class Run:
    """One proof, and what it left behind."""

    bucket: Presenting
    told: Told
    session: Session
    path: Path

    def prove(self) -> Upload:
        with Http(clock=self.told.time.clock, sleep=self.told.time.sleep) as http:
            bucket = cast(Bucket, self.bucket)
            return proven(
                "k.mp4", self.path, what="clip", bucket=bucket, http=http, session=self.session
            )


@contextmanager
def running(
    folder: Path, *answers: Answer, expires_s: int = 3600, pauses_s: tuple[float, ...] = ()
) -> Iterator[Run]:
    time = Time()
    told = Told(time, list(pauses_s))
    settings = Settings(
        folder, "http://127.0.0.1:1/api/v3", Secret("k"), "clips", True, url_expires_s=expires_s
    )
    clocks = Clocks(time.clock, time.sleep, lambda: NOW + timedelta(seconds=time.now_s))
    path = folder / "k.mp4"
    path.write_bytes(CONTENT)
    with (
        scripted(*(answers or (Answer(200, CONTENT),))) as server,
        Registry(folder / FILE_NAME) as registry,
    ):
        session = Session(settings, registry, cast("object", None), told, clocks)  # type: ignore[arg-type]
        yield Run(Presenting(server.url), told, session, path)


@given(expires_s=st.integers(60, 7 * 24 * 3600))
def test_what_must_be_left_is_never_more_than_half(expires_s: int) -> None:
    # More than a fresh URL has would refuse every submit.
    left = least_life(expires_s)
    assert timedelta(0) < left <= timedelta(seconds=expires_s) / 2
    assert left <= timedelta(minutes=5)


def test_a_good_url_is_proven_once_and_without_a_word(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        upload = run.prove()
    assert (run.bucket.presented, run.told.warnings) == (1, [])
    assert upload.expires_at == NOW + timedelta(hours=1)


def test_a_url_that_grew_old_while_it_was_proven_is_made_once_more(tmp_path: Path) -> None:
    with running(tmp_path, expires_s=600, pauses_s=(500.0,)) as run:
        upload = run.prove()
    assert run.bucket.presented == 2
    assert upload.url.endswith("abcdef2")
    assert upload.expires_at - (NOW + timedelta(seconds=run.told.time.now_s)) >= least_life(600)


def test_a_url_that_is_proven_too_slowly_each_time_is_never_submitted(tmp_path: Path) -> None:
    with running(tmp_path, expires_s=600, pauses_s=(500.0, 500.0)) as run:
        with pytest.raises(StorageError, match="othing was submitted") as caught:
            run.prove()
        assert run.bucket.presented == 2
    assert "abcdef" not in f"{caught.value!r}{caught.value.hint}"


def test_a_url_that_gives_other_bytes_is_never_submitted(tmp_path: Path) -> None:
    with running(tmp_path, Answer(200, CONTENT[::-1])) as run, pytest.raises(UrlNotServed):
        run.prove()


def test_credentials_that_end_too_soon_are_named_as_the_cause(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        run.bucket.credentials_end_at = NOW + timedelta(minutes=4)
        with pytest.raises(StorageError, match="credentials"):
            run.prove()


def test_credentials_that_cut_the_urls_life_are_warned_of(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        run.bucket.credentials_end_at = NOW + timedelta(minutes=30)
        upload = run.prove()
    assert upload.expires_at == NOW + timedelta(minutes=30)
    (warning,) = run.told.warnings
    assert "12:30" in warning


def test_credentials_that_outlive_the_url_are_not_mentioned(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        run.bucket.credentials_end_at = NOW + timedelta(hours=5)
        run.prove()
    assert run.told.warnings == []


def test_credentials_whose_end_nobody_knows_are_warned_of(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        run.bucket.temporary = True
        run.prove()
    (warning,) = run.told.warnings
    assert "temporary" in warning
