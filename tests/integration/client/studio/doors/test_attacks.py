"""Attacks on the studio's doors, byte by byte over a real socket."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.client.studio.doors.doors_parts import House, open_house, quiet_uvicorn
from tests.waiting import until


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with quiet_uvicorn(), open_house(tmp_path_factory.mktemp("studio") / "home") as opened:
        yield opened


@pytest.fixture(autouse=True)
def asked(house: House) -> list[str]:
    """What reached the application in this test."""
    house.behind.asked.clear()
    house.behind.copied.clear()
    house.behind.cleared_up.clear()
    return house.behind.asked


def status_of(reply: str) -> int:
    return int(reply.split(" ", 2)[1])


def statuses_of(replies: str) -> list[int]:
    return [int(part[1:4]) for part in replies.split("HTTP/1.1")[1:]]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("", 400),
        ("Host: {host}\r\nHost: {host}\r\n", 400),
        ("Host:\r\n", 403),
        ("Host: {host}\r\n", 200),
    ],
    ids=["none", "two", "empty", "one"],
)
def test_there_is_one_host(house: House, asked: list[str], host: str, status: int) -> None:
    lines = host.format(host=house.host)
    reply = house.raw(
        f"GET / HTTP/1.1\r\n{lines}Cookie: {house.cookie}\r\nConnection: close\r\n\r\n".encode()
    )
    assert status_of(reply) == status
    assert bool(asked) == (status == 200)


def test_an_old_browser_without_a_host_is_turned_away(house: House, asked: list[str]) -> None:
    reply = house.raw(f"GET / HTTP/1.0\r\nCookie: {house.cookie}\r\n\r\n".encode())
    assert status_of(reply) == 403
    assert not asked


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd",
        "/static/../../secret",
        "/static/%2e%2e/secret",
        "/static/..%2fsecret",
        "/static/%2e%2e%5csecret",
        "/static/..\\secret",
        "//etc/passwd",
        "/static//etc/passwd",
        "/static/%00",
        "/%252e%252e/secret",
        "/%c0%ae%c0%ae/secret",
        "http://evil.example/",
        "*",
    ],
)
def test_no_path_trick_reaches_the_application(house: House, asked: list[str], target: str) -> None:
    assert status_of(house.raw(house.head("GET", target, "Connection: close"))) == 400
    assert not asked


def test_no_redirect_leaves_the_studio(house: House) -> None:
    for path in ("//evil.example", "/\\evil.example", "/%2f%2fevil.example", "http://evil.example"):
        reply = house.raw(house.head("GET", f"{path}?token={house.secret.token}", "Connection: close"))
        assert status_of(reply) == 400
        assert "\r\nlocation" not in reply.lower()


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PATCH", "CONNECT", "FOO"])
def test_other_methods_are_not_served(house: House, asked: list[str], method: str) -> None:
    reply = house.raw(house.head(method, "/", "Connection: close"))
    assert status_of(reply) == 405
    assert "allow: GET, HEAD, POST, PUT, DELETE" in reply
    assert house.cookie not in reply
    assert not asked


def test_huge_headers_are_refused(house: House, asked: list[str]) -> None:
    many = [f"X-{number}: y" for number in range(200)]
    for more in (many, [f"X: {'y' * 40_000}"]):
        assert status_of(house.raw(house.head("GET", "/", "Connection: close", *more))) == 431
    assert status_of(house.raw(house.head("GET", f"/{'a' * 5_000}", "Connection: close"))) == 414
    with suppress(ConnectionResetError):  # more than the server itself reads of a head
        house.raw(house.head("GET", "/", f"X: {'y' * 200_000}"))
    assert not asked


def test_a_websocket_is_an_ordinary_request(house: House) -> None:
    upgrade = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAA")
    reply = house.raw(house.head("GET", "/", "Connection: Upgrade, close", *upgrade))
    assert status_of(reply) == 200


def test_a_smuggled_second_request_needs_its_own_cookie(house: House, asked: list[str]) -> None:
    inner = f"GET / HTTP/1.1\r\nHost: {house.host}\r\nConnection: close\r\n\r\n".encode()
    reply = house.raw(house.head("POST", "/form", "Content-Length: 0") + inner)
    assert statuses_of(reply) == [200, 403]
    assert not asked


def test_a_body_that_says_it_is_too_large_is_not_read(house: House) -> None:
    reply = house.raw(house.head("POST", "/footage/drop", "Content-Length: 300001"))
    assert status_of(reply) == 413
    assert "connection: close" in reply
    assert not house.behind.cleared_up.is_set()


def test_an_upload_in_chunks_is_counted_and_what_was_begun_is_cleared_up(house: House) -> None:
    head = house.head("POST", "/footage/drop", "Transfer-Encoding: chunked", "Connection: close")
    block = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    assert status_of(house.raw(head + block * 40 + b"0\r\n\r\n")) == 413
    assert house.behind.cleared_up.is_set()
    assert not house.behind.copied


def test_half_a_body_is_not_answered_as_if_it_were_whole(house: House) -> None:
    head = house.head("POST", "/shrugs", "Transfer-Encoding: chunked", "Connection: close")
    reply = house.raw(head + b"3e9\r\n" + b"x" * 1_001 + b"\r\n0\r\n\r\n")
    assert status_of(reply) == 413
    assert "whatever" not in reply


def test_an_upload_within_the_limit_is_whole(house: House) -> None:
    head = house.head("POST", "/footage/drop", "Transfer-Encoding: chunked", "Connection: close")
    block = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    assert "300000 bytes" in house.raw(head + block * 30 + b"0\r\n\r\n")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_only_uploads_may_be_large(house: House, method: str) -> None:
    origin = {"origin": house.origin}
    assert house.ask("/form", method=method, body=b"x" * 1_000, **origin).body == "1000 bytes"
    assert house.ask("/form", method=method, body=b"x" * 1_001, **origin).status == 413
    chunked = house.head(method, "/form", "Transfer-Encoding: chunked")
    body, following = (
        b"3e9\r\n" + b"x" * 1_001 + b"\r\n0\r\n\r\n",
        house.head("GET", "/", "Connection: close"),
    )
    # Nothing is left to read: the connection goes on.
    assert statuses_of(house.raw(chunked + body + following)) == [413, 200]


@pytest.mark.parametrize("cookie", [True, False])
def test_a_large_refused_upload_still_gets_its_answer(house: House, cookie: bool) -> None:
    """Where a connection is closed on unread bytes, the browser shows a reset and no reason."""
    given = {"origin": house.origin} | ({} if cookie else {"cookie": ""})
    reply = house.ask("/footage/drop", method="POST", body=b"x" * 4_000_000, **given)
    assert reply.status == (413 if cookie else 403)
    assert reply.body


def test_a_body_that_does_not_come_is_not_waited_for(house: House) -> None:
    with house.connected() as connection:
        connection.sendall(house.head("POST", "/footage/drop", "Content-Length: 1000") + b"begun")
        reply = connection.recv(65_536)
    assert b"408" in reply
    assert house.behind.cleared_up.is_set()
    assert not house.behind.copied


def test_a_client_that_goes_away_leaves_nothing_half_done(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with house.connected() as connection:
        connection.sendall(house.head("POST", "/footage/drop", "Content-Length: 1000") + b"begun")
    until(house.behind.cleared_up.is_set)
    assert not house.behind.copied
    assert not caplog.records


def test_nobody_is_told_of_a_failure_where_the_client_left_before_its_reply(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with house.connected() as connection:
        connection.sendall(house.head("GET", "/leaves/"))
    until(house.behind.cleared_up.is_set)
    assert house.ask().status == 200
    assert not caplog.records


def test_a_long_silence_after_the_request_ends_no_stream(house: House) -> None:
    """Server-sent events: the page listens for hours and says nothing."""
    with house.connected() as connection:
        connection.sendall(house.head("GET", "/endless"))
        got = b""
        # Twice as long as the next part of a body would be waited for.
        while b"data: 12" not in got:
            more = connection.recv(65_536)
            assert more, got
            got += more


@pytest.mark.logs_errors
@pytest.mark.parametrize("target", ["/fails", "/says_500"])
def test_a_failure_is_a_sentence_without_a_path_and_is_logged_without_a_token(
    house: House, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    reply = house.ask(target)
    assert (reply.status, reply.headers["x-content-type-options"]) == (500, "nosniff")
    assert "footage.mp4" not in reply.body
    assert "Traceback" not in reply.body
    assert "log" in reply.body
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage() == f"GET {target} failed"
    assert house.secret.token not in caplog.text
    assert house.secret.cookie("http") not in caplog.text


@pytest.mark.logs_errors
def test_a_reply_that_fails_half_way_is_not_taken_for_whole(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    reply = house.raw(house.head("GET", "/fails_late", "Connection: close"))
    assert "begun" in reply
    assert not reply.endswith("0\r\n\r\n")
    assert "footage.mp4" not in reply
    until(lambda: "GET /fails_late failed" in caplog.text)


def test_ten_thousand_requests_leave_nothing_behind(house: House) -> None:
    asks = [
        house.head("GET", "/static/page.css"),
        house.head("GET", "/none"),
        house.head("GET", f"/?token={house.secret.token}"),
        house.head("GET", "/%2e%2e/"),
        house.head("POST", "/form", "Content-Length: 3") + b"a=1",
        house.head("GET", "/").replace(b"127.0.0.1", b"evil.test"),
        house.head("GET", "/").replace(b"Cookie", b"Cooky"),
        house.head("HEAD", "/"),
        house.head("POST", "/").replace(b"Origin", b"Origine"),
        house.head("GET", "/", "Sec-Fetch-Site: cross-site"),
    ]

    def ask_all(times: int) -> None:
        with house.connected() as connection:
            for _ in range(times):
                connection.sendall(b"".join(asks))
                answers = b""
                while answers.count(b"HTTP/1.1 ") < len(asks):
                    answers += connection.recv(1 << 20)
        house.behind.asked.clear()

    def left() -> tuple[int, int]:
        gc.collect()
        return len(gc.get_objects()), len(list(Path("/proc/self/fd").iterdir()))

    def more(times: int) -> tuple[int, int]:
        objects, files = left()
        ask_all(times)
        more_objects, more_files = left()
        return more_objects - objects, more_files - files

    ask_all(20)
    rounds = [more(500), more(500)]
    # What is left of each request is there in both; another test's threads may end in one of them.
    assert min(objects for objects, _ in rounds) < 500
    assert min(files for _, files in rounds) <= 0
