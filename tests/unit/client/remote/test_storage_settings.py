"""Settings of boto3 that cannot be used: one sentence that names the variable, before any work."""

from __future__ import annotations

import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import SSLError
from botocore.stub import Stubber

from screentest.client.config import S3Access, Secret, Settings
from screentest.client.errors import BucketUnusable, StorageError
from screentest.client.remote.storage import Bucket
from screentest.client.remote.storage_errors import mapped
from tests.scripted_service import Answer, closed_port, scripted

AWS = S3Access(None, Secret("AKIDEXAMPLE"), Secret("hunter2"), "us-east-1")


def settings(access: S3Access) -> Settings:
    base_url = "https://api.example/api/v3"
    return Settings(Path("/nowhere"), base_url, Secret("k"), "clips", sandbox=False, s3=access)


def at(endpoint: str) -> Settings:
    return settings(S3Access(endpoint, AWS.access_key, AWS.secret_key, "us-east-1"))


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    no_pauses = SimpleNamespace(sleep=lambda _: None, time=time.time)
    monkeypatch.setattr("botocore.endpoint.time", no_pauses)
    for name in ("all_proxy", "https_proxy", "http_proxy", "no_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def told(settings: Settings) -> StorageError:
    with pytest.raises(StorageError) as caught, Bucket(settings) as bucket:
        bucket.require_usable()
    assert "\n" not in caught.value.message + caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("HTTPS_PROXY", "socks5://me:hunter2@127.0.0.1:9", "SOCKS proxy, which boto3 cannot use"),
        ("https_proxy", "socks5h://127.0.0.1:9", "SOCKS proxy, which boto3 cannot use"),
        ("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:{closed}", "proxy that cannot be used"),
        ("HTTPS_PROXY", "nonsense://127.0.0.1:{closed}", "proxy that cannot be used"),
        ("https_proxy", "http://[::1", "proxy that cannot be used"),
        ("AWS_CA_BUNDLE", "/nowhere/ca.pem", "certificates that cannot be read"),
        ("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem", "certificates that cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value.format(closed=closed_port()))
    error = told(settings(AWS))
    assert error.message == f"{variable} names {'a ' if 'proxy' in words else ''}{words}."
    assert variable in error.hint
    assert "hunter2" not in error.message + error.hint


def test_certificates_matter_to_nobody_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
    with Bucket(at("http://127.0.0.1:9")) as bucket:
        bucket.require_credentials()


def test_a_proxy_that_boto3_does_not_heed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    error = told(at(f"http://127.0.0.1:{closed_port()}"))
    assert "boto3 heeds HTTPS_PROXY and not ALL_PROXY." in error.hint


def test_certificates_that_do_not_vouch_for_the_server_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", __file__)
    refused = SSLError(endpoint_url="https://s3.example", error=ValueError("self-signed"))
    with pytest.raises(StorageError, match="that AWS_CA_BUNDLE names do not vouch"), mapped("clips"):
        raise refused


@pytest.mark.parametrize("status", [200, 403])
def test_a_bucket_that_may_be_there_is_let_through(status: int) -> None:
    """A key that may only put objects is refused the look at its bucket."""
    with scripted(Answer(status)) as server, Bucket(at(server.url)) as bucket:
        server.answers = [Answer(status, b"")]
        bucket.require_usable()


@pytest.mark.parametrize("status", [200, 301, 400])
def test_a_bucket_of_another_region_is_told_with_its_own(status: int) -> None:
    with Bucket(settings(AWS)) as bucket, Stubber(bucket._client) as stubber:
        headers = {"x-amz-bucket-region": "eu-west-1"}
        if status == 200:
            stubber.add_response("head_bucket", {"ResponseMetadata": {"HTTPHeaders": headers}})
        else:
            meta = {"HTTPHeaders": headers}
            stubber.add_client_error(
                "head_bucket", str(status), http_status_code=status, response_meta=meta
            )
        with pytest.raises(BucketUnusable, match="in region eu-west-1, not us-east-1") as caught:
            bucket.require_usable()
    assert re.search("AWS_DEFAULT_REGION to eu-west-1", caught.value.hint)
