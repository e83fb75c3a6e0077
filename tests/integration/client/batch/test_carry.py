"""Footage out and clips back through the bucket, over real S3 and a worker's own code."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from screentest.client.batch.carrying.carry import CarryingEngine
from screentest.client.batch.carrying.transit import Parcel, Transit
from screentest.client.config import settings_from
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.sandbox.serve import environment
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Job,
    Place,
    Prepare,
    Put,
    Result,
    Sent,
)
from screentest.client.worker.work import done
from screentest.prep.core.files import sha256_of
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import CheckReport, Clip
from screentest.prep.pipeline import probed
from tests.integration.batch_parts import DirectEngine
from tests.integration.sandbox_parts import new_bucket
from tests.waiting import HANG_S

pytest_plugins = ["tests.integration.sandbox_fixtures"]

FOLDER = "mine-transit"
NOT_SHARED = Failure("probe", "NotShared", "A worker does not see the file.")


@pytest.fixture
def transit(s3_server: S3Server, tmp_path: Path) -> Iterator[Transit]:
    env = environment(s3_server.ports, s3_server.account)
    env |= {"SCREENTEST_BUCKET": new_bucket(s3_server)}
    with Transit(settings_from({}, home=tmp_path, sandbox_env=env)) as transit:
        yield transit


@pytest.fixture(autouse=True)
def own_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREENTEST_SCRATCH", str(tmp_path / "scratch"))


@contextmanager
def carried(
    transit: Transit, home: Path, work: Callable[[Job], Result]
) -> Iterator[tuple[CarryingEngine, DirectEngine]]:
    direct = DirectEngine(work)
    engine = CarryingEngine(direct, transit, folder=FOLDER, home=home, reached=lambda place: place)
    try:
        yield engine, direct
    finally:
        engine.close()
    assert not list(transit.listed(FOLDER)), "nothing is left under way"


def result_of(engine: CarryingEngine, job: Job) -> Result:
    engine.submit(1, job)
    while (ended := engine.next_done(0.05)) is None:
        pass
    return ended.result


def made_of(made: Clip, face_clip: Path, **changed: object) -> ClipMade:
    """What a worker says of a clip, however it came by it."""
    told = replace(made, path="/scratch/clip.mp4", **changed)  # type: ignore[arg-type]
    source = replace(probed(face_clip), path="/etc/passwd")
    return ClipMade(0, source, told, CheckReport("/scratch/clip.mp4", "m", ()))


def prepare(path: Path) -> Prepare:
    return Prepare((Place("joe.mp4", path=str(path)),), SORA_2, clips="/no", scans="/no")


def key_in(job: Put) -> str:
    return urlsplit(job.url).path.partition(f"/{FOLDER}/")[2]


def test_a_clip_comes_home_and_is_called_as_the_driver_calls_it(
    face_clip: Path, made: Clip, transit: Transit, tmp_path: Path
) -> None:
    def work(job: Job) -> Result:
        if isinstance(job, Put):
            transit.hand_in(Path(made.path), f"{FOLDER}/{key_in(job)}")
            return Sent(job.path)
        assert isinstance(job, Prepare)
        assert (job.clips, job.scans) == (None, None)
        return made_of(made, face_clip)

    with carried(transit, tmp_path / "home", work) as (engine, _):
        result = result_of(engine, prepare(face_clip))
    assert isinstance(result, ClipMade)
    assert result.source.path == str(face_clip), "no worker names a file of the driver"
    clip = tmp_path / "home" / "clips" / f"{made.sha256}.mp4"
    assert (result.clip.path, result.report.clip) == (str(clip), str(clip))
    assert sha256_of(clip) == made.sha256


def test_other_bytes_than_a_worker_told_of_never_become_a_clip(
    face_clip: Path, made: Clip, transit: Transit, tmp_path: Path
) -> None:
    def work(job: Job) -> Result:
        if isinstance(job, Put):
            transit.hand_in(face_clip, f"{FOLDER}/{key_in(job)}")
            return Sent(job.path)
        return made_of(made, face_clip)

    with carried(transit, tmp_path / "home", work) as (engine, _):
        result = result_of(engine, prepare(face_clip))
    assert isinstance(result, Failure)
    assert "did not come back as it was made" in result.message
    assert not list((tmp_path / "home" / "clips").iterdir())


@pytest.mark.parametrize("sha256", ["", "../../.bashrc", "A" * 64, "a" * 63])
def test_a_hash_that_is_none_is_signed_for_nobody(
    sha256: str, face_clip: Path, made: Clip, transit: Transit, tmp_path: Path
) -> None:
    with carried(transit, tmp_path, lambda _: made_of(made, face_clip, sha256=sha256)) as (
        engine,
        direct,
    ):
        result = result_of(engine, prepare(face_clip))
    assert isinstance(result, Failure)
    assert not [job for job in direct.jobs if isinstance(job, Put)]


def test_footage_that_no_worker_sees_is_looked_at_here_and_lent_for_its_clip(
    face_clip: Path, made: Clip, transit: Transit, tmp_path: Path
) -> None:
    lent: list[Place] = []

    def work(job: Job) -> Result:
        if isinstance(job, Put):
            transit.hand_in(Path(made.path), f"{FOLDER}/{key_in(job)}")
            return Sent(job.path)
        (place,) = job.footage
        if place.path is not None:
            assert place.bytes == face_clip.stat().st_size
            return NOT_SHARED
        lent.append(place)
        looked = done(Inspect((place,)))
        assert isinstance(looked, Inspected), "the footage is there"
        return made_of(made, face_clip)

    places = (Place("joe.mp4", path=str(face_clip)),)
    with carried(transit, tmp_path / "home", work) as (engine, _):
        looked = result_of(engine, Inspect(places))
        assert isinstance(looked, Inspected)
        assert not lent, "a look costs no upload"
        assert isinstance(result_of(engine, prepare(face_clip)), ClipMade)
    assert len(lent) == 1


def test_footage_whose_upload_ends_after_the_batch_was_stopped_does_not_stay_in_the_bucket(
    face_clip: Path, transit: Transit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()
    hand_in, delete = transit.hand_in, transit.delete

    def late(path: Path, key: str, **_: object) -> Parcel:
        begun.set()
        stopped.wait(0.5)  # long enough for a delete that comes too early
        return hand_in(path, key)

    def told(key: str) -> None:
        delete(key)
        stopped.set()

    monkeypatch.setattr(transit, "hand_in", late)
    monkeypatch.setattr(transit, "delete", told)
    with carried(transit, tmp_path / "home", lambda _: NOT_SHARED) as (engine, _):
        engine.submit(1, prepare(face_clip))
        assert engine.next_done(0.05) is None
        assert begun.wait(HANG_S)


def test_a_worker_that_answers_another_question_is_not_asked_for_ever(
    face_clip: Path, made: Clip, transit: Transit, tmp_path: Path
) -> None:
    told = made_of(made, face_clip)
    for answers in (lambda _: told, lambda _: Sent("/x"), lambda _: Inspected(())):
        with carried(transit, tmp_path, answers) as (engine, direct):
            result = result_of(engine, prepare(face_clip))
        assert isinstance(result, Failure)
        assert result.message == "A worker answered another question."
        assert len(direct.jobs) <= 2


def test_a_clip_whose_worker_is_gone_is_made_again_once(
    face_clip: Path, made: Clip, transit: Transit, tmp_path: Path
) -> None:
    gone = Failure("worker", "WorkerFailed", "Its worker is gone.", retryable=True)

    def work(job: Job) -> Result:
        return gone if isinstance(job, Put) else made_of(made, face_clip)

    with carried(transit, tmp_path, work) as (engine, direct):
        assert result_of(engine, prepare(face_clip)) == gone
    assert direct.clips_asked_for == 2
