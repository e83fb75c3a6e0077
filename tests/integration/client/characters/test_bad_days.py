"""Each bad day of the service or the storage, and what a user is left with."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from screentest import verify_webhook
from screentest.client.characters.preparing import Ready
from screentest.client.characters.register import Order, register
from screentest.client.config import Settings, private_folder, settings_from
from screentest.client.errors import RateLimited, ReplyLost, TaskFailed
from screentest.client.registry.records import iso
from screentest.client.registry.registry import FILE_NAME, utc_now
from screentest.client.remote.storage import Bucket
from screentest.client.sandbox.faults import load_faults
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.tasks.session import opened
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import Wishes
from tests.integration.register_parts import recorded, run
from tests.integration.sandbox_parts import QUICK, sandbox_on
from tests.scripted_service import Time
from tests.waiting import HANG_S, until

pytest_plugins = ["tests.integration.sandbox_fixtures"]

SUBMIT = "POST /openai/sora-2/characters"
RESULT = "GET /predictions/*"

BadDay = Callable[..., AbstractContextManager[Settings]]


@pytest.fixture
def bad_day(s3_server: S3Server, tmp_path: Path) -> BadDay:
    """Opens a sandbox of its own in which these faults happen, and gives a client's settings."""

    @contextmanager
    def opens(*faults: dict[str, object], **settings: Any) -> Iterator[Settings]:
        listed = tmp_path / "faults.json"
        listed.write_text(json.dumps(faults))
        terms = replace(QUICK, **settings)
        with sandbox_on(s3_server, tmp_path / "data", terms, *load_faults(listed)) as env:
            yield settings_from({}, home=tmp_path / "home", sandbox_env=env)

    return opens


@pytest.fixture
def order(face_clip: Path, made: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order; its clip is encoded once for all of this file."""
    import screentest.client.characters.run

    def copied(*_: object, home: Path, **__: object) -> Ready:
        clips = private_folder(home / "clips")
        path = shutil.copyfile(made.path, clips / f"{made.sha256}.mp4")
        return Ready(replace(made, path=str(path)))

    monkeypatch.setattr(screentest.client.characters.run, "ready", copied)
    return Order(str(face_clip), "Joe", wishes=Wishes(start_s=1.0, length_s=2.0))


def test_moderation_tells_of_the_likeness_rule_and_the_same_command_tries_again(
    order: Order, bad_day: BadDay
) -> None:
    with bad_day(reject_human_faces=True) as settings:
        with pytest.raises(TaskFailed, match="likeness") as caught:
            run(order, settings)
        assert "likeness" in caught.value.hint
        record = recorded(settings)
        assert (record.state, record.error_type) == ("failed", "TaskFailed")


def test_a_url_that_expires_in_the_queue_is_told_as_one(order: Order, bad_day: BadDay) -> None:
    expired = {"match": "s3 GET .mp4", "skip": 1, "status": 403, "body": "<Error/>"}
    with bad_day(expired) as settings:
        with pytest.raises(TaskFailed, match="1402") as caught:
            run(order, settings)
        assert "URL" in caught.value.hint
        assert run(order, settings).submitted


def test_a_result_older_than_a_week_is_told_and_may_be_made_once_more(
    order: Order, bad_day: BadDay
) -> None:
    told = {"code": 404, "message": "not found"}
    gone = {"match": RESULT, "status": 404, "body": told, "times": None}
    with bad_day(gone) as settings:
        run(replace(order, wait=False), settings)
        then = iso(utc_now() - timedelta(days=8))
        with sqlite3.connect(settings.home / FILE_NAME) as registry:
            registry.execute("UPDATE registrations SET served_at = ?, submitting_at = ?", (then, then))
        # A task that is not known yet is asked for again for a while.
        time = Time()
        with pytest.raises(TaskFailed, match="7 days"):
            register(order, settings, clock=time.clock, sleep=time.sleep)
        assert recorded(settings).state == "failed"


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}])
def test_a_busy_service_is_asked_again_for_results(
    order: Order, bad_day: BadDay, headers: dict[str, str]
) -> None:
    with bad_day({"match": RESULT, "status": 429, "headers": headers, "times": 2}) as settings:
        assert run(order, settings).character_id


def test_a_result_not_safe_for_work_is_recorded_and_told(order: Order, bad_day: BadDay) -> None:
    marked = {
        "id": "task-1",
        "status": "completed",
        "outputs": ["char_marked"],
        "has_nsfw_contents": [True],
    }
    answer = {"match": RESULT, "body": {"code": 200, "data": marked}}
    with bad_day(answer) as settings:
        done = run(order, settings)
        assert done.character_id == "char_marked"
        assert any("not safe for work" in warning for warning in done.warnings)
        assert recorded(settings).has_nsfw


def test_a_busy_service_is_not_asked_twice_to_create(order: Order, bad_day: BadDay) -> None:
    with bad_day({"match": SUBMIT, "status": 429}) as settings:
        with pytest.raises(RateLimited):
            run(order, settings)
        assert recorded(settings).state == "uploaded"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "handled": True},
        {"handled": True, "body": '{"code":200,"da'},
        {"drop": "after"},
    ],
)
def test_an_accepted_submit_with_a_bad_reply_is_billed_once(
    order: Order, bad_day: BadDay, fault: dict[str, object]
) -> None:
    with bad_day({"match": SUBMIT, **fault}) as settings:
        with pytest.raises(ReplyLost):
            run(order, settings)
        assert not run(order, settings).submitted
        with opened(settings) as session:
            assert len(session.service.recent()) == 1


def test_an_s3_server_that_dies_mid_upload_loses_nothing(order: Order, bad_day: BadDay) -> None:
    with bad_day({"match": "s3 PUT", "drop": "before", "times": 2}) as settings:
        assert run(order, settings).character_id


# Large files


def test_a_large_file_goes_up_in_parts_and_comes_back_whole(bad_day: BadDay, tmp_path: Path) -> None:
    import hashlib

    import httpx

    big = tmp_path / "big.mp4"
    big.write_bytes(bytes(range(256)) * 70_000)
    sha256 = hashlib.sha256(big.read_bytes()).hexdigest()
    shares: list[float] = []
    with bad_day() as settings, Bucket(settings) as bucket:
        bucket.put(big, sha256=sha256, key="big.mp4", progress=shares.append)
        url = bucket.present("big.mp4", expires_s=3600).url
        found = httpx.get(url, trust_env=False, timeout=HANG_S).content
        assert hashlib.sha256(found).hexdigest() == sha256
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert shares[-1] == 1.0


# Webhooks


def test_a_webhook_arrives_signed_and_is_believed(order: Order, bad_day: BadDay) -> None:
    calls: list[tuple[dict[str, str], bytes]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            calls.append((dict(self.headers.items()), body))
            # The first delivery is refused: the service comes again.
            self.send_response(500 if len(calls) == 1 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        with bad_day() as settings:
            url = f"http://127.0.0.1:{server.server_port}/hook?id=1&x=2"
            done = run(replace(order, webhook=url), settings)
            with opened(settings) as session:
                secret = session.service.webhook_secret().reveal()
            until(lambda: len(calls) >= 2)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    headers, body = calls[1]
    prediction = verify_webhook(headers, body, secret=secret)
    assert prediction["outputs"][0]["id"] == done.character_id
    assert prediction["input"]["name"] == "Joe"
