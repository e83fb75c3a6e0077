"""The studio's socket: at the port that was asked for, at the one the home had, or at another."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from screentest.client.errors import ConfigError
from screentest.client.studio.doors.address import (
    Listening,
    TlsFiles,
    listener_at,
    listening,
    usable,
)
from tests.integration.client.studio.doors.doors_parts import open_house
from tests.integration.hosts.web_host import made_certificate
from tests.waiting import HANG_S


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def port_of(plan: Listening) -> int:
    with closing(listener_at(plan)) as listener:
        return int(listener.getsockname()[1])


def test_a_taken_port_that_was_asked_for_is_named() -> None:
    with taken_port() as port, pytest.raises(ConfigError, match=f"Port {port} of 127.0.0.1 is taken"):
        listener_at(listening(port=port))


def test_a_taken_port_that_the_home_had_is_passed_over() -> None:
    with taken_port() as port:
        free = port_of(listening())
        assert port_of(listening().at(kept=(port, free))) == free
        assert port_of(listening().at(kept=(port,))) not in (port, 0)


def test_the_port_that_the_home_had_is_had_again_at_once() -> None:
    """A connection of the run before may still be open at the other end."""
    with closing(listener_at(listening())) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=HANG_S):
            listener.accept()[0].close()
    assert port_of(listening().at(kept=(port,))) == port


def test_where_every_port_is_taken_that_is_said() -> None:
    with taken_port() as port, pytest.raises(ConfigError, match="No port"):
        listener_at(Listening("127.0.0.1", (port,)))


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.name.invalid"])
def test_a_host_that_is_not_this_machine_s_is_named(host: str) -> None:
    with pytest.raises(ConfigError, match=f"cannot listen at {host}"):
        listener_at(Listening(host, (0,)))


def test_it_listens_over_ipv6_where_that_was_asked_for() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        with closing(listener_at(listening("::1"))) as listener:
            assert listener.getsockname()[0] == "::1"
    except ConfigError:
        pytest.skip("no IPv6 here")


def test_small_replies_are_sent_at_once() -> None:
    """asyncio leaves Nagle's delay on where a socket does not name its protocol: 40 ms a reply."""
    with closing(listener_at(listening())) as listener:
        assert listener.proto == socket.IPPROTO_TCP


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """A certificate that its own key signed."""
    folder = tmp_path_factory.mktemp("tls")
    made_certificate(folder)
    return TlsFiles(folder / "cert.pem", folder / "key.pem")


def test_a_certificate_with_its_key_does(house: TlsFiles) -> None:
    assert usable(house) == house


def test_what_is_no_certificate_is_named_before_anybody_waits_for_a_page(
    house: TlsFiles, tmp_path: Path
) -> None:
    text, locked = tmp_path / "text.pem", tmp_path / "locked.key"
    text.write_text("no certificate")
    convert = ["openssl", "pkey", "-in", str(house.key), "-aes128", "-passout", "pass:x"]
    subprocess.run([*convert, "-out", str(locked)], check=True, capture_output=True, timeout=HANG_S)
    for wrong in (
        TlsFiles(text, house.key),
        TlsFiles(house.certificate, text),
        TlsFiles(house.certificate, tmp_path / "none.key"),
        TlsFiles(house.key, house.certificate),
        TlsFiles(house.certificate, locked),
    ):
        with pytest.raises(ConfigError, match="TLS") as raised:
            usable(wrong)
        assert raised.value.remedies[0].kind == "tls"


def test_over_tls_the_studio_lets_in_by_a_cookie_that_is_for_tls_alone(
    house: TlsFiles, tmp_path: Path
) -> None:
    with open_house(tmp_path) as plain, open_house(tmp_path, tls=house) as secure:
        reply = secure.ask(f"/?token={secure.secret.token}", cookie="")
        assert reply.status == 303
        assert reply.headers["set-cookie"].startswith(f"__Host-{plain.cookie.partition('=')[0]}=")
        assert reply.headers["set-cookie"].endswith("; Secure")
        assert secure.ask(origin=secure.origin).status == 200
        assert secure.ask(origin=f"http://{secure.host}").status == 403
        assert secure.ask(cookie=plain.cookie).status == 403
        as_secure = f"{secure.cookie.partition('=')[0]}={plain.cookie.partition('=')[2]}"
        assert secure.ask(cookie=as_secure).status == 403


def test_plain_http_gets_nothing_where_tls_is_spoken(house: TlsFiles, tmp_path: Path) -> None:
    with open_house(tmp_path, tls=house) as secure, secure.connected() as connection:
        connection.sendall(secure.head("GET", "/"))
        assert connection.recv(1_000) == b""
        assert not secure.behind.asked
