"""Storage against the real S3 server: private, uploaded once, and a URL that is proven."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from screentest.client.config import Secret, Settings, settings_from
from screentest.client.errors import BucketUnusable, StorageUnreachable, UrlNotServed
from screentest.client.remote.http import Http
from screentest.client.remote.storage import Bucket, Stored, Upload, key_of, prove
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.sandbox.serve import environment
from tests.integration.sandbox_parts import new_bucket
from tests.scripted_service import closed_port
from tests.waiting import HANG_S

pytest_plugins = ["tests.integration.sandbox_fixtures"]

FOLDER = "screentest/mine"
HERE = "http://127.0.0.1:1/api/v3"


@pytest.fixture(scope="module")
def env(s3_server: S3Server) -> dict[str, str]:
    here = environment(s3_server.ports, s3_server.account)
    return here | {"SCREENTEST_BUCKET": new_bucket(s3_server)}


@pytest.fixture
def settings(env: dict[str, str], tmp_path: Path) -> Settings:
    return settings_from({}, home=tmp_path, sandbox_env=env)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(hashlib.sha256(str(tmp_path).encode()).digest() * 10_000)
    return path


def sha_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def put(settings: Settings, clip: Path) -> Stored:
    with Bucket(settings) as bucket:
        return bucket.put(clip, sha256=sha_of(clip), key=key_of(sha_of(clip), folder=FOLDER))


def presented(settings: Settings, clip: Path, *, expires_s: int = 600) -> Upload:
    with Bucket(settings) as bucket:
        key = bucket.put(clip, sha256=sha_of(clip), key="mine/clip.mp4").key
        return bucket.present(key, expires_s=expires_s)


def test_the_url_gives_the_clip_to_anyone(settings: Settings, clip: Path) -> None:
    upload = presented(settings, clip)
    reply = httpx.get(upload.url, trust_env=False, timeout=HANG_S)
    assert reply.content == clip.read_bytes()
    assert reply.headers["content-type"] == "video/mp4"


def test_without_the_signature_nobody_gets_the_clip(settings: Settings, clip: Path) -> None:
    bare = urlsplit(presented(settings, clip).url)._replace(query="").geturl()
    assert httpx.get(bare, trust_env=False, timeout=HANG_S).status_code == 403


def test_the_key_names_the_content(settings: Settings, clip: Path) -> None:
    assert put(settings, clip).key == f"{FOLDER}/{sha_of(clip)}.mp4"


def test_the_same_clip_is_sent_once(settings: Settings, clip: Path) -> None:
    assert [put(settings, clip).reused for _ in range(2)] == [False, True]


def test_an_object_of_another_size_is_replaced(settings: Settings, clip: Path) -> None:
    sha256 = sha_of(clip)
    with Bucket(settings) as bucket:
        bucket.put(clip, sha256=sha256, key="mine/clip.mp4")
        clip.write_bytes(b"changed")
        assert not bucket.put(clip, sha256=sha256, key="mine/clip.mp4").reused


def test_progress_ends_at_the_whole(settings: Settings, clip: Path) -> None:
    shares: list[float] = []
    with Bucket(settings) as bucket:
        bucket.put(clip, sha256=sha_of(clip), key="mine/clip.mp4", progress=shares.append)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_the_url_is_signed_the_way_every_server_accepts(settings: Settings, clip: Path) -> None:
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in presented(settings, clip).url


def test_no_repr_shows_the_signature(settings: Settings, clip: Path) -> None:
    assert "Signature" not in repr(presented(settings, clip))


def test_a_good_url_is_proven(settings: Settings, clip: Path) -> None:
    with Http() as http:
        prove(presented(settings, clip), clip, http=http, service_url=HERE)


@pytest.mark.parametrize("change", [b"x" + b"\0" * 319_999, b"short"])
def test_an_object_that_is_not_the_clip_is_found_out(
    settings: Settings, clip: Path, change: bytes
) -> None:
    upload = presented(settings, clip)
    clip.write_bytes(change)
    with Http() as http, pytest.raises(UrlNotServed, match="bytes"):
        prove(upload, clip, http=http, service_url=HERE)


def test_an_expired_url_is_found_out_and_not_shown(settings: Settings, clip: Path) -> None:
    upload = presented(settings, clip, expires_s=1)
    time.sleep(2.1)
    with Http() as http, pytest.raises(UrlNotServed, match="403") as caught:
        prove(upload, clip, http=http, service_url=HERE)
    assert "X-Amz" not in f"{caught.value!r} {caught.value.hint}"


def test_a_clip_on_this_computer_is_out_of_reach_for_a_service_elsewhere(
    settings: Settings, clip: Path
) -> None:
    with Http() as http, pytest.raises(UrlNotServed, match="this computer"):
        prove(presented(settings, clip), clip, http=http, service_url="https://api.wavespeed.ai/x")


def test_a_bucket_that_is_not_there_is_named(settings: Settings, clip: Path) -> None:
    with pytest.raises(BucketUnusable, match="nobodys"):
        put(replace(settings, bucket="nobodys"), clip)


def test_wrong_keys_are_told_without_showing_them(settings: Settings, clip: Path) -> None:
    wrong = replace(settings.s3, secret_key=Secret("wrong-secret"))
    with pytest.raises(BucketUnusable) as caught:
        put(replace(settings, s3=wrong), clip)
    assert "wrong-secret" not in f"{caught.value!r}{caught.value.hint}"


def test_a_server_that_is_away_is_told(settings: Settings, clip: Path) -> None:
    away = replace(settings.s3, endpoint_url=f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(StorageUnreachable, match="Cannot reach"):
        put(replace(settings, s3=away), clip)


def test_a_session_without_credentials_is_told(settings: Settings, clip: Path) -> None:
    with pytest.raises(BucketUnusable, match="no AWS credentials"):
        put(settings_from({"WAVESPEED_API_KEY": "k", "SCREENTEST_BUCKET": "b"}, home=clip), clip)


def test_boto3s_own_chain_is_used_without_a_sandbox(
    env: dict[str, str], clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    stored = put(settings_from(env, home=clip), clip)
    assert stored.bucket == env["SCREENTEST_BUCKET"]


def test_a_profile_of_the_environment_does_not_disturb_the_sandbox(
    settings: Settings, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody-elses")
    assert not presented(settings, clip).temporary


def test_a_proxy_of_the_environment_does_not_see_local_uploads(
    settings: Settings, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    assert not put(settings, clip).reused


def test_temporary_credentials_are_told(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**env, "AWS_SESSION_TOKEN": "token"}.items():
        monkeypatch.setenv(name, value)
    with Bucket(settings_from(env, home=tmp_path)) as bucket:
        upload = bucket.present("clips/x.mp4", expires_s=60)
    assert upload.temporary
    assert upload.credentials_end_at is None
