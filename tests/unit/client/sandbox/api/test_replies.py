"""The shapes of the service's replies, as its documentation and its clients' source have them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from screentest.client.sandbox.api.replies import bad_parameter, failure, iso, prediction, success
from screentest.client.sandbox.work.tasks import Task

DONE = Task(
    id="t1",
    model="openai/sora-2/characters",
    inputs={"video": "https://h/x.mp4", "name": "Joe"},
    price_usd=0.001,
    created_at=1_700_000_000.5,
    starts_at=1_700_000_001.0,
    finished_at=1_700_000_002.0,
    outputs=({"id": "char_1", "name": "Joe"},),
    code=0,
    error="",
    inference_ms=812,
)
FAILED = replace(DONE, outputs=(), code=1401, error="too small")
AFTER, MEANWHILE = 1_700_000_003.0, 1_700_000_001.5


def shown(task: Task, *, now: float = AFTER, with_inputs: bool = False) -> dict[str, object]:
    return prediction(task, now=now, base_url="http://127.0.0.1:9", with_inputs=with_inputs)


def test_a_result_comes_in_the_envelope() -> None:
    reply = success({"balance": 1})
    assert reply.status_code == 200
    assert json.loads(bytes(reply.body)) == {"code": 200, "message": "success", "data": {"balance": 1}}


def test_an_error_has_its_status_as_its_code() -> None:
    reply = failure(402, "Insufficient balance.")
    assert reply.status_code == 402
    assert json.loads(bytes(reply.body)) == {"code": 402, "message": "Insufficient balance."}


def test_an_error_about_a_parameter_has_no_code() -> None:
    reply = bad_parameter('property "name" is missing')
    assert reply.status_code == 400
    assert json.loads(bytes(reply.body)) == {"error": 'property "name" is missing'}


def test_a_completed_task_shows_its_outputs() -> None:
    assert shown(DONE) == {
        "id": "t1",
        "model": "openai/sora-2/characters",
        "outputs": [{"id": "char_1", "name": "Joe"}],
        "urls": {"get": "http://127.0.0.1:9/api/v3/predictions/t1/result"},
        "has_nsfw_contents": [False],
        "status": "completed",
        "created_at": "2023-11-14T22:13:20.500Z",
        "error": "",
        "timings": {"inference": 812},
    }


def test_a_failed_task_shows_its_code_and_reason_and_no_output() -> None:
    told = shown(FAILED)
    assert (told["status"], told["code"], told["error"]) == ("failed", 1401, "too small")
    assert (told["outputs"], told["has_nsfw_contents"]) == ([], [])


@pytest.mark.parametrize("task", [DONE, FAILED])
def test_nothing_of_the_end_shows_before_it(task: Task) -> None:
    told = shown(task, now=MEANWHILE)
    assert (told["status"], told["outputs"], told["error"]) == ("processing", [], "")
    assert told["timings"] == {"inference": 0}
    assert "code" not in told


@pytest.mark.parametrize("with_inputs", [False, True])
def test_inputs_show_only_where_they_are_asked_for(with_inputs: bool) -> None:
    assert ("inputs" in shown(DONE, with_inputs=with_inputs)) == with_inputs


@pytest.mark.parametrize(
    ("t", "text"),
    [(0, "1970-01-01T00:00:00.000Z"), (1_700_000_000.25, "2023-11-14T22:13:20.250Z")],
)
def test_times_are_utc_with_milliseconds(t: float, text: str) -> None:
    assert iso(t) == text
