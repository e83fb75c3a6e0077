"""Injects faults into S3 requests: a proxy in front of the S3 server.

It runs only where a list of faults names S3. Requests are forwarded as they came, with their Host
header, which their signatures cover.
"""

from __future__ import annotations

import http.client
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from screentest.client.sandbox.faults import Fault, FaultPlan
from screentest.client.sandbox.ports import LOOPBACK

_WAIT_S = 60.0
_HOP_BY_HOP = frozenset({"expect", "connection"})


@contextmanager
def fault_proxy(s3_port: int, *, faults: FaultPlan, port: int = 0) -> Iterator[int]:
    """The port of a proxy to the S3 server, running for this block: ``port``, or a free one.

    Raises OSError where another program has the port.
    """
    server = _Server(s3_port, faults, port=port)
    thread = threading.Thread(
        target=server.serve_forever, args=(0.05,), name="s3-fault-proxy", daemon=True
    )
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, s3_port: int, faults: FaultPlan, *, port: int) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.s3_port = s3_port
        self.faults = faults

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that went away; report anything else as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection; the standard library calls ``do_METHOD`` for each request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _WAIT_S
    server: _Server

    def _handle(self) -> None:
        fault = self.server.faults.take("s3", self.command, self.path.partition("?")[0])
        length = int(self.headers.get("content-length") or 0)
        if fault is not None and fault.drop == "before":
            self.rfile.read(length // 2)
            self._reset(fault.delay_s)
            return
        body = self.rfile.read(length)
        if fault is not None and fault.answers and not fault.handled and fault.drop is None:
            time.sleep(fault.delay_s)
            self._respond(fault.status, list(fault.headers.items()), fault.content)
            return
        self._forward(body, fault)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815

    def _forward(self, body: bytes, fault: Fault | None) -> None:
        try:
            status, headers, content = self._exchange(body)
        except (OSError, http.client.HTTPException):
            self._reset(0.0)
            return
        if fault is not None:
            time.sleep(fault.delay_s)
        if fault is not None and fault.drop == "after":
            self._reset(0.0)
        elif fault is not None and fault.answers:
            self._respond(fault.status, list(fault.headers.items()), fault.content)
        else:
            self._respond(status, headers, content)

    def _exchange(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the S3 server answers: status, headers, body."""
        connection = http.client.HTTPConnection(LOOPBACK, self.server.s3_port, timeout=_WAIT_S)
        with closing(connection):
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    connection.putheader(name, value)
            connection.endheaders(body)
            reply = connection.getresponse()
            return reply.status, reply.getheaders(), reply.read()

    def _respond(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        ours = {"connection", "transfer-encoding"}
        sent = [(name, value) for name, value in headers if name.lower() not in ours]
        if not any(name.lower() == "content-length" for name, _ in sent):
            sent.append(("Content-Length", str(len(content))))
        for name, value in sent:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _reset(self, delay_s: float) -> None:
        time.sleep(delay_s)
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *_: object) -> None:
        """Log nothing: a request line holds a signature."""
