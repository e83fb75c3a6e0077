"""Replies that never end, or hold more than they may: no server keeps a command for ever."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import sleep

import httpx
import pytest

from screentest.client.errors import BadReply, ReplyLost, ServiceUnreachable
from screentest.client.remote import download
from screentest.client.remote import http as http_module
from screentest.client.remote.http import Http, Request, Retry
from screentest.client.remote.wire import deadline_in, exchange, with_deadlines
from tests.scripted_service import Answer, scripted
from tests.waiting import until

MP4 = b"\0\0\0\x20ftypisom" + bytes(5000)
MOST_DRIPS = 300
"""Then the server hangs up, so that nobody who waits without end does so."""

HEADERS = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n"
ENDLESS = {
    "header": (b"HTTP/1.1 200 OK\r\nx-a: ", b"a"),
    "interim replies": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (HEADERS + b"\r\n", b"n"),
    "gzip header": (
        HEADERS + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03",
        b"n",
    ),
}


@contextmanager
def dripping(head: bytes, drip: bytes) -> Iterator[str]:
    """A socket that answers each connection with a head and then, slowly, with more and more."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(head)
            for _ in range(MOST_DRIPS):
                connection.sendall(drip)
                sleep(0.01)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def in_a_hurry(*, step_s: int = 10) -> Http:
    """On whose clock every look takes seconds."""
    ticks = count(0, step_s)
    retry = Retry(attempts=1)
    return Http(retry=retry, clock=lambda: float(next(ticks)), sleep=lambda _: None)


@pytest.mark.parametrize(("head", "drip"), ENDLESS.values(), ids=ENDLESS)
def test_a_submit_ends_though_its_reply_does_not(head: bytes, drip: bytes) -> None:
    with (
        dripping(head, drip) as url,
        in_a_hurry() as http,
        pytest.raises(ReplyLost, match="did not end in 120 s"),
    ):
        http.submit(Request("POST", url, json={}))


@pytest.mark.parametrize(("head", "drip"), ENDLESS.values(), ids=ENDLESS)
def test_a_read_ends_though_its_reply_does_not(head: bytes, drip: bytes) -> None:
    with (
        dripping(head, drip) as url,
        in_a_hurry() as http,
        pytest.raises(ServiceUnreachable, match="did not end in 120 s"),
    ):
        http.read(Request("GET", url))


@pytest.mark.parametrize("name", ["header", "interim replies", "body"])
def test_a_download_ends_though_the_file_does_not(tmp_path: Path, name: str) -> None:
    head, drip = ENDLESS[name]
    with (
        dripping(head, drip) as url,
        in_a_hurry(step_s=100) as http,
        pytest.raises(ServiceUnreachable, match="did not end in 3600 s"),
    ):
        http.fetch(Request("GET", url), tmp_path / "video.bin")
    assert list(tmp_path.iterdir()) == []


def test_a_reply_packed_twice_is_not_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    answer = Answer(200, bomb, headers={"content-encoding": "gzip, gzip"})
    with scripted(answer) as service, Http() as http, pytest.raises(ReplyLost, match="DecodingError"):
        http.submit(Request("POST", service.url, json={}))


def test_a_packed_reply_is_read_though_it_was_not_asked_for() -> None:
    answer = Answer(200, gzip.compress(b'{"ok": true}'), headers={"content-encoding": "gzip"})
    with scripted(answer) as service, Http() as http:
        reply = http.read(Request("GET", service.url))
    assert (reply.body, reply.whole) == (b'{"ok": true}', True)
    assert service.asked[0].headers["accept-encoding"] == "identity"


def test_a_login_page_does_not_pass_for_a_paid_video(tmp_path: Path) -> None:
    out = tmp_path / "video.mp4"
    out.write_bytes(b"yesterday's")
    for page in (b"<html>Please log in</html>", b"no", b""):
        with (
            scripted(Answer(200, page)) as service,
            Http() as http,
            pytest.raises(BadReply, match="not an MP4"),
        ):
            http.fetch(Request("GET", service.url), out)
        assert len(service.asked) == 1
    assert out.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("declared", [True, False])
def test_a_download_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: bool
) -> None:
    monkeypatch.setattr(download, "MOST_BYTES", 4000)
    plain = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
    head = HEADERS + b"\r\n" if declared else plain
    with (
        dripping(head, MP4) as url,
        Http() as http,
        pytest.raises(BadReply, match="sends more than"),
    ):
        http.fetch(Request("GET", url), tmp_path / "video.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_download_from_the_internet_is_not_sent_into_a_private_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The only servers here are on this computer, so the first is said not to be.
    monkeypatch.setattr(http_module, "is_loopback", lambda _: False)
    monkeypatch.setattr(download, "_is_private", lambda _: False)
    with (
        scripted(Answer(200, MP4)) as inside,
        scripted(Answer(302, headers={"Location": f"{inside.url}/latest/meta-data"})) as service,
        Http(retry=Retry(attempts=1)) as http,
        pytest.raises(ServiceUnreachable, match="not on the internet"),
    ):
        http.fetch(Request("GET", service.url), tmp_path / "video.mp4")
    assert inside.asked == []
    assert list(tmp_path.iterdir()) == []


def test_an_address_is_looked_at_before_anything_is_sent_to_it() -> None:
    with (
        scripted(Answer(200)) as inside,
        with_deadlines(httpx.Client(trust_env=False)) as client,
        exchange(deadline_in(60.0, lambda: 0.0), public_host="127.0.0.1"),
        pytest.raises(httpx.ConnectError),
    ):
        client.get(inside.url)
    assert inside.asked == []


FETCH = """
import sys
from pathlib import Path
from screentest.client.remote.http import Http, Request
Http().fetch(Request("GET", sys.argv[1]), Path(sys.argv[2]))
"""


def test_what_a_killed_download_leaves_goes_away_with_the_next(tmp_path: Path) -> None:
    out = tmp_path / "video.mp4"
    with dripping(HEADERS + b"\r\n" + MP4, b"n") as url:
        child = subprocess.Popen([sys.executable, "-c", FETCH, url, out], env=dict(os.environ))
        [left] = until(lambda: list(tmp_path.iterdir()))
        child.kill()
        child.wait()
    assert left.exists()
    assert str(child.pid) not in left.name
    with scripted(Answer(200, MP4)) as service, Http() as http:
        http.fetch(Request("GET", service.url), out)
    assert list(tmp_path.iterdir()) == [out]
