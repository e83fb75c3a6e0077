"""Footage that lies elsewhere, given to commands as a user gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from screentest.client.cli.running.failures import FAILED
from screentest.prep.core.values import Clip
from tests.conftest import Command, Footage
from tests.integration.client.cli.paying.test_register import sandbox_up
from tests.integration.hosts.web_host import File, Host, hosted

SIGNATURE = "X-Amz-Signature=5ec7e70123456789"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def host() -> Iterator[Host]:
    with hosted() as host:
        yield host


@pytest.fixture
def url(host: Host, footage: Footage) -> str:
    return host.put("/takes/joe%20smith.mp4", File(footage("face-short").read_bytes(), etag='"1"'))


def texts_below(folder: Path) -> str:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "".join(f"{file}\n{file.read_bytes()!r}" for file in files)


def test_footage_of_the_web_is_fetched_once_and_shown_by_its_address(
    screentest: Command, host: Host, url: str, home: Path, tmp_path: Path
) -> None:
    signed = f"{url}?{SIGNATURE}"
    outcome = screentest("pick", signed, "--allow-private", "--length", 2, "--json")
    assert outcome.result["source"] == url
    assert "fetch" in outcome.err
    shown = screentest("probe", signed, "--allow-private")
    assert f"File     {url}" in shown.out
    assert "kept from before" in shown.err
    made = screentest("clip", signed, "--allow-private", "--length", 2, "--json").result
    assert made["clip"] == str(tmp_path / "joe smith.clip.mp4")
    assert all("range" not in headers for _, headers in host.asked)
    said = outcome.out + outcome.err + shown.out + shown.err + json.dumps(made)
    assert "5ec7e7" not in said + texts_below(home) + texts_below(tmp_path)


def test_an_address_in_a_private_network_is_refused_with_the_way_out(
    screentest: Command, host: Host, url: str
) -> None:
    for address in (url.replace("http:", "https:"), f"{url}?{SIGNATURE}".replace("http:", "https:")):
        outcome = screentest("pick", address, "--json")
        assert (outcome.code, outcome.error["type"]) == (FAILED, "NotFetched")
        assert outcome.error["message"] == "localhost is at 127.0.0.1, in a private network."
        assert "--allow-private" in outcome.error["hint"]
    assert not host.asked


def test_what_is_fetched_and_is_no_video_is_told_by_its_name(screentest: Command, host: Host) -> None:
    torn = host.put("/torn.mp4", File(b"not a video at all", etag='"1"'))
    outcome = screentest("sheet", f"{torn}?{SIGNATURE}", "-o", "out", "--allow-private", "--json")
    assert outcome.error["type"] == "NotAVideo"
    assert outcome.error["message"].startswith("torn.mp4 is not a video")
    assert "fetched" not in outcome.error["message"] + outcome.error["hint"]


def test_a_larger_file_than_allowed_names_the_option(screentest: Command, url: str, home: Path) -> None:
    outcome = screentest("scan", url, "--allow-private", "--fetch-limit", 0.00001, "--json")
    assert outcome.error["type"] == "NotFetched"
    assert "--fetch-limit" in outcome.error["hint"]
    kept = screentest("probe", url, "--allow-private", "--fetch-cache", 0)
    assert kept.code == 0
    assert not [file for file in (home / "fetched").rglob("*") if file.is_file()]


@pytest.mark.slow
def test_footage_in_a_bucket_becomes_a_character_recorded_by_its_address(
    screentest: Command, made: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox_up() as (env, _):
        bucket = env["SCREENTEST_BUCKET"]
        boto3.client(
            "s3",
            endpoint_url=env["AWS_ENDPOINT_URL_S3"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
        ).put_object(Bucket=bucket, Key="takes/joe.mp4", Body=Path(made.path).read_bytes())
        address = f"s3://{bucket}/takes/joe.mp4"
        dry = screentest("register", address, "--name", "Joe", "--sandbox", "--dry-run", "--json")
        assert dry.result["dry_run"] is True
        first = screentest("register", address, "--name", "Joe", "--sandbox", "--json").result
        # The same bytes on this machine are the same footage.
        again = screentest("register", made.path, "--name", "Joe", "--sandbox", "--json").result
        assert (again["character_id"], again["submitted"]) == (first["character_id"], False)
        recorded = screentest("characters", "show", "Joe", "--json").result
        assert recorded["source"] == address
        gone = screentest("register", f"{address}.mov", "--name", "Ann", "--sandbox", "--json")
        assert gone.error["type"] == "NotFetched"
        # Commands of footage alone reach buckets by boto3's own chain, without a key of the service.
        for name, value in env.items():
            if name.startswith("AWS_"):
                monkeypatch.setenv(name, value)
        assert screentest("probe", address, "--json").result["source"] == address
