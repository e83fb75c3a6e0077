"""Whatever bytes the service sends, the answer is a value or one of the documented errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.errors import (
    BadReply,
    NoBalance,
    RateLimited,
    Rejected,
    ReplyLost,
    ServiceError,
    Unauthorized,
)
from screentest.client.remote.http import Reply, retry_after_s
from screentest.client.remote.replies import (
    COMPLETED,
    FAILED,
    Prediction,
    error_of,
    parse_object,
    parse_prediction,
    parse_submitted,
    parse_time,
    task_error,
)
from screentest.client.remote.scrub import scrubbed

SECRET = "wsk-0123456789abcdef"
STATUSES = st.sampled_from([200, 201, 204, 301, 302, 400, 401, 402, 403, 404, 422, 429, 500, 503])
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["success", "completed", "failed", "9" * 5000, "200", "1401", "2026-01-29", SECRET]
    ),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
KEYS = st.one_of(
    st.sampled_from(["code", "data", "message", "msg", "error", "detail", "id", "name", "status"]),
    st.sampled_from(["outputs", "created_at", "has_nsfw_contents", "input", "inputs", "model"]),
    st.text(max_size=4),
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=12,
)
BODIES = st.one_of(st.binary(max_size=80), DOCUMENTS.map(lambda one: json.dumps(one).encode()))
REPLIES = st.builds(Reply, STATUSES, st.just({}), BODIES, st.booleans())
QUICK = settings(max_examples=150, deadline=None)


@QUICK
@given(reply=REPLIES)
def test_any_reply_to_a_read_is_a_value_or_a_documented_error(reply: Reply) -> None:
    told: ServiceError | None = None
    try:
        parse_object(reply, secrets=(SECRET,))
    except (Unauthorized, NoBalance, RateLimited, Rejected, BadReply) as error:
        told = error
    if told is None:
        assert 200 <= reply.status < 300
    else:
        assert told.status == reply.status
        assert SECRET not in f"{told!r} {told.hint}"


@QUICK
@given(reply=REPLIES)
def test_any_reply_to_a_submit_is_a_task_a_no_or_open(reply: Reply) -> None:
    # An exception of any other kind would leave a paid task without a record.
    try:
        task = parse_submitted(reply, secrets=(SECRET,))
    except (Unauthorized, NoBalance, RateLimited, Rejected, ReplyLost):
        return
    assert task.task_id
    assert 200 <= reply.status < 300


@QUICK
@given(document=DOCUMENTS)
def test_any_task_can_be_read_told_and_asked_for_its_characters(document: object) -> None:
    try:
        task = parse_prediction(document)
    except BadReply:
        return
    assert task.ended == (task.status in {COMPLETED, *FAILED})
    ids = [one.character_id for one in task.characters]
    assert len(ids) == len(set(ids))
    assert task.name is None or isinstance(task.name, str)
    assert task_error(task).task_id == task.task_id


@QUICK
@given(status=st.integers(100, 599), document=DOCUMENTS)
def test_a_definite_no_is_never_read_out_of_a_servers_fault(status: int, document: object) -> None:
    reply = Reply(status, {}, json.dumps(document).encode())
    if status >= 500 or 300 <= status < 400:
        with pytest.raises(ReplyLost):
            parse_submitted(reply)


@pytest.mark.parametrize("opening", [b"[", b'{"message":', b'{"error":[', b'{"data":'])
@pytest.mark.parametrize("depth", [7, 300, 600, 900, 5000])
def test_a_reply_nested_without_end_is_an_error_and_no_crash(opening: bytes, depth: int) -> None:
    closing = opening.replace(b'{"message":', b"}").replace(b'{"data":', b"}")
    closing = b"]" if closing == b"[" else closing.replace(b'{"error":[', b"]}")
    nested = opening * depth + b"1" + closing * depth
    for status in (200, 400, 500):
        with pytest.raises(ServiceError):
            parse_submitted(Reply(status, {}, nested))


@pytest.mark.parametrize("depth", [7, 400, 800])
def test_a_tasks_own_words_nested_without_end_do_not_lose_the_task(depth: int) -> None:
    body = b'{"id": "task-1", "status": "created", "error": %s1%s}' % (b"[" * depth, b"]" * depth)
    assert parse_submitted(Reply(200, {}, body)).task_id == "task-1"


@QUICK
@given(
    before=st.text(max_size=600),
    after=st.text(max_size=40),
    query=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=6, max_size=20),
)
def test_no_text_of_the_service_shows_a_key_or_a_signature(before: str, after: str, query: str) -> None:
    text = f"{before} {SECRET} https://b.example/k.mp4?X-Amz-Signature=@{query} {after}"
    told = scrubbed(text, secrets=(SECRET, ""))
    assert SECRET not in told
    assert f"@{query}" not in told
    assert len(told) <= 500


@pytest.mark.parametrize("length", range(270, 305))
def test_a_key_is_not_shown_in_part_either(length: int) -> None:
    body = b"x" * length + b" " + SECRET.encode()
    assert "wsk-" not in error_of(Reply(502, {}, body), secrets=(SECRET,)).message


@QUICK
@given(value=st.one_of(st.text(max_size=40), st.datetimes().map(datetime.isoformat), LEAVES))
def test_any_time_is_a_moment_in_utc_or_none(value: object) -> None:
    moment = parse_time(value)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
def test_a_time_at_the_end_of_the_calendar_is_none(value: str) -> None:
    assert parse_time(value) is None


@QUICK
@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_time_written_as_the_service_does_is_read_back(moment: datetime) -> None:
    assert parse_time(moment.isoformat().replace("+00:00", "Z")) == moment


@QUICK
@given(value=st.text(max_size=40), date=st.text(max_size=40))
def test_any_retry_after_is_seconds_or_none(value: str, date: str) -> None:
    seconds = retry_after_s({"retry-after": value, "date": date})
    assert seconds is None or isinstance(seconds, float)


@QUICK
@given(code=st.integers(), error=st.text(max_size=30), status=st.sampled_from(sorted(FAILED)))
def test_a_failed_task_always_says_what_to_do(code: int, error: str, status: str) -> None:
    told = task_error(Prediction("t1", "m", status, error=error, code=code))
    assert told.hint
    assert (error or status) in told.message
    assert told.code == code
