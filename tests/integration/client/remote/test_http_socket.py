"""HTTP over a real socket: what is tried again, what never is, and what an error gives away."""

from __future__ import annotations

import pytest

from screentest.client.errors import ReplyLost, ServiceUnreachable
from screentest.client.remote.http import Http, Request
from tests.scripted_service import Answer, Time, closed_port, scripted

OK = Answer(200, {"ok": True})
PRESIGNED = "?X-Amz-Signature=abcdef"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_outlives_a_busy_service(status: int) -> None:
    time = Time()
    with (
        scripted(Answer(status), Answer(status), OK) as service,
        Http(clock=time.clock, sleep=time.sleep) as http,
    ):
        assert http.read(Request("GET", service.url)).status == 200
    assert len(time.slept) == 2


def test_a_read_outlives_a_cut_connection() -> None:
    time = Time()
    with (
        scripted(Answer(drop=True), OK) as service,
        Http(clock=time.clock, sleep=time.sleep) as http,
    ):
        assert http.read(Request("GET", service.url)).status == 200


def test_a_read_waits_as_long_as_it_is_asked_to() -> None:
    time = Time()
    with (
        scripted(Answer(429, headers={"Retry-After": "11"}), OK) as service,
        Http(clock=time.clock, sleep=time.sleep) as http,
    ):
        http.read(Request("GET", service.url))
    assert time.slept == [11.0]


def test_a_read_gives_up_at_its_deadline() -> None:
    time = Time()
    with (
        scripted(Answer(503, headers={"Retry-After": "25"})) as service,
        Http(clock=time.clock, sleep=time.sleep) as http,
    ):
        assert http.read(Request("GET", service.url)).status == 503
    assert time.now_s <= 60.0


@pytest.mark.parametrize("status", [200, 301, 400, 401, 404])
def test_a_definite_answer_is_not_asked_for_twice(status: int) -> None:
    with scripted(Answer(status)) as service, Http() as http:
        assert http.read(Request("GET", service.url)).status == status
        assert len(service.asked) == 1


def test_reads_share_a_connection() -> None:
    with scripted(OK) as service, Http() as http:
        for _ in range(3):
            http.read(Request("GET", service.url))
        assert len({asked.connection for asked in service.asked}) == 1


def test_each_submit_has_a_connection_of_its_own() -> None:
    with scripted(OK) as service, Http() as http:
        http.read(Request("GET", service.url))
        for _ in range(2):
            http.submit(Request("POST", service.url, json={}))
        assert len({asked.connection for asked in service.asked}) == 3


@pytest.mark.parametrize("fault", [Answer(drop=True), Answer(200, {}, short=True)])
def test_a_submit_whose_reply_is_lost_is_sent_once(fault: Answer) -> None:
    with scripted(fault) as service, Http() as http:
        with pytest.raises(ReplyLost):
            http.submit(Request("POST", service.url, json={"name": "Joe"}))
        assert len(service.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_submit_is_not_sent_again_to_a_busy_service(status: int) -> None:
    with scripted(Answer(status)) as service, Http() as http:
        assert http.submit(Request("POST", service.url, json={})).status == status
        assert len(service.asked) == 1


def test_a_submit_that_cannot_connect_says_that_nothing_was_sent() -> None:
    time = Time()
    url = f"http://127.0.0.1:{closed_port()}/x"
    with (
        Http(clock=time.clock, sleep=time.sleep) as http,
        pytest.raises(ServiceUnreachable) as caught,
    ):
        http.submit(Request("POST", url, json={}))
    assert caught.value.retryable
    assert len(time.slept) == 2


def test_a_name_that_resolves_to_nothing_says_that_nothing_was_sent() -> None:
    time = Time()
    with (
        Http(clock=time.clock, sleep=time.sleep) as http,
        pytest.raises(ServiceUnreachable, match=r"no-such-host\.invalid"),
    ):
        http.submit(Request("POST", "https://no-such-host.invalid/x", json={}))


def test_no_error_or_log_shows_a_signature(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    time = Time()
    with (
        scripted(Answer(drop=True)) as service,
        Http(clock=time.clock, sleep=time.sleep) as http,
        pytest.raises(ServiceUnreachable) as caught,
    ):
        http.read(Request("GET", f"{service.url}/k.mp4{PRESIGNED}"))
    told = f"{caught.value!r}{caught.value.hint}{caught.value.__cause__!r}{caplog.text}"
    assert "abcdef" not in told


def test_only_the_start_of_a_large_object_is_read() -> None:
    with scripted(Answer(200, b"x" * 1_000_000)) as service, Http() as http:
        reply = http.read(Request("GET", service.url, most_bytes=10))
    assert (reply.body, reply.whole) == (b"x" * 10, False)


def test_a_proxy_of_the_environment_does_not_see_local_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with scripted(OK) as service, Http() as http:
        assert http.read(Request("GET", service.url)).status == 200
