"""Clips on their way from a worker's scratch to the bucket, by a URL that takes these bytes alone."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.batch.carrying.transit import Transit
from screentest.client.config import Settings, settings_from
from screentest.client.errors import StorageError
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.sandbox.serve import environment
from screentest.client.worker.footage import mark_of
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Place,
    Prepare,
    Put,
    Sent,
)
from screentest.client.worker.put import send
from screentest.client.worker.scratch import scratch
from screentest.client.worker.wire import result_from
from screentest.client.worker.work import answered, done
from screentest.prep.core.files import sha256_of
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.wishes import Wishes
from tests.integration.sandbox_parts import new_bucket
from tests.scripted_service import closed_port

pytest_plugins = ["tests.integration.sandbox_fixtures"]

KEY = "mine-transit/0123"


@pytest.fixture(autouse=True)
def own_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREENTEST_SCRATCH", str(tmp_path / "scratch"))


@pytest.fixture
def transit(s3_server: S3Server, tmp_path: Path) -> Iterator[Transit]:
    here = environment(s3_server.ports, s3_server.account)
    env = here | {"SCREENTEST_BUCKET": new_bucket(s3_server)}
    settings: Settings = settings_from({}, home=tmp_path, sandbox_env=env)
    with Transit(settings) as transit:
        yield transit


def waiting_clip(content: bytes = b"clip" * 100_000) -> Path:
    path = scratch().clips / "clip.mp4"
    path.write_bytes(content)
    return path


def test_a_clip_waits_in_the_scratch_and_is_let_go_of_once_it_is_sent(
    face_clip: Path, transit: Transit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = tmp_path / "current"
    current.mkdir()
    monkeypatch.chdir(current)
    wishes = Wishes(start_s=1.0, length_s=2.0)
    made = done(Prepare((Place("face", path=str(face_clip)),), SORA_2, wishes))
    assert isinstance(made, ClipMade)
    path = Path(made.clip.path)
    assert path.parent == scratch().clips
    assert not list(current.iterdir()), "no clip is left where the worker was started"

    where = transit.present_put(KEY, sha256=made.clip.sha256, expires_s=600)
    assert done(Put(made.clip.path, where.url, where.headers)) == Sent(made.clip.path)
    assert not path.exists()
    transit.fetch(KEY, tmp_path / "back.mp4", most_bytes=made.clip.bytes)
    assert sha256_of(tmp_path / "back.mp4") == made.clip.sha256
    with pytest.raises(StorageError, match="larger than"):
        transit.fetch(KEY, tmp_path / "back.mp4", most_bytes=made.clip.bytes - 1)


def test_other_bytes_another_type_and_another_key_are_refused_and_the_clip_is_kept(
    transit: Transit, tmp_path: Path
) -> None:
    clip = waiting_clip()
    where = transit.present_put(KEY, sha256=sha256_of(clip), expires_s=600)
    forged = replace(where, url=where.url.replace("0123?", "4567?"))
    typed = replace(where, headers={**where.headers, "content-type": "text/html"})
    for wrong in (forged, typed):
        failed = done(Put(str(clip), wrong.url, wrong.headers))
        assert isinstance(failed, Failure)
        assert (failed.stage, failed.error_type) == ("put", "NotSent")
        assert "Signature" not in failed.message
    assert clip.exists()
    clip.write_bytes(b"clap" * 100_000)
    other = done(Put(str(clip), where.url, where.headers))
    assert isinstance(other, Failure)
    assert other.error_type == "NotSent"
    with pytest.raises(StorageError):
        transit.fetch(KEY, tmp_path / "back", most_bytes=10**6)


def test_a_second_put_of_the_same_clip_is_no_error(transit: Transit) -> None:
    clip = waiting_clip()
    where = transit.present_put(KEY, sha256=sha256_of(clip), expires_s=600)
    send(clip, where.url, where.headers)
    send(clip, where.url, where.headers)


def test_a_bucket_that_does_not_answer_is_tried_again_and_told() -> None:
    clip, pauses = waiting_clip(), list[float]()
    url = f"http://127.0.0.1:{closed_port()}/bucket/key?X-Amz-Signature=secret"
    with pytest.raises(Exception, match="did not get to") as failed:
        send(clip, url, {}, sleep=pauses.append)
    assert len(pauses) == 2
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://a:b@127.0.0.1/x"])
def test_nothing_but_a_web_address_is_sent_to(url: str) -> None:
    failed = done(Put(str(waiting_clip()), url))
    assert isinstance(failed, Failure)
    assert failed.error_type == "NotSent"


def test_only_clips_of_the_own_scratch_are_sent(tmp_path: Path, transit: Transit) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    where = transit.present_put(KEY, sha256=sha256_of(secret), expires_s=600)
    for path in (secret, scratch().clips / ".." / ".." / ".." / ".." / "secret"):
        failed = done(Put(str(path), where.url, where.headers))
        assert isinstance(failed, Failure)
        assert failed.message == "The clip is not on this worker any more."


def test_a_path_is_taken_only_where_the_very_file_lies(face_clip: Path, tmp_path: Path) -> None:
    mark = mark_of(face_clip)
    assert mark is not None
    here = Place("face.mp4", path=str(face_clip), bytes=mark[0], tag=mark[1])
    assert isinstance(done(Inspect((here,))), Inspected)
    other = tmp_path / "face.mp4"
    other.write_bytes(face_clip.read_bytes()[:-1] + b"\x00")
    for path in (other, tmp_path / "gone.mp4"):
        failed = done(Inspect((replace(here, path=str(path)),)))
        assert isinstance(failed, Failure)
        assert failed.error_type == "NotShared"


def test_footage_of_the_bucket_is_named_as_the_user_names_it(
    face_clip: Path, transit: Transit, tmp_path: Path
) -> None:
    parcel = transit.hand_in(face_clip, KEY)
    url = transit.present(parcel.key, expires_s=600).url
    place = Place("takes/face.mp4", url=url, is_own=True, tag=parcel.tag)
    looked = done(Inspect((place,)))
    assert isinstance(looked, Inspected)
    assert looked.sources[0].path == "takes/face.mp4"
    assert looked.sources[0].bytes == face_clip.stat().st_size

    broken = tmp_path / "broken.mp4"
    broken.write_text("no video")
    parcel = transit.hand_in(broken, "mine-transit/4567")
    url = transit.present(parcel.key, expires_s=600).url
    failed = done(Inspect((Place("takes/broken.mp4", url=url, is_own=True, tag=parcel.tag),)))
    assert isinstance(failed, Failure)
    assert failed.error_type == "NotAVideo"
    assert "broken.mp4" in failed.message
    assert str(tmp_path) not in failed.message


def test_a_full_disk_a_bug_and_an_exit_are_told_not_raised(
    face_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Inspect((Place("face.mp4", path=str(face_clip)),))

    def failing(error: BaseException) -> Failure:
        def raises(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("screentest.client.worker.work.probed", raises)
        read = result_from(answered(job))
        assert isinstance(read, Failure)
        return read

    full = failing(OSError(errno.ENOSPC, "No space left on device"))
    assert (full.error_type, full.retryable) == ("DiskFull", True)
    assert failing(SystemExit(3)).message == "A worker met a bug: SystemExit at probe."
    assert failing(MemoryError()).error_type == "WorkerFailed"
    with pytest.raises(KeyboardInterrupt):
        failing(KeyboardInterrupt())


def test_an_answer_that_is_no_json_is_told_not_raised(
    face_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Inspect((Place("face.mp4", path=str(face_clip)),))
    looked = done(job)
    assert isinstance(looked, Inspected)
    wrong = replace(looked.sources[0], duration_s=float("nan"))
    monkeypatch.setattr("screentest.client.worker.work.probed", lambda *_, **__: wrong)
    read = result_from(answered(job))
    assert isinstance(read, Failure)
    assert read.message == "A worker met a bug: ValueError in its answer."


def test_what_a_killed_run_left_under_way_is_swept_and_nothing_younger(
    face_clip: Path, transit: Transit
) -> None:
    from datetime import UTC, datetime, timedelta

    transit.hand_in(face_clip, KEY)
    transit.sweep("mine-transit")
    assert [found.key for found in transit.listed("mine-transit")] == [KEY]
    transit.sweep("mine-transit", now=datetime.now(UTC) + timedelta(days=3))
    assert not list(transit.listed("mine-transit"))
