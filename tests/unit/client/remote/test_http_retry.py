"""The schedule of retries and what a message may name: hosts and kinds, never credentials."""

from __future__ import annotations

import httpx
import pytest

from screentest.client.errors import ServiceUnreachable
from screentest.client.remote.http import (
    NOTHING_SENT,
    RETRIED_STATUSES,
    Http,
    Reply,
    Request,
    Retry,
    is_loopback,
    retry_after_s,
)
from tests.scripted_service import Time

SERVED = "Thu, 29 Jan 2026 10:00:00 GMT"


@pytest.mark.parametrize("asked_s", [-5.0, -0.001])
def test_a_time_that_has_passed_is_no_pause(asked_s: float) -> None:
    assert Retry().pause_s(0, asked_s=asked_s) == 0.0


def test_what_the_server_asks_for_is_slept_without_jitter() -> None:
    assert {Retry().pause_s(tried, asked_s=7.0) for tried in range(9)} == {7.0}


def test_two_clients_do_not_come_back_at_the_same_moment() -> None:
    assert len({Retry(first_s=1.0).pause_s(0, asked_s=None) for _ in range(50)}) > 1


def test_all_the_pauses_of_a_read_fit_into_its_deadline() -> None:
    retry = Retry()
    longest_s = sum(
        min(retry.most_s, retry.first_s * 2.0**tried) for tried in range(retry.attempts - 1)
    )
    assert longest_s < retry.deadline_s


@pytest.mark.parametrize("status", [200, 201, 301, 400, 401, 402, 403, 404, 409, 422])
def test_a_definite_answer_is_not_among_the_retried(status: int) -> None:
    assert status not in RETRIED_STATUSES


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (" 5 ", 5.0),
        ("0", 0.0),
        ("007", 7.0),
        ("1.5", None),
        ("9" * 400, None),
        ("²", None),
        ("٣", None),
        ("Thu, 29 Jan 2026 09:59:50 GMT", -10.0),
        ("Thu, 29 Jan 2026 12:00:00 +0200", 0.0),
        ("Thursday, 29-Jan-26 10:00:03 GMT", 3.0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 +99999999999999", None),
        ("Mon, 32 Jan 2026 00:00:00 GMT", None),
        ("Thu, 29 Jan 2026 10:00:09 -0000", None),
    ],
)
def test_every_form_of_retry_after_is_read_or_ignored(value: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": value, "date": SERVED}) == seconds


@pytest.mark.parametrize("date", ["", "now", "Mon, 01 Jan 9999999999999 00:00:00 GMT"])
def test_a_reply_without_a_clock_has_no_time(date: str) -> None:
    assert Reply(200, {"date": date}, b"").served_at is None


def test_the_servers_clock_is_read_with_its_zone() -> None:
    served_at = Reply(200, {"date": SERVED}, b"").served_at
    assert served_at is not None
    assert served_at.isoformat() == "2026-01-29T10:00:00+00:00"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.example:8443/x?key=1", "api.example:8443"),
        ("https://joe:hunter2@bucket.example/k", "bucket.example"),
        ("https://:hunter2@bucket.example/k", "bucket.example"),
        ("http://[::1]:80/", "[::1]:80"),
    ],
)
def test_a_message_names_the_host_without_user_and_password(url: str, host: str) -> None:
    assert Request("GET", url).host == host


@pytest.mark.parametrize("url", ["http://[bad/x", "http://[::1", "https://[::zz]/"])
def test_an_address_that_is_not_a_url_is_an_error_of_ours(url: str) -> None:
    time = Time()
    assert not is_loopback(url)
    with (
        Http(retry=Retry(attempts=2), clock=time.clock, sleep=time.sleep) as http,
        pytest.raises(ServiceUnreachable),
    ):
        http.read(Request("GET", url))


@pytest.mark.parametrize("url", ["http://host.example:port/x", "ftp://host.example/x", "nonsense"])
def test_a_submit_to_an_impossible_url_was_never_sent(url: str) -> None:
    # ReplyLost here would leave a registration to be reconciled that nobody ever asked for.
    time = Time()
    with Http(clock=time.clock, sleep=time.sleep) as http, pytest.raises(ServiceUnreachable):
        http.submit(Request("POST", url, json={}))


@pytest.mark.parametrize(
    "kind", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.RemoteProtocolError]
)
def test_a_fault_after_the_first_byte_never_counts_as_unsent(kind: type[Exception]) -> None:
    # Taken for unsent, a submit would be repeated, and paid for twice.
    assert not issubclass(kind, NOTHING_SENT)


@pytest.mark.parametrize(
    "url",
    ["http://LOCALHOST/x", "http://a.localhost:1", "http://127.0.0.1", "http://[::1]/"],
)
def test_this_computer_has_many_names(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost.example.com",
        "http://notlocalhost",
        "http://0.0.0.0.example",
        "http://[::2]/",
        "",
    ],
)
def test_a_name_that_only_looks_local_is_not(url: str) -> None:
    assert not is_loopback(url)


def test_a_closed_http_opens_again_for_the_next_request() -> None:
    time = Time()
    http = Http(retry=Retry(attempts=1), clock=time.clock, sleep=time.sleep)
    http.close()
    http.close()
    with http, pytest.raises(ServiceUnreachable):
        http.read(Request("GET", "ftp://nowhere.invalid"))


def test_a_reply_shows_neither_its_headers_nor_its_body() -> None:
    reply = Reply(200, {"set-cookie": "token=abc"}, b'{"secret": "whsec_abc"}')
    assert "abc" not in repr(reply)
