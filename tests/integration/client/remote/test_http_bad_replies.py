"""HTTP over a real socket against servers that cut, stall, redirect, or send too much."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from screentest.client.errors import BadReply, ReplyLost, ServiceUnreachable
from screentest.client.remote.http import Http, Request, Retry
from tests.scripted_service import Answer, Time, closed_port, scripted

OK = Answer(200, {"ok": True})
VIDEO = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 2000
SHA256 = hashlib.sha256(VIDEO).hexdigest()


@contextmanager
def raw_server(*replies: bytes) -> Iterator[str]:
    """A socket that answers each connection with the next bytes, the last for ever, and closes it."""
    listener = socket.create_server(("127.0.0.1", 0))
    waiting = list(replies)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def patient(time: Time, *, attempts: int = 6) -> Http:
    return Http(retry=Retry(attempts=attempts), clock=time.clock, sleep=time.sleep)


GARBAGE = (
    b"",
    b"\x00\xff\xfe",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope",
    b"HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n{}",
)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_submit_with_a_broken_reply_may_have_been_accepted(garbage: bytes) -> None:
    time = Time()
    with raw_server(garbage) as url, patient(time) as http, pytest.raises(ReplyLost) as caught:
        http.submit(Request("POST", f"{url}/x?key=abcdef", json={}))
    assert not caught.value.retryable
    assert "abcdef" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert time.slept == []


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_read_with_a_broken_reply_is_tried_again(garbage: bytes) -> None:
    time = Time()
    good = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    with raw_server(garbage, good) as url, patient(time) as http:
        assert http.read(Request("GET", url)).body == b"{}"
    assert len(time.slept) == 1


def test_a_read_tries_no_more_often_than_it_may() -> None:
    time = Time()
    with scripted(Answer(503)) as service, patient(time, attempts=3) as http:
        assert http.read(Request("GET", service.url)).status == 503
        assert len(service.asked) == 3
    assert len(time.slept) == 2


def test_a_read_from_nobody_gives_up_at_last_and_may_be_run_again() -> None:
    time = Time()
    with patient(time) as http, pytest.raises(ServiceUnreachable) as caught:
        http.read(Request("GET", f"http://127.0.0.1:{closed_port()}/"))
    assert caught.value.retryable
    assert caught.value.hint
    assert len(time.slept) == 5


def test_a_date_in_retry_after_counts_from_the_servers_own_clock() -> None:
    time = Time()
    dates = b"date: Thu, 29 Jan 2026 10:00:00 GMT\r\nretry-after: Thu, 29 Jan 2026 10:00:09 GMT\r\n"
    busy = b"HTTP/1.1 429 Slow Down\r\nconnection: close\r\n" + dates + b"content-length: 0\r\n\r\n"
    good = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    with raw_server(busy, good) as url, patient(time) as http:
        http.read(Request("GET", url))
    assert time.slept == [9.0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_never_takes_the_key_or_the_order_elsewhere(status: int) -> None:
    with (
        scripted(OK) as elsewhere,
        scripted(Answer(status, headers={"Location": elsewhere.url})) as service,
        Http() as http,
    ):
        headers = {"Authorization": "Bearer k"}
        assert http.submit(Request("POST", service.url, headers=headers, json={})).status == status
        assert http.read(Request("GET", service.url, headers=headers)).status == status
        assert elsewhere.asked == []


def test_a_body_that_inflates_without_end_is_cut() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    with scripted(Answer(200, bomb, headers={"content-encoding": "gzip"})) as service, Http() as http:
        reply = http.read(Request("GET", service.url, most_bytes=1000))
    assert len(reply.body) == 1000
    assert not reply.whole


def test_a_reply_that_trickles_past_its_deadline_is_given_up() -> None:
    ticks = iter(range(0, 10**9, 100))
    with (
        scripted(Answer(200, b"x" * 200_000)) as service,
        Http(clock=lambda: float(next(ticks)), sleep=lambda _: None) as http,
        pytest.raises(ReplyLost, match="did not end"),
    ):
        http.submit(Request("POST", service.url, json={}))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_names_of_headers_come_in_small_letters(method: str) -> None:
    with scripted(Answer(200, {}, headers={"X-Request-ID": "r1"})) as service, Http() as http:
        assert http.read(Request(method, service.url)).headers["x-request-id"] == "r1"


def test_a_file_is_fetched_whole_with_its_hash(tmp_path: Path) -> None:
    shares: list[float] = []
    before: list[tuple[str, bool]] = []
    out = tmp_path / "video.mp4"

    def whole(sha256: str) -> None:
        before.append((sha256, out.exists()))

    with scripted(Answer(200, VIDEO)) as service, Http() as http:
        asked = Request("GET", service.url)
        assert http.fetch(asked, out, progress=shares.append, whole=whole) == SHA256
    assert before == [(SHA256, False)]
    assert out.read_bytes() == VIDEO
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("fault", [Answer(drop=True), Answer(200, VIDEO, short=True), Answer(503)])
def test_a_fetch_outlives_a_cut_and_keeps_no_half(tmp_path: Path, fault: Answer) -> None:
    time, out = Time(), tmp_path / "video.mp4"
    with scripted(fault, Answer(200, VIDEO)) as service, patient(time) as http:
        assert http.fetch(Request("GET", service.url), out) == SHA256
    assert out.read_bytes() == VIDEO
    assert len(time.slept) == 1


@pytest.mark.parametrize("fault", [Answer(drop=True), Answer(200, VIDEO, short=True), Answer(502)])
def test_a_fetch_that_never_comes_whole_leaves_the_old_file(tmp_path: Path, fault: Answer) -> None:
    time, out = Time(), tmp_path / "video.mp4"
    out.write_bytes(b"yesterday's")
    with (
        scripted(fault) as service,
        patient(time, attempts=3) as http,
        pytest.raises(ServiceUnreachable) as caught,
    ):
        http.fetch(Request("GET", f"{service.url}/v.mp4?sig=abcdef"), out)
    assert caught.value.retryable
    assert "abcdef" not in f"{caught.value!r} {caught.value.hint}"
    assert out.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("status", [400, 403, 404, 410, 204, 206])
def test_a_file_that_is_not_there_is_not_asked_for_again(tmp_path: Path, status: int) -> None:
    out = tmp_path / "video.mp4"
    with scripted(Answer(status)) as service, Http() as http:
        with pytest.raises(BadReply, match=str(status)):
            http.fetch(Request("GET", service.url), out)
        assert len(service.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_fetch_follows_the_services_own_redirect(tmp_path: Path) -> None:
    out = tmp_path / "video.mp4"
    with (
        scripted(Answer(200, VIDEO)) as elsewhere,
        scripted(Answer(302, headers={"Location": f"{elsewhere.url}/v.mp4"})) as service,
        Http() as http,
    ):
        assert http.fetch(Request("GET", service.url), out) == SHA256


def test_a_fetch_that_is_sent_in_circles_ends(tmp_path: Path) -> None:
    time = Time()
    with (
        scripted(Answer(302, headers={"Location": "/again"})) as service,
        patient(time, attempts=2) as http,
        pytest.raises(ServiceUnreachable),
    ):
        http.fetch(Request("GET", service.url), tmp_path / "video.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_player_that_has_the_old_file_open_keeps_it_whole(tmp_path: Path) -> None:
    out, opened = tmp_path / "video.mp4", tmp_path / "opened"
    out.write_bytes(b"yesterday's")
    opened.hardlink_to(out)
    with scripted(Answer(200, VIDEO)) as service, Http() as http:
        http.fetch(Request("GET", service.url), out)
    assert opened.read_bytes() == b"yesterday's"


def test_a_fetch_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with scripted(Answer(200, VIDEO)) as service, Http() as http, pytest.raises(FileNotFoundError):
        http.fetch(Request("GET", service.url), tmp_path / "gone" / "video.mp4")


def test_a_fetch_from_an_address_that_is_not_a_url_is_an_error_of_ours(tmp_path: Path) -> None:
    # The address comes from the service's outputs, after the video was paid for.
    time = Time()
    with patient(time, attempts=2) as http, pytest.raises(ServiceUnreachable):
        http.fetch(Request("GET", "https://[broken/video.mp4"), tmp_path / "video.mp4")
