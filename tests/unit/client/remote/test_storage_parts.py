"""Object storage without a server: keys, proofs, the life of a URL, and whose errors become which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.config import S3Access, Secret, Settings
from screentest.client.errors import BucketUnusable, StorageError, StorageUnreachable, UrlNotServed
from screentest.client.remote.http import Http
from screentest.client.remote.storage import PROVEN_BYTES, Bucket, Upload, key_of, prove
from screentest.client.remote.storage_errors import mapped
from tests.scripted_service import Answer, Time, scripted

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(
    Path("/nowhere"),
    "https://api.example/api/v3",
    Secret("k"),
    "clips",
    sandbox=True,
    s3=S3Access("http://127.0.0.1:9", Secret("AKIDEXAMPLE"), Secret("hunter2"), "eu-west-1"),
)
CONTENT = bytes(range(256)) * 400


def upload_at(url: str) -> Upload:
    return Upload("clips", "k.mp4", f"{url}/clips/k.mp4?X-Amz-Signature=abcdef", NOW)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "k.mp4"
    path.write_bytes(CONTENT)
    return path


# Keys and URLs


@given(one=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32))
def test_a_key_names_its_content_in_the_registrys_folder(one: bytes, other: bytes) -> None:
    key = key_of(one.hex(), folder="screentest/ab")
    assert key.startswith("screentest/ab/")
    assert key.endswith(".mp4")
    assert one.hex() in key
    assert (key == key_of(other.hex(), folder="screentest/ab")) == (one == other)


@pytest.mark.parametrize("expires_s", [60, 3600, 7 * 24 * 3600])
def test_a_url_lives_as_long_as_it_says(expires_s: int) -> None:
    with Bucket(SETTINGS) as bucket:
        upload = bucket.present("a/k.mp4", expires_s=expires_s, now=NOW)
    assert upload.expires_at == NOW + timedelta(seconds=expires_s)
    assert parse_qs(urlsplit(upload.url).query)["X-Amz-Expires"] == [str(expires_s)]
    assert not upload.temporary


@pytest.mark.parametrize("key", ["a b.mp4", "ü/東.mp4", "a+b%2f.mp4", "a?b#c.mp4"])
def test_any_key_has_a_url_that_names_it(key: str) -> None:
    from urllib.parse import unquote

    with Bucket(SETTINGS) as bucket:
        url = bucket.present(key, expires_s=60, now=NOW).url
    assert unquote(urlsplit(url).path) == f"/clips/{key}"


def test_a_url_holds_no_secret_key_and_is_not_shown() -> None:
    with Bucket(SETTINGS) as bucket:
        upload = bucket.present("k.mp4", expires_s=60, now=NOW)
    assert "hunter2" not in upload.url
    assert "Signature" in upload.url
    assert "Signature" not in repr(upload)


# The proof


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(403, b"<Error><Code>AccessDenied</Code></Error>"), "AccessDenied"),
        (Answer(404, b"<Error><Code>NoSuchKey</Code></Error>"), "404"),
        (Answer(302, headers={"Location": "https://login.example"}), "302"),
        (Answer(200, CONTENT[:-1]), f"{len(CONTENT) - 1} bytes"),
        (Answer(200, b""), "0 bytes"),
        (Answer(200, CONTENT[::-1]), "other bytes"),
        (Answer(206, CONTENT[:PROVEN_BYTES]), "unknown bytes"),
        (
            Answer(206, CONTENT[:PROVEN_BYTES], headers={"Content-Range": "bytes 0-65535/7"}),
            "7 bytes",
        ),
    ],
)
def test_a_url_that_gives_something_else_is_found_out_before_any_bill(
    clip: Path, answer: Answer, words: str
) -> None:
    time = Time()
    with (
        scripted(answer) as server,
        Http(clock=time.clock, sleep=time.sleep) as http,
        pytest.raises(UrlNotServed, match=words) as caught,
    ):
        prove(upload_at(server.url), clip, http=http, service_url="http://127.0.0.1:1")
    assert "abcdef" not in f"{caught.value!r}{caught.value.hint}"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, CONTENT),
        Answer(
            206,
            CONTENT[:PROVEN_BYTES],
            headers={"Content-Range": f"bytes 0-{PROVEN_BYTES - 1}/{len(CONTENT)}"},
        ),
    ],
)
def test_a_server_may_give_a_part_or_all(clip: Path, answer: Answer) -> None:
    with scripted(answer) as server, Http() as http:
        prove(upload_at(server.url), clip, http=http, service_url="http://127.0.0.1:1")
    assert server.asked[0].headers["range"] == f"bytes=0-{PROVEN_BYTES - 1}"
    assert server.asked[0].method == "GET"


def test_a_clip_on_this_computer_is_not_offered_to_a_service_elsewhere(clip: Path) -> None:
    with scripted(Answer(200, CONTENT)) as server, Http() as http:
        with pytest.raises(UrlNotServed):
            prove(upload_at(server.url), clip, http=http, service_url="https://api.example")
        assert server.asked == []


def test_a_clip_that_is_gone_meanwhile_is_told(clip: Path) -> None:
    clip.unlink()
    with Http() as http, pytest.raises(StorageError, match=r"k\.mp4"):
        prove(upload_at("http://127.0.0.1:9"), clip, http=http, service_url="http://127.0.0.1:1")


# Errors


def refusal(code: str, status: int, operation: str = "PutObject") -> ClientError:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)  # type: ignore[arg-type]


URL = "https://b.example/k?X-Amz-Signature=abcdef"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal("NoSuchBucket", 404), BucketUnusable),
        (refusal("404", 404, "ListObjectsV2"), BucketUnusable),
        (refusal("InvalidAccessKeyId", 403), BucketUnusable),
        (refusal("SignatureDoesNotMatch", 403), BucketUnusable),
        (refusal("ExpiredToken", 400), BucketUnusable),
        (refusal("AccessDenied", 403), BucketUnusable),
        (refusal("AccountProblem", 400), BucketUnusable),
        (refusal("InternalError", 500), StorageUnreachable),
        (refusal("SlowDown", 503), StorageUnreachable),
        (refusal("RequestTimeout", 400), StorageUnreachable),
        (refusal("EntityTooLarge", 400), StorageError),
        (NoCredentialsError(), BucketUnusable),
        (PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), BucketUnusable),
        (EndpointConnectionError(endpoint_url=URL), StorageUnreachable),
        (ConnectTimeoutError(endpoint_url=URL), StorageUnreachable),
        (ReadTimeoutError(endpoint_url=URL), StorageUnreachable),
        (NoRegionError(), StorageError),
        (ParamValidationError(report=URL), StorageError),
        (BotoCoreError(), StorageError),
        (ValueError(f"Invalid endpoint: {URL}"), StorageError),
        (FileNotFoundError(2, "No such file", "/clips/k.mp4"), StorageError),
        (RuntimeError("Credentials were refreshed, but are still expired"), BucketUnusable),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)[:40]),
)
def test_each_fault_of_s3_is_told_as_what_it_is(error: Exception, kind: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, mapped("clips"):
        raise error
    assert type(caught.value) is kind
    assert caught.value.hint
    assert caught.value.retryable == (kind is StorageUnreachable)
    assert "abcdef" not in f"{caught.value!r}{caught.value.hint}{caught.value.__cause__!r}"


def upload_refused() -> None:
    """What boto3's upload_file does with a refusal."""
    try:
        raise refusal("NoSuchBucket", 404)
    except ClientError:
        raise S3UploadFailedError(f"Failed to upload to {URL}")  # noqa: B904 - as boto3 does


def test_a_refusal_inside_an_upload_is_not_lost() -> None:
    with pytest.raises(BucketUnusable, match="clips"), mapped("clips"):
        upload_refused()


def test_a_fault_of_ours_is_not_dressed_up_as_one_of_s3() -> None:
    with pytest.raises(ZeroDivisionError), mapped("clips"):
        raise ZeroDivisionError
