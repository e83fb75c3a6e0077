"""Where faults meet S3 requests: a relay in front of the S3 server.

It runs only where a list of faults names S3. Requests are passed on as they came, their Host header
included, which their signatures cover.
"""

from __future__ import annotations

import http.client
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from screentest.client.sandbox.faults import Fault, FaultBook
from screentest.client.sandbox.ports import LOOPBACK

_BLOCK_BYTES = 65_536
_WAIT_S = 60.0
_NOT_PASSED_ON = frozenset({"expect", "connection"})


@contextmanager
def relayed(s3_port: int, *, faults: FaultBook) -> Iterator[int]:
    """The port under which S3 is reached through the faults, while the block runs."""
    handler = _handler(s3_port, faults)
    server = _Server((LOOPBACK, 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="s3-relay", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error; anything else is told as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _handler(s3_port: int, faults: FaultBook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = _WAIT_S

        def pass_on(self) -> None:
            fault = faults.next("s3", self.command, self.path.partition("?")[0])
            length = int(self.headers.get("content-length") or 0)
            if fault is not None and fault.drop == "before":
                self.rfile.read(length // 2)
                self._reset(fault.delay_s)
                return
            body = self.rfile.read(length)
            if fault is not None and fault.answers and not fault.handled and fault.drop is None:
                time.sleep(fault.delay_s)
                self._give(fault.status, list(fault.headers.items()), fault.content)
                return
            self._passed(body, fault)

        def _passed(self, body: bytes, fault: Fault | None) -> None:
            connection = http.client.HTTPConnection(LOOPBACK, s3_port, timeout=_WAIT_S)
            try:
                connection.putrequest(
                    self.command, self.path, skip_host=True, skip_accept_encoding=True
                )
                for name, value in self.headers.items():
                    if name.lower() not in _NOT_PASSED_ON:
                        connection.putheader(name, value)
                connection.endheaders(body)
                reply = connection.getresponse()
                content = reply.read()
            except (OSError, http.client.HTTPException):
                self._reset(0.0)
                return
            finally:
                connection.close()
            if fault is not None:
                time.sleep(fault.delay_s)
            if fault is not None and fault.drop == "after":
                self._reset(0.0)
            elif fault is not None and fault.answers:
                self._give(fault.status, list(fault.headers.items()), fault.content)
            else:
                self._give(reply.status, reply.getheaders(), content)

        def _give(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            own = {"connection", "transfer-encoding"}
            told = [(name, value) for name, value in headers if name.lower() not in own]
            if not any(name.lower() == "content-length" for name, _ in told):
                told.append(("Content-Length", str(len(content))))
            for name, value in told:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def _reset(self, delay_s: float) -> None:
            time.sleep(delay_s)
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def log_message(self, *_: object) -> None:
            """Nothing: a request line holds a signature."""

    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", _calling(Handler.pass_on))
    return Handler


def _calling(act: Callable[..., None]) -> Callable[..., None]:
    return lambda handler: act(handler)
