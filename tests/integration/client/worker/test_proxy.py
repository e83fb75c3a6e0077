"""Footage fetched through a proxy: it is led to the address that was looked at, and nowhere else."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from screentest.client.worker import line
from screentest.client.worker.line import Reach
from screentest.client.worker.not_fetched import FetchBroken, NotFetched
from screentest.client.worker.proxy import WebProxy, proxy_for
from screentest.client.worker.web import opened
from tests.integration.hosts.web_host import File, Host, hosted, made_certificate

PUBLIC = "93.184.216.34"
INTERNET = Reach()
GONE = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"


@dataclass(slots=True)
class Gate:
    """A proxy. ``asked``: the heads of its requests; ``leads_to``: where every tunnel ends; ``not_to``:
    an address that it does not reach.
    """

    leads_to: int = 0
    answer: bytes = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 gate\r\n\r\n"
    asked: list[str] = field(default_factory=list)
    url: str = ""
    not_to: str = "none"

    @property
    def targets(self) -> list[str]:
        return [head.split()[1] for head in self.asked]


@contextmanager
def gate_to(host: Host) -> Iterator[Gate]:
    gate = Gate(urlsplit(host.url).port or 0)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head = b""
            while not head.endswith(b"\r\n\r\n") and (read := self.rfile.readline()):
                head += read
            gate.asked.append(head.decode())
            answer = GONE if gate.not_to in gate.targets[-1] else gate.answer
            self.wfile.write(answer)
            if b" 200 " not in answer:
                return
            with socket.create_connection(("127.0.0.1", gate.leads_to)) as far, suppress(OSError):
                back = threading.Thread(target=pumped, args=(far, self.connection), daemon=True)
                back.start()
                pumped(self.connection, far)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        gate.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield gate
        server.shutdown()
        thread.join()


def pumped(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    certificate = made_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    line._tls.cache_clear()
    with hosted(certificate) as host:
        yield host
    line._tls.cache_clear()


@pytest.fixture
def gate(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    with gate_to(host) as gate:
        monkeypatch.setenv("HTTPS_PROXY", gate.url)
        yield gate


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Names of this test, and the addresses of each; other names are asked for as ever."""
    known: dict[str, str] = {"localhost": PUBLIC}
    original = socket.getaddrinfo

    def found(name: str, port: int, *more: Any, **said: Any) -> Any:
        if name not in known:
            return original(name, port, *more, **said)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in known[name].split()
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return known


def fetched(url: str, reach: Reach = INTERNET) -> bytes:
    with opened(url, reach=reach) as arriving:
        return b"".join(arriving.blocks)


@pytest.mark.parametrize(
    ("address", "target"), [(PUBLIC, PUBLIC), ("2606:2800:220:1::", "[2606:2800:220:1::]")]
)
def test_a_proxy_leads_to_the_address_that_was_looked_at(
    host: Host, gate: Gate, name_server: dict[str, str], address: str, target: str
) -> None:
    name_server["localhost"] = address
    url = host.put("/joe.mp4", File(b"joe", etag='"1"'))
    assert fetched(f"{url}?X-Amz-Signature=5ec7e7") == b"joe"
    assert gate.targets == [f"{target}:{urlsplit(url).port}"], "no name that it would resolve"
    assert "5ec7e7" not in "".join(gate.asked), "what is asked of the host is for the host"


def test_a_proxy_that_does_not_reach_one_address_is_asked_for_the_next(
    host: Host, gate: Gate, name_server: dict[str, str]
) -> None:
    name_server["localhost"], gate.not_to = f"2606:2800:220:1:: 10.0.0.7 {PUBLIC}", "2606"
    assert fetched(host.put("/joe.mp4", File(b"joe", etag='"1"'))) == b"joe"
    assert [target.rpartition(":")[0] for target in gate.targets] == ["[2606:2800:220:1::]", PUBLIC]


@pytest.mark.parametrize("address", ["10.0.0.7", "127.0.0.1", "169.254.169.254", "100.100.100.200"])
def test_a_proxy_opens_no_way_into_a_private_network(
    host: Host, gate: Gate, name_server: dict[str, str], address: str
) -> None:
    name_server["localhost"] = address
    with pytest.raises(NotFetched, match=address):
        fetched(host.put("/joe.mp4", File(b"joe")))
    assert not gate.asked


def test_a_redirect_behind_a_proxy_is_looked_at_too(
    host: Host, gate: Gate, name_server: dict[str, str]
) -> None:
    name_server["inside.test"] = "10.0.0.7"
    sent_on = File(status=302, headers=(("Location", "https://inside.test/joe.mp4"),))
    with pytest.raises(NotFetched, match=r"inside\.test is at 10\.0\.0\.7"):
        fetched(host.put("/joe.mp4", sent_on))
    assert len(gate.asked) == 1


def test_this_machine_and_what_no_proxy_names_are_reached_without_one(
    host: Host, gate: Gate, name_server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = host.put("/joe.mp4", File(b"joe", etag='"1"'))
    name_server["localhost"] = "127.0.0.1"
    assert fetched(url, Reach(allow_private=True)) == b"joe"
    monkeypatch.setenv("NO_PROXY", "other.test,.inside.test,localhost")
    assert proxy_for("localhost", 443) is proxy_for("a.inside.test", 443) is None
    assert proxy_for("b.test", 443) == WebProxy("127.0.0.1", urlsplit(gate.url).port or 0)
    assert not gate.asked


def test_a_host_behind_a_proxy_has_to_show_its_own_certificate(
    host: Host, gate: Gate, name_server: dict[str, str]
) -> None:
    name_server["other.test"] = PUBLIC
    with pytest.raises(NotFetched, match=r"certificate of other\.test is not trusted"):
        fetched(host.put("/joe.mp4", File(b"joe")).replace("localhost", "other.test"))


def test_who_asks_is_told_to_the_proxy_and_to_nobody_else(
    host: Host, gate: Gate, name_server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", gate.url.replace("http://", "http://joe:s%40cret@"))
    url = host.put("/joe.mp4", File(b"joe", etag='"1"'))
    assert fetched(url) == b"joe"
    assert "Proxy-Authorization: Basic am9lOnNAY3JldA==" in gate.asked[0]
    assert not any("proxy-authorization" in headers for _, headers in host.asked)
    assert "am9l" not in repr(proxy_for("localhost", 443))
    gate.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
    with pytest.raises(NotFetched, match=r"wants to know who asks \(407\)") as told:
        fetched(url)
    assert "cret" not in f"{told.value} {told.value.hint}"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", NotFetched, r"lets nobody through to localhost \(403\)"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", FetchBroken, r"does not reach localhost \(502\)"),
        (b"SSH-2.0-OpenSSH_9\r\n", FetchBroken, "gives no answer"),
        (b"HTTP/1.1 200" + b"x" * 20_000, FetchBroken, "gives no answer"),
    ],
)
def test_a_proxy_that_will_not_is_told(
    host: Host,
    gate: Gate,
    name_server: dict[str, str],
    answer: bytes,
    kind: type[NotFetched],
    said: str,
) -> None:
    gate.answer = answer
    with pytest.raises(kind, match=said) as told:
        fetched(host.put("/joe.mp4", File(b"joe")))
    assert told.value.hint
    assert type(told.value) is kind


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://h:x"]
)
def test_a_proxy_of_another_kind_is_refused_with_a_way_out(
    host: Host, name_server: dict[str, str], monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(NotFetched, match="names a proxy") as told:
        fetched(host.put("/joe.mp4", File(b"joe")))
    assert "NO_PROXY" in told.value.hint


def test_a_proxy_that_is_not_there_is_named(
    host: Host, name_server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        monkeypatch.setenv("https_proxy", f"user:word@127.0.0.1:{port}")
        with pytest.raises(FetchBroken, match=f"proxy 127.0.0.1:{port}: connection refused") as told:
            fetched(host.put("/joe.mp4", File(b"joe")))
    assert "word" not in f"{told.value} {told.value.hint}"
