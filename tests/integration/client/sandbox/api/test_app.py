"""The API stand-in over a real socket, as the service's documentation describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from screentest.client.sandbox.settings import OutputsShape
from tests.integration.sandbox_parts import (
    CHARACTERS,
    QUICK,
    TEXT_TO_VIDEO,
    MakeClip,
    Service,
    serving,
)
from tests.waiting import WallClock

pytest_plugins = ["tests.integration.sandbox_fixtures"]

TASK_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic abc", "Bearer"])
def test_a_wrong_key_is_told_apart_from_every_other_fault(
    service: Service, header: str, stranger: httpx.Client
) -> None:
    headers = {"Authorization": header}
    reply = stranger.get(f"{service.origin}/api/v3/balance", headers=headers)
    assert reply.status_code == 401
    assert reply.json()["code"] == 401
    assert reply.json()["message"]


def test_a_submit_is_answered_in_the_documented_envelope(service: Service, make_clip: MakeClip) -> None:
    body = {"video": service.uploaded(make_clip()), "name": "Joe"}
    reply = service.http.post(f"/api/v3/{CHARACTERS}", json=body).json()
    assert (reply["code"], reply["message"]) == (200, "success")
    data = reply["data"]
    assert TASK_ID.fullmatch(data["id"])
    assert data["urls"] == {"get": f"{service.origin}/api/v3/predictions/{data['id']}/result"}
    expected = {
        "model": CHARACTERS,
        "outputs": [],
        "has_nsfw_contents": [],
        "error": "",
        "timings": {"inference": 0},
    }
    assert {name: data[name] for name in expected} == expected
    assert data["status"] in ("created", "processing")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", data["created_at"])


@pytest.mark.parametrize(("strict", "status"), [(False, 200), (True, 400)])
def test_a_key_that_the_model_does_not_have_is_dropped_unless_the_sandbox_is_strict(
    tmp_path: Path, strict: bool, status: int
) -> None:
    body = {"video": "http://127.0.0.1:9/", "name": "Joe", "surprise": 1}
    with serving(tmp_path, replace(QUICK, strict=strict)) as service:
        reply = service.http.post(f"/api/v3/{CHARACTERS}", json=body)
        assert reply.status_code == status
        assert ("surprise" in reply.text) == strict


def test_a_good_clip_becomes_a_character_with_id_and_name(
    service: Service, make_clip: MakeClip
) -> None:
    task = service.submit(CHARACTERS, video=service.uploaded(make_clip()), name="Joe")
    done = service.ended(task["id"])
    assert done["status"] == "completed"
    [character] = done["outputs"]
    assert re.fullmatch(r"char_[0-9a-f]{32}", character["id"])
    assert character["name"] == "Joe"
    assert done["has_nsfw_contents"] == [False]


def test_statuses_advance_with_time(tmp_path: Path, make_clip: MakeClip) -> None:
    clock = WallClock()
    with serving(tmp_path, replace(QUICK, queue_s=30.0, character_s=60.0), now=clock) as service:
        video = service.uploaded(make_clip())
        task = service.submit(CHARACTERS, video=video, name="Joe")
        assert task["status"] == "created"
        clock.now_s += 30.0
        assert service.result(task["id"])["status"] == "processing"
        clock.now_s += 29.0
        assert service.result(task["id"])["status"] == "processing"
        clock.now_s += 1.0
        assert service.ended(task["id"])["status"] == "completed"


def test_by_default_a_character_keeps_nobody_waiting_for_more_than_three_seconds(
    tmp_path: Path, make_clip: MakeClip
) -> None:
    from screentest.client.sandbox.settings import SandboxSettings

    clock = WallClock()
    with serving(tmp_path, SandboxSettings(), now=clock) as service:
        clip = service.uploaded(make_clip(seconds=4.0))
        task = service.submit(CHARACTERS, video=clip, name="Joe")
        clock.now_s += 3.0
        assert service.ended(task["id"])["status"] == "completed"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("string", lambda out: re.fullmatch(r"char_\w{32}", out)),
        ("json-string", lambda out: json.loads(out)["name"] == "Joe"),
        ("list", lambda out: out[0]["name"] == "Joe"),
    ],
)
def test_outputs_come_in_every_shape_seen(
    tmp_path: Path, make_clip: MakeClip, shape: OutputsShape, expected: Callable[[Any], object]
) -> None:
    with serving(tmp_path, replace(QUICK, outputs=shape)) as service:
        task = service.submit(CHARACTERS, video=service.uploaded(make_clip()), name="Joe")
        [out] = service.ended(task["id"])["outputs"]
        assert expected(out)


def test_a_url_that_cannot_be_fetched_fails_the_task_with_1402(service: Service) -> None:
    url = f"{service.origin}/files/uploads/0/none.mp4?X-Amz-Signature=abc"
    done = service.ended(service.submit(CHARACTERS, video=url, name="Joe")["id"])
    assert (done["status"], done["code"], done["outputs"]) == ("failed", 1402, [])
    assert "404" in done["error"]
    assert "abc" not in done["error"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "not a url", "http://", "http://127.0.0.1:9/"])
def test_what_is_not_a_reachable_url_fails_the_task_with_1402(service: Service, url: str) -> None:
    done = service.ended(service.submit(CHARACTERS, video=url, name="Joe")["id"])
    assert (done["status"], done["code"]) == ("failed", 1402)


def test_a_failed_task_costs_nothing(service: Service) -> None:
    service.ended(service.submit(CHARACTERS, video="http://127.0.0.1:9/", name="Joe")["id"])
    assert service.http.get("/api/v3/balance").json()["data"] == {"balance": 10.0}


def test_a_registered_character_is_paid_for(service: Service, make_clip: MakeClip) -> None:
    service.character(make_clip(), "Joe")
    assert service.http.get("/api/v3/balance").json()["data"] == {"balance": 9.999}


def test_an_empty_account_is_refused_with_402(tmp_path: Path) -> None:
    with serving(tmp_path, replace(QUICK, balance_usd=0.0005)) as service:
        body = {"video": "http://127.0.0.1:9/", "name": "Joe"}
        reply = service.http.post(f"/api/v3/{CHARACTERS}", json=body)
        assert (reply.status_code, reply.json()["code"]) == (402, 402)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"name": "Joe"}, "video"),
        ({"video": "http://127.0.0.1/x.mp4"}, "name"),
        ({"video": "http://127.0.0.1/x.mp4", "name": ""}, "name"),
        ({"video": "http://127.0.0.1/x.mp4", "name": "x" * 81}, "name"),
        ({"video": 7, "name": "Joe"}, "video"),
    ],
)
def test_a_bad_parameter_is_named_and_costs_nothing(
    service: Service, body: dict[str, object], word: str
) -> None:
    reply = service.http.post(f"/api/v3/{CHARACTERS}", json=body)
    assert reply.status_code == 400
    assert word in reply.json()["error"]
    assert service.http.get("/api/v3/balance").json()["data"] == {"balance": 10.0}


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b'{"name": NaN}', b"[" * 100_000])
def test_a_body_that_is_not_an_object_is_refused(service: Service, content: bytes) -> None:
    reply = service.http.post(f"/api/v3/{CHARACTERS}", content=content)
    assert reply.status_code == 400
    assert service.journal()[-1]["body"] is None


def test_an_unknown_task_is_404(service: Service) -> None:
    for path in ("/api/v3/predictions/nosuch/result", "/api/v3/predictions/nosuch"):
        reply = service.http.get(path)
        assert (reply.status_code, reply.json()["code"]) == (404, 404)


def test_an_unknown_model_is_404(service: Service) -> None:
    assert service.http.post("/api/v3/openai/sora-9", json={}).status_code == 404


def test_results_are_gone_after_the_retention(tmp_path: Path) -> None:
    clock = WallClock()
    with serving(tmp_path, replace(QUICK, retention_s=60.0), now=clock) as service:
        task = service.submit(CHARACTERS, video="http://127.0.0.1:9/", name="Joe")
        clock.now_s += 61.0
        assert service.http.get(f"/api/v3/predictions/{task['id']}").status_code == 404


def test_the_list_shows_newest_first_without_inputs(service: Service) -> None:
    ids = [service.submit(CHARACTERS, video="http://127.0.0.1:9/", name=n)["id"] for n in ("A", "B")]
    body = {"page": 1, "page_size": 100}
    data = service.http.post("/api/v3/predictions", json=body).json()["data"]
    assert data["page"] == 1
    assert [item["id"] for item in data["items"]] == ids[::-1]
    assert all("inputs" not in item for item in data["items"])


def test_the_list_pages_and_filters(service: Service) -> None:
    ids = [service.submit(CHARACTERS, video="http://127.0.0.1:9/", name=n)["id"] for n in ("A", "B")]
    for task_id in ids:
        service.ended(task_id)

    def found(**more: object) -> list[str]:
        body = {"page": 1, "page_size": 10, **more}
        items = service.http.post("/api/v3/predictions", json=body).json()["data"]["items"]
        return [item["id"] for item in items]

    assert found(page=2, page_size=1) == [ids[0]]
    assert found(status="completed") == []
    assert len(found(status="failed")) == 2
    assert found(model=TEXT_TO_VIDEO) == []
    created = service.result(ids[1])["created_at"]
    assert ids[0] not in found(created_after=created)
    assert found(created_before="2020-01-01T00:00:00Z") == []


def test_the_list_carries_inputs_when_asked_to_by_setting(tmp_path: Path) -> None:
    with serving(tmp_path, replace(QUICK, list_includes_inputs=True)) as service:
        service.submit(CHARACTERS, video="http://127.0.0.1:9/", name="Joe")
        reply = service.http.post("/api/v3/predictions", json={"page": 1, "page_size": 1})
        assert reply.json()["data"]["items"][0]["inputs"]["name"] == "Joe"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"page": 1},
        {"page": 0, "page_size": 5},
        {"page": 1, "page_size": 101},
        {"page": 1, "page_size": 1, "created_after": "yesterday"},
    ],
)
def test_a_list_without_its_page_is_refused(service: Service, body: dict[str, object]) -> None:
    reply = service.http.post("/api/v3/predictions", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_deleting_counts_finished_tasks_and_skips_others(tmp_path: Path) -> None:
    with serving(tmp_path, replace(QUICK, queue_s=3600.0)) as service:
        waiting = service.submit(CHARACTERS, video="http://127.0.0.1:9/", name="Joe")["id"]
        body = {"ids": [waiting, "nosuch"]}
        reply = service.http.post("/api/v3/predictions/delete", json=body)
        assert reply.json()["data"] == {"deleted_count": 0}


def test_a_deleted_task_is_gone_and_stays_paid(service: Service, make_clip: MakeClip) -> None:
    task = service.submit(CHARACTERS, video=service.uploaded(make_clip()), name="Joe")
    service.ended(task["id"])
    reply = service.http.post("/api/v3/predictions/delete", json={"ids": [task["id"]] * 2})
    assert reply.json()["data"] == {"deleted_count": 1}
    assert service.http.get(f"/api/v3/predictions/{task['id']}").status_code == 404
    assert service.http.get("/api/v3/balance").json()["data"] == {"balance": 9.999}


def test_the_catalogue_says_whether_a_model_is_served(service: Service) -> None:
    models = {m["model_id"]: m for m in service.http.get("/api/v3/models").json()["data"]}
    assert models[CHARACTERS]["base_price"] == 0.001
    [run] = models[CHARACTERS]["api_schema"]["api_schemas"]
    assert run["api_path"] == f"/api/v3/{CHARACTERS}"
    assert run["request_schema"]["required"] == ["video", "name"]


def test_a_price_is_told_before_it_is_spent(service: Service) -> None:
    body = {"model_id": TEXT_TO_VIDEO, "inputs": {"prompt": "x", "duration": 8}}
    data = service.http.post("/api/v3/model/price", json=body).json()["data"]
    assert (data["price"], data["discounted_price"], data["currency"]) == (0.8, 0.8, "USD")


def test_the_webhook_secret_stays_the_same(service: Service) -> None:
    secrets = {service.http.get("/api/v3/webhook/secret").json()["data"]["secret"] for _ in "ab"}
    assert len(secrets) == 1
    assert secrets.pop().startswith("whsec_")


def test_tasks_and_characters_survive_a_restart(tmp_path: Path, make_clip: MakeClip) -> None:
    with serving(tmp_path) as service:
        task = service.submit(CHARACTERS, video=service.uploaded(make_clip()), name="Joe")
        before = service.ended(task["id"])["outputs"]
    with serving(tmp_path) as service:
        assert service.result(task["id"])["outputs"] == before


def test_a_task_cut_short_by_a_restart_is_done_afterwards(tmp_path: Path) -> None:
    clock = WallClock()
    with serving(tmp_path, replace(QUICK, queue_s=60.0), now=clock) as service:
        task = service.submit(CHARACTERS, video="http://127.0.0.1:9/", name="Joe")
    clock.now_s += 60.0
    with serving(tmp_path, now=clock) as service:
        assert service.ended(task["id"])["code"] == 1402


@pytest.mark.parametrize("base", ["", "/api/v3", "/api/v3/api/v3"])
def test_either_form_of_base_url_reaches_the_api(service: Service, base: str) -> None:
    assert service.http.get(f"{base}/balance").json()["data"] == {"balance": 10.0}


@pytest.mark.parametrize("path", ["/api/v3/balance", "/files/outputs/0.mp4"])
def test_a_foreign_host_header_is_refused(service: Service, path: str) -> None:
    assert service.http.get(path, headers={"Host": "evil.example"}).status_code == 403


def test_a_held_submit_returns_the_finished_task(service: Service, make_clip: MakeClip) -> None:
    video = service.uploaded(make_clip())
    done = service.submit(CHARACTERS, video=video, name="Joe", enable_sync_mode=True)
    assert done["status"] == "completed"


def test_a_held_submit_that_takes_too_long_gives_the_task_back(tmp_path: Path) -> None:
    with serving(tmp_path, replace(QUICK, queue_s=3600.0, sync_wait_s=0.1)) as service:
        body = {"video": "http://127.0.0.1:9/", "name": "Joe", "enable_sync_mode": True}
        held = service.submit(CHARACTERS, **body)
        assert (held["status"], held["code"]) == ("created", 5004)
        assert held["id"] in held["error"]
