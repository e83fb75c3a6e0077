"""A relay in front of the API that counts submits and loses replies on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.waiting import HANG_S


@dataclass(slots=True)
class Relay:
    """``faults``: what becomes of the next submits, in turn.

    "before": dropped unforwarded; "after": forwarded, its reply dropped; "hold": forwarded, its reply
    held until the caller has gone; "wait": forwarded, its reply held until ``released``; a number:
    answered with that status, unforwarded.
    ``video_faults``: the same for videos, of which ``videos`` were accepted. ``paths``: of every
    request. ``price``: answers each question for a price, as the body or by that status.
    """

    url: str = ""
    faults: list[str | int] = field(default_factory=list)
    submitted_names: list[str] = field(default_factory=list)
    video_faults: list[str | int] = field(default_factory=list)
    videos: int = 0
    paths: list[str] = field(default_factory=list)
    price: Mapping[str, object] | int | None = None
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def relayed(target: str) -> Iterator[Relay]:
    """A relay to the service at ``target`` (its base URL) until the block ends."""
    relay = Relay()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def pass_on(self) -> None:
            relay.paths.append(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if relay.price is not None and self.path.endswith("/model/price"):
                status = relay.price if isinstance(relay.price, int) else 200
                self.give(status, json.dumps({"code": status, "data": relay.price}).encode())
                return
            submits = self.command == "POST" and self.path.endswith(
                ("/characters", "/kling-elements-advanced")
            )
            is_video = self.command == "POST" and self.path.endswith("-to-video")
            faults = relay.video_faults if is_video else relay.faults
            fault = faults.pop(0) if (submits or is_video) and faults else None
            if fault == "before":
                self.close_connection = True
                return
            if isinstance(fault, int):
                self.give(fault, b'{"message": "scripted"}')
                return
            reply = self.forwarded(body)
            if submits and reply.status_code == 200:
                relay.submitted_names.append(json.loads(body)["name"])
            relay.videos += is_video and reply.status_code == 200
            if fault in ("hold", "wait"):
                relay.arrived.set()
                relay.released.wait(HANG_S)
            if fault in ("after", "hold"):
                self.close_connection = True
                return
            self.give(reply.status_code, reply.content)

        def forwarded(self, body: bytes) -> httpx.Response:
            kept = ("authorization", "content-type", "accept")
            headers = {name: value for name, value in self.headers.items() if name.lower() in kept}
            with httpx.Client(trust_env=False, timeout=HANG_S) as client:
                return client.request(self.command, target + self.path, content=body, headers=headers)

        def give(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = pass_on  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    relay.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield relay
    finally:
        relay.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
