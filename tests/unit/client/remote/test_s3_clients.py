"""One client of object storage for all of a batch, and none that outlives its credentials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.config import S3Access, Secret, Settings
from screentest.client.remote import s3_clients
from screentest.client.remote.s3_clients import CLIENTS
from screentest.client.remote.storage import Bucket


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    access = S3Access("http://127.0.0.1:9", Secret("key"), Secret("secret"), "us-east-1")
    return Settings(tmp_path, "http://127.0.0.1:9", Secret(""), "bucket", sandbox=False, s3=access)


def test_buckets_of_one_access_share_a_client_where_that_is_wanted(settings: Settings) -> None:
    with CLIENTS.wanted():
        with Bucket(settings) as one, Bucket(settings) as two:
            assert one._client is two._client
        with Bucket(settings) as later:
            assert later._client is one._client
        elsewhere = replace(settings, s3=replace(settings.s3, region="eu-west-1"))
        with Bucket(elsewhere) as other:
            assert other._client is not one._client
    with Bucket(settings) as alone, Bucket(settings) as apart:
        assert alone._client is not apart._client


def test_renewed_credentials_are_read_after_an_error_and_after_a_while(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CLIENTS.wanted():
        with pytest.raises(ValueError, match="refused"), Bucket(settings) as refused:
            raise ValueError("refused")
        with Bucket(settings) as renewed:
            assert renewed._client is not refused._client
        monkeypatch.setattr(s3_clients, "KEPT_S", 0.0)
        with Bucket(settings) as later:
            assert later._client is not renewed._client
        monkeypatch.setenv("AWS_PROFILE", "another")
        with Bucket(settings) as other:
            assert other._client is not later._client
