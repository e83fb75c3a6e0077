"""The proxy that injects faults into S3 requests, over real sockets, in front of a plain server."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from screentest.client.sandbox.faults import Fault, FaultPlan
from screentest.client.sandbox.s3.fault_proxy import fault_proxy

Seen = list[tuple[str, str, list[tuple[str, str]], bytes]]


class Storage(ThreadingHTTPServer):
    """Stands where the S3 server does, and keeps what reached it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: Seen = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Storage

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append((self.command, self.path, self.headers.items(), body))
        self.send_response(206)
        self.send_header("ETag", '"abc"')
        self.send_header("Content-Length", "6")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"object")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def storage() -> Iterator[Storage]:
    with Storage() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Reply = tuple[int, dict[str, str], bytes]


def call(storage: Storage, *faults: Fault, method: str = "GET", path: str = "/clips/a?sig=1") -> Reply:
    with fault_proxy(storage.server_port, faults=FaultPlan(faults)) as port:
        return ask(port, method, path)


def ask(port: int, method: str, path: str) -> Reply:
    body = b"x" * 100_000 if method == "PUT" else None
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, {"Host": "signed.example:1", "X-Amz-Date": "now"})
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_request_passes_as_it_came_and_so_does_the_reply(storage: Storage, method: str) -> None:
    status, headers, content = call(storage, method=method)
    assert (status, headers["ETag"], content) == (206, '"abc"', b"object")
    [(command, path, sent, body)] = storage.seen
    assert (command, path, len(body)) == (method, "/clips/a?sig=1", 100_000 * (method == "PUT"))
    signed = [pair for pair in sent if pair[0].lower() in ("host", "x-amz-date")]
    assert signed == [("Host", "signed.example:1"), ("X-Amz-Date", "now")]


def test_the_reply_to_a_head_has_a_length_and_no_body(storage: Storage) -> None:
    error = Fault("s3", status=404, body="<Error/>", answers=True)
    with (
        fault_proxy(storage.server_port, faults=FaultPlan([error])) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(b"HEAD /clips/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        reply = b"".join(iter(lambda: connection.recv(4096), b""))
    assert reply.startswith(b"HTTP/1.1 404")
    assert reply.endswith(b"Content-Length: 8\r\n\r\n")


def test_an_upload_that_is_dropped_before_never_arrives(storage: Storage) -> None:
    with pytest.raises(OSError):
        call(storage, Fault("s3", drop="before"), method="PUT")
    assert storage.seen == []


def test_a_request_that_is_dropped_after_has_arrived(storage: Storage) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        call(storage, Fault("s3", drop="after"), method="PUT")
    assert [(command, len(body)) for command, _, _, body in storage.seen] == [("PUT", 100_000)]


@pytest.mark.parametrize("handled", [False, True])
def test_a_replaced_reply_tells_nothing_of_what_was_done(storage: Storage, handled: bool) -> None:
    fault = Fault(
        "s3", status=503, body="<Error/>", answers=True, handled=handled, headers={"Retry-After": "2"}
    )
    status, headers, content = call(storage, fault)
    assert (status, headers["Retry-After"], content) == (503, "2", b"<Error/>")
    assert len(storage.seen) == handled


def test_a_fault_meets_only_the_path_it_names_without_the_query(storage: Storage) -> None:
    plan = FaultPlan([Fault("s3", path="/clips/b", status=404, answers=True)])
    with fault_proxy(storage.server_port, faults=plan) as port:
        statuses = [ask(port, "GET", path)[0] for path in ("/clips/a?x=/clips/b", "/clips/b?sig=1")]
    assert statuses == [206, 404]


def test_a_delayed_reply_takes_its_time(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("screentest.client.sandbox.s3.fault_proxy.time.sleep", slept.append)
    assert call(storage, Fault("s3", delay_s=3600.0))[0] == 206
    assert 3600.0 in slept


def test_a_server_that_is_gone_resets_the_connection() -> None:
    with Storage() as gone:
        port = gone.server_port
    with fault_proxy(port, faults=FaultPlan()) as proxy, pytest.raises(OSError):
        ask(proxy, "GET", "/clips/a")
