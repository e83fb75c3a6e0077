"""A real web server of files in a thread, with Range and If-Range, and the faults that hosts have."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.waiting import HANG_S


@dataclass(frozen=True, slots=True)
class File:
    """What a path answers. ``ends_after``: the connection is cut after so many bytes of the body.
    ``says_bytes``: the length that is told. ``drips``: a byte at a time, without an end.
    ``stalls_after``: nothing comes after so many bytes of the body, until the host lets it.
    """

    content: bytes = b""
    etag: str = ""
    last_modified: str = ""
    status: int = 200
    kind: str = "video/mp4"
    headers: tuple[tuple[str, str], ...] = ()
    has_ranges: bool = True
    heeds_if_range: bool = True
    ends_after: int | None = None
    says_bytes: int | None = None
    drips: bool = False
    stalls_after: int | None = None


@dataclass(slots=True)
class Host:
    """``files``: path -> what it answers in turn, the last for ever. ``asked``: (path, headers).
    ``stalled``: an answer waits for ``lets_go``.
    """

    url: str
    files: dict[str, list[File]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    lets_go: threading.Event = field(default_factory=threading.Event)

    def put(self, path: str, *turns: File) -> str:
        """The URL of a file that now is there."""
        self.files[path] = list(turns)
        return self.url + path

    def following(self, path: str) -> File:
        turns = self.files.get(path.partition("?")[0], [File(b"nothing here", status=404)])
        return turns.pop(0) if len(turns) > 1 else turns[0]

    @property
    def ranges(self) -> list[str | None]:
        """What was asked for, request by request."""
        return [headers.get("range") for _, headers in self.asked]


@contextmanager
def hosted(certificate: Path | None = None) -> Iterator[Host]:
    """A host at ``url`` until the block ends, by https where it has a certificate."""
    server = _Server(("127.0.0.1", 0), _Handler)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    host = Host(f"{scheme}://localhost:{server.server_address[1]}")
    server.host = host  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def made_certificate(folder: Path) -> Path:
    """Key and certificate of "localhost" in one file, which whoever trusts it may name too."""
    key, certificate, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is a part of these tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host: Host = self.server.host  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        host.asked.append((self.path, headers))
        with suppress(OSError):
            self._answer(host.following(self.path), headers)

    def _answer(self, file: File, headers: dict[str, str]) -> None:
        start = self._start(file, headers)
        body = file.content[start:]
        if start >= len(file.content) > 0:
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else file.status)
        total = len(file.content) if file.says_bytes is None else file.says_bytes
        self.send_header("Content-Type", file.kind)
        if "Transfer-Encoding" not in dict(file.headers):
            self.send_header("Content-Length", str(total - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        for name, value in (("ETag", file.etag), ("Last-Modified", file.last_modified), *file.headers):
            if value:
                self.send_header(name, value)
        self.end_headers()
        if file.drips:
            self._drip()
        if file.stalls_after is not None:
            self.wfile.write(body[: file.stalls_after])
            self.wfile.flush()
            host: Host = self.server.host  # type: ignore[attr-defined]
            host.stalled.set()
            host.lets_go.wait(HANG_S)
            body = body[file.stalls_after :]
        self.wfile.write(body if file.ends_after is None else body[: file.ends_after])
        if file.ends_after is not None or file.says_bytes is not None:
            self.close_connection = True

    def _start(self, file: File, headers: dict[str, str]) -> int:
        asked = headers.get("range", "")
        condition = headers.get("if-range", "")
        is_same = condition in (file.etag, file.last_modified) or not file.heeds_if_range
        if not (file.has_ranges and asked and is_same and file.status == 200):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _drip(self) -> None:
        while True:
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.002)

    def log_message(self, *_: object) -> None: ...
