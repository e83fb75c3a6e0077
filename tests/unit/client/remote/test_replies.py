"""What the service's JSON means, in every shape that was documented or observed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from screentest.client.errors import (
    BadReply,
    NoBalance,
    RateLimited,
    Rejected,
    ReplyLost,
    ServiceError,
    Unauthorized,
)
from screentest.client.remote.http import Reply
from screentest.client.remote.replies import (
    advice_on,
    parse_object,
    parse_prediction,
    parse_submitted,
    parse_time,
    task_error,
)
from screentest.client.remote.scrub import scrubbed

TASK = {
    "id": "6488c275a1",
    "model": "openai/sora-2/characters",
    "outputs": [],
    "urls": {"get": "https://api.wavespeed.ai/api/v3/predictions/6488c275a1/result"},
    "has_nsfw_contents": [],
    "status": "created",
    "created_at": "2026-01-29T23:09:43.027Z",
    "error": "",
    "timings": {"inference": 0},
}


def reply(document: object, status: int = 200) -> Reply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status, {}, body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"id": "t-\\ud800", "status": "completed", "outputs": ["char_1"]}', id="escape"),
        pytest.param(
            b'{"id": "t-\xed\xa0\x80", "status": "completed", "outputs": ["char_1"]}', id="raw"
        ),
        pytest.param(
            b'{"id": "task-1", "status": "completed", '
            b'"outputs": ["{\\"id\\": \\"char_\\\\udcff\\", \\"name\\": \\"J\\\\udc00\\"}"]}',
            id="in a text of its own",
        ),
    ],
)
def test_half_a_letter_of_a_paid_task_can_be_recorded(body: bytes) -> None:
    task = parse_submitted(reply(body))
    told = task.task_id + task.characters[0].character_id + (task.name or "")
    assert told.encode().decode() == told


def test_whole_letters_stay_as_they_are() -> None:
    body = b'{"id": "t\xc3\xa4", "status": "created", "input": {"name": "\\ud83d\\ude00 \\u00e9"}}'
    task = parse_submitted(reply(body))
    assert (task.task_id, task.input_name) == ("t\u00e4", "\U0001f600 \u00e9")


def enveloped(**changes: object) -> Reply:
    return reply({"code": 200, "message": "success", "data": {**TASK, **changes}})


@pytest.mark.parametrize(
    "outputs",
    [
        [{"id": "char_e9bd", "name": "Joe"}],
        ["char_e9bd"],
        ['{"id": "char_e9bd", "name": "Joe"}'],
        ['"char_e9bd"'],
        ['["char_e9bd"]'],
        [[{"id": "char_e9bd"}]],
        [["char_e9bd"]],
        {"id": "char_e9bd"},
        "char_e9bd",
        '[{"id": "char_e9bd", "name": "Joe"}]',
        ["https://cdn.example/preview.mp4", {"id": "char_e9bd"}],
    ],
)
def test_the_id_is_found_in_every_shape_of_outputs(outputs: object) -> None:
    task = parse_prediction({**TASK, "status": "completed", "outputs": outputs})
    assert [one.character_id for one in task.characters] == ["char_e9bd"]


@pytest.mark.parametrize("outputs", [[], None, [""], ["https://cdn.example/a.mp4"], [{}], [None, 3]])
def test_outputs_without_a_character_give_none(outputs: object) -> None:
    assert parse_prediction({**TASK, "outputs": outputs}).characters == ()


def test_outputs_nested_without_end_do_not_hang() -> None:
    deep: object = "char_e9bd"
    for _ in range(500):
        deep = [deep]
    assert parse_prediction({**TASK, "outputs": deep}).characters == ()


def test_the_outputs_tell_the_name() -> None:
    task = parse_prediction({**TASK, "outputs": [{"id": "char_1", "name": "Joe"}]})
    assert task.name == "Joe"


def test_the_inputs_tell_the_name_where_they_are_listed() -> None:
    assert parse_prediction({**TASK, "input": {"name": "Ann"}}).name == "Ann"


@pytest.mark.parametrize("status", ["queued", "starting", "", "paused"])
def test_an_unknown_status_means_not_ended(status: str) -> None:
    assert not parse_prediction({**TASK, "status": status}).ended


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled", "timeout", "deleted"])
def test_a_final_status_ends_the_wait(status: str) -> None:
    assert parse_prediction({**TASK, "status": status}).ended


@pytest.mark.parametrize(
    ("status", "document", "kind", "words"),
    [
        (401, {"code": 401, "message": "bad key"}, Unauthorized, "bad key"),
        (402, {"error": "pay"}, NoBalance, "pay"),
        (400, {"message": "Insufficient balance"}, NoBalance, "Insufficient"),
        (400, {"detail": [{"msg": "name too long"}]}, Rejected, "name too long"),
        (400, {"detail": "broken"}, Rejected, "broken"),
        (404, {"error": "no such task"}, Rejected, "no such task"),
        (429, {"message": "slow down"}, RateLimited, "slow down"),
        (500, {"message": "oops"}, BadReply, "oops"),
        (502, b"<html>Bad Gateway</html>", BadReply, "Bad Gateway"),
        (200, {"code": 401, "message": "bad key"}, Unauthorized, "bad key"),
        (200, {"code": "402", "message": "pay"}, NoBalance, "pay"),
        (200, {"code": 1401, "message": "name"}, Rejected, "name"),
    ],
)
def test_each_kind_of_no_is_told_in_the_services_words(
    status: int, document: object, kind: type[ServiceError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        parse_object(reply(document, status))
    assert type(caught.value) is kind
    assert caught.value.status == status


@pytest.mark.parametrize("status", [401, 402, 429])
def test_a_no_about_the_account_says_how_out(status: int) -> None:
    with pytest.raises(ServiceError) as caught:
        parse_object(reply({"message": "no"}, status))
    assert caught.value.hint


@pytest.mark.parametrize(
    "answer",
    [
        reply({"message": "oops"}, 500),
        reply({"message": "oops"}, 503),
        reply({"code": 5000, "message": "oops"}),
        reply(b'{"code": 200, "data": {"id": "64'),
        reply(b"", 200),
        reply({"code": 200, "data": None}),
        reply({"code": 200, "data": {**TASK, "id": ""}}),
        reply(b"moved", 301),
    ],
)
def test_a_submit_whose_answer_leaves_it_open_is_never_a_no(answer: Reply) -> None:
    with pytest.raises(ReplyLost):
        parse_submitted(answer)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422, 429])
def test_a_4xx_to_a_submit_is_a_definite_no(status: int) -> None:
    with pytest.raises((Unauthorized, NoBalance, RateLimited, Rejected)):
        parse_submitted(reply({"message": "no"}, status))


def test_a_submits_task_is_read() -> None:
    task = parse_submitted(enveloped())
    assert (task.task_id, task.status, task.ended) == ("6488c275a1", "created", False)


@pytest.mark.parametrize(
    ("code", "advice"),
    [(1200, "likeness"), (1401, "rule"), (1402, "URL"), (402, "Top up"), (5004, "later")],
)
def test_a_failed_task_comes_with_advice(code: int, advice: str) -> None:
    task = parse_prediction({**TASK, "status": "failed", "error": "no luck", "code": code})
    error = task_error(task)
    assert "no luck" in error.message
    assert advice in error.hint
    assert advice_on(str(error)) == error.remedies, "the words alone lead out as well"
    assert error.task_id == TASK["id"]


def test_the_services_words_lose_signatures_and_keys() -> None:
    text = "cannot fetch https://b.example/k.mp4?X-Amz-Signature=abc&x=1, key wsk-1"
    clean = scrubbed(text, secrets=("wsk-1",))
    assert "abc" not in clean
    assert "wsk-1" not in clean
    assert "https://b.example/k.mp4" in clean


def test_a_failed_tasks_words_hold_no_signature() -> None:
    words = "1402: GET https://b.example/k.mp4?X-Amz-Signature=abc was 403"
    task = parse_prediction({**TASK, "status": "failed", "error": words})
    assert "abc" not in f"{task!r} {task_error(task)}"


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-01-29T23:09:43Z", 0),
        ("2026-01-29T23:09:43.02Z", 20_000),
        ("2026-01-29T23:09:43.027Z", 27_000),
        ("2026-01-29T23:09:43.027123456Z", 27_123),
        ("2026-01-29T23:09:43.027123", 27_123),
        ("2026-01-30T00:09:43+01:00", 0),
    ],
)
def test_times_are_read_with_any_number_of_fraction_digits(text: str, micros: int) -> None:
    assert parse_time(text) == datetime(2026, 1, 29, 23, 9, 43, micros, UTC)


@pytest.mark.parametrize("value", ["soon", "", None, 5])
def test_what_is_not_a_time_reads_as_missing(value: object) -> None:
    assert parse_time(value) is None
