"""Faults on demand over real sockets: what the caller meets, and what the journal then tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from screentest.client.config import Settings as ClientSettings
from screentest.client.config import settings_from
from screentest.client.errors import StorageUnreachable
from screentest.client.remote.storage import Bucket
from screentest.client.sandbox.faults import load_faults
from screentest.client.sandbox.s3.seaweedfs import S3Server
from tests.integration.sandbox_parts import (
    CHARACTERS,
    QUICK,
    Service,
    sandbox_on,
    serving,
)
from tests.waiting import HANG_S, until

pytest_plugins = ["tests.integration.sandbox_fixtures"]

BODY = {"video": "http://127.0.0.1:9/none.mp4", "name": "Joe"}
SUBMIT = f"/api/v3/{CHARACTERS}"


@contextmanager
def faulty(tmp_path: Path, *entries: dict[str, object]) -> Iterator[Service]:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(entries))
    with serving(tmp_path / "sandbox", QUICK, *load_faults(file)) as service:
        yield service


def submits(service: Service) -> list[int]:
    return [line["status"] for line in service.journal() if line["path"] == SUBMIT]


def tasks(service: Service) -> int:
    listed = service.http.post("/api/v3/predictions", json={"page": 1, "page_size": 100})
    return len(listed.json()["data"]["items"])


def test_a_reply_lost_after_the_post_leaves_a_task_and_a_line(tmp_path: Path) -> None:
    with faulty(tmp_path, {"match": f"POST /{CHARACTERS}", "drop": "after"}) as service:
        with pytest.raises(httpx.TransportError):
            service.http.post(SUBMIT, json=BODY)
        assert tasks(service) == 1
        assert submits(service) == [200]


def test_a_request_dropped_before_leaves_no_task(tmp_path: Path) -> None:
    with faulty(tmp_path, {"match": f"POST /{CHARACTERS}", "drop": "before"}) as service:
        with pytest.raises(httpx.TransportError):
            service.http.post(SUBMIT, json=BODY)
        assert tasks(service) == 0
        assert submits(service) == [499]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "2"}])
def test_429_comes_with_and_without_retry_after(tmp_path: Path, headers: dict[str, str]) -> None:
    with faulty(tmp_path, {"match": "balance", "status": 429, "headers": headers}) as service:
        reply = service.http.get("/api/v3/balance")
        assert (reply.status_code, reply.headers.get("retry-after")) == (
            429,
            headers.get("Retry-After"),
        )
        assert service.http.get("/api/v3/balance").status_code == 200


def test_an_accepted_submit_can_be_answered_with_anything(tmp_path: Path) -> None:
    truncated = {"match": CHARACTERS, "handled": True, "body": '{"code":200,"da'}
    with faulty(tmp_path, truncated) as service:
        assert service.http.post(SUBMIT, json=BODY).text == '{"code":200,"da'
        assert tasks(service) == 1
        assert submits(service) == [200]


@pytest.mark.logs_errors  # the server is stopped while it holds the reply
def test_a_held_reply_is_in_the_journal_before_it_leaves(tmp_path: Path) -> None:
    with faulty(tmp_path, {"match": CHARACTERS, "delay_s": 3600}) as service:
        with pytest.raises(httpx.ReadTimeout):
            service.http.post(SUBMIT, json=BODY, timeout=httpx.Timeout(HANG_S, read=0.3))
        assert until(lambda: submits(service)) == [200]


def test_the_wrong_key_meets_no_fault(tmp_path: Path) -> None:
    with faulty(tmp_path, {"match": "*", "status": 500}) as service:
        reply = service.http.get("/api/v3/balance", headers={"Authorization": "Bearer no"})
        assert reply.status_code == 401


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"x" * 300_000)
    return path


@contextmanager
def faulty_s3(
    s3_server: S3Server, tmp_path: Path, *entries: dict[str, object]
) -> Iterator[ClientSettings]:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(entries))
    with sandbox_on(s3_server, tmp_path / "sandbox", QUICK, *load_faults(file)) as env:
        yield settings_from({}, home=tmp_path / "home", sandbox_env=env)


def test_an_s3_server_that_dies_mid_upload_is_tried_again(
    s3_server: S3Server, tmp_path: Path, clip: Path
) -> None:
    twice = {"match": "s3 PUT", "drop": "before", "times": 2}
    with faulty_s3(s3_server, tmp_path, twice) as settings, Bucket(settings) as bucket:
        stored = bucket.put(clip, sha256="ab" * 32, key="clip.mp4")
        again = bucket.put(clip, sha256="ab" * 32, key="clip.mp4")
    assert (stored.reused, again.reused) == (False, True)


def test_an_s3_server_that_stays_dead_is_told(s3_server: S3Server, tmp_path: Path, clip: Path) -> None:
    dead: dict[str, object] = {"match": "s3 PUT", "drop": "before", "times": None}
    with (
        faulty_s3(s3_server, tmp_path, dead) as settings,
        Bucket(settings) as bucket,
        pytest.raises(StorageUnreachable),
    ):
        bucket.put(clip, sha256="ab" * 32, key="clip.mp4")
