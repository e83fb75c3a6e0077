"""Webhooks of the sandbox: what the client's own check accepts, delivered until somebody takes it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from screentest.client.errors import BadWebhook
from screentest.client.remote.webhooks import verify_webhook
from screentest.client.sandbox.api.webhooks import deliver, send_webhook, signature_of
from screentest.client.sandbox.ports import choose_ports
from screentest.client.sandbox.work.tasks import Task

SECRET = "whsec_topsecret"
NOW_S = 1_700_000_000.0
TASK = Task("t1", "m", {"name": "Joe"}, 0.1, 1.0, 1.0, 2.0, ("out",), 0, "", 5)


@dataclass(slots=True)
class Receiver:
    """Somebody's server: answers with the statuses it was given, the last one for ever."""

    url: str
    statuses: list[int]
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def answer(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.calls.append((dict(self.headers.items()), body))
            self.send_response(found.answer())
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(f"http://127.0.0.1:{server.server_port}/hook", [200])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def delivered(url: str, pauses: list[float] | None = None) -> bool:
    kept = [] if pauses is None else pauses
    return deliver(url, {"id": "t1"}, secret=SECRET, now=lambda: NOW_S, sleep=kept.append)


def test_the_clients_own_check_accepts_a_delivery(receiver: Receiver) -> None:
    assert delivered(receiver.url)
    [(headers, body)] = receiver.calls
    assert verify_webhook(headers, body, secret=SECRET, now=lambda: NOW_S) == {"id": "t1"}


def test_a_delivery_is_not_accepted_with_another_secret(receiver: Receiver) -> None:
    delivered(receiver.url)
    [(headers, body)] = receiver.calls
    with pytest.raises(BadWebhook):
        verify_webhook(headers, body, secret="whsec_other", now=lambda: NOW_S)


def test_the_signature_is_the_documented_one() -> None:
    # printf 'msg_1.17.{}' | openssl dgst -sha256 -hmac topsecret
    digest = "8fb18bc5d5e9cfcf8c7dbe9217f6283ab33dc3f2731ece8f0df4fabbde73c5cb"
    assert signature_of("msg_1", "17", b"{}", secret=SECRET) == f"v3,{digest}"


def test_a_refused_delivery_comes_again_with_the_same_id_after_growing_pauses(
    receiver: Receiver,
) -> None:
    receiver.statuses = [500, 404, 200]
    pauses: list[float] = []
    assert delivered(receiver.url, pauses)
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1
    assert (len(receiver.calls), pauses) == (3, [1.0, 2.0])


def test_after_three_redeliveries_it_is_given_up(receiver: Receiver) -> None:
    receiver.statuses = [503]
    assert not delivered(receiver.url)
    assert len(receiver.calls) == 4


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "nonsense", "http://[::"])
def test_a_url_that_nobody_answers_is_given_up(tmp_path: Path, url: str) -> None:
    port = choose_ports(tmp_path / "ports.json").api
    assert not delivered(url.format(port=port))


def test_a_webhook_carries_the_bare_prediction_with_its_input(receiver: Receiver) -> None:
    send_webhook(TASK, receiver.url, base_url="http://127.0.0.1:9", secret=SECRET)
    payload: dict[str, Any] = json.loads(receiver.calls[0][1])
    assert (payload["id"], payload["status"], payload["outputs"]) == ("t1", "completed", ["out"])
    assert payload["input"] == {"name": "Joe"}
    assert "data" not in payload
