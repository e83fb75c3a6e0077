"""Where the studio listens: this machine alone, unless somebody says otherwise in so many words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.errors import ConfigError
from screentest.client.studio.doors.address import (
    Listening,
    TlsFiles,
    fresh_ports,
    keep_port,
    kept_ports,
    listening,
    with_port,
)
from screentest.client.studio.doors.names import is_loopback

CERTIFICATE, KEY = Path("house.pem"), Path("house.key")
TLS: dict[str, Any] = {"certificate": CERTIFICATE, "key": KEY}
ELSEWHERE = ("192.168.1.7", "cutting.room", "fd00::1", "8.8.8.8", "127.0.0.1.evil.example", "localhos")


def kinds(error: ConfigError) -> list[str]:
    return [remedy.kind for remedy in error.remedies]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_this_machine_needs_no_word(host: str) -> None:
    assert listening(host).tls is None


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("tls", [{}, TLS])
def test_others_reach_it_only_where_that_was_said(host: str, tls: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="footage and money") as raised:
        listening(host, **tls)
    assert kinds(raised.value) == ["this_machine", "let_others_reach_it"]


@pytest.mark.parametrize("host", ELSEWHERE)
def test_others_reach_it_only_over_tls(host: str) -> None:
    with pytest.raises(ConfigError, match="token") as raised:
        listening(host, lets_others_reach_it=True)
    assert kinds(raised.value) == ["this_machine", "tls"]


@pytest.mark.parametrize("host", ELSEWHERE)
def test_who_says_so_and_brings_a_certificate_may(host: str) -> None:
    plan = listening(host, lets_others_reach_it=True, **TLS)
    assert (plan.host, plan.tls) == (host, TlsFiles(CERTIFICATE, KEY))
    assert plan.origin(8443).startswith("https://")


@pytest.mark.parametrize("half", [{"certificate": CERTIFICATE}, {"key": KEY}])
@pytest.mark.parametrize("host", ["127.0.0.1", "cutting.room"])
def test_half_of_a_certificate_is_refused(host: str, half: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="together"):
        listening(host, lets_others_reach_it=True, **half)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_every_address_at_once_is_refused_as_the_doors_answer_to_names(host: str) -> None:
    with pytest.raises(ConfigError) as raised:
        listening(host, lets_others_reach_it=True, **TLS)
    assert "one address" in raised.value.hint


@given(st.ip_addresses())
def test_no_address_but_this_machine_s_listens_without_a_word(address: object) -> None:
    if not is_loopback(str(address)):
        with pytest.raises(ConfigError):
            listening(str(address))


@pytest.mark.parametrize(
    ("port", "ports", "is_asked"),
    [(None, (7, 8, 9, 10, 0), False), (8000, (8000,), True), (0, (0,), True)],
)
def test_a_port_that_was_asked_for_is_the_only_one(
    port: int | None, ports: tuple[int, ...], is_asked: bool
) -> None:
    plan = listening(port=port).at(kept=(7, 8), fresh=(9, 8, 10))
    assert (plan.ports, plan.is_asked) == (ports, is_asked)


@pytest.mark.parametrize(
    ("plan", "origin"),
    [
        (Listening("127.0.0.1", ()), "http://127.0.0.1:9"),
        (Listening("::1", ()), "http://[::1]:9"),
        (listening("localhost"), "http://127.0.0.1:9"),
        (listening("127.0.0.1", **TLS), "https://127.0.0.1:9"),
    ],
)
def test_the_address_is_one_that_the_doors_answer(plan: Listening, origin: str) -> None:
    assert plan.origin(9) == origin


@pytest.mark.parametrize(
    ("kept", "port", "is_asked", "after"),
    [
        ((), 7, False, (7,)),
        ((7, 8), 8, False, (7, 8)),
        ((7, 8), 9, False, (7, 8, 9)),
        ((7, 8), 8, True, (8, 7)),
        ((7, 8), 9, True, (9, 7, 8)),
        (tuple(range(1, 9)), 9, False, (1, 2, 3, 4, 5, 6, 7, 9)),
        (tuple(range(1, 9)), 9, True, (9, 1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_a_second_studio_does_not_take_the_first_one_s_port(
    kept: tuple[int, ...], port: int, is_asked: bool, after: tuple[int, ...]
) -> None:
    assert with_port(kept, port, is_asked=is_asked) == after


def test_a_home_keeps_its_ports(home: Path) -> None:
    for port in (7, 8, 7):
        keep_port(home, port, is_asked=False)
    keep_port(home, 9, is_asked=True)
    assert kept_ports(home) == (9, 7, 8)


@pytest.mark.parametrize(
    "content", ["", "{}", "null", "[7", '["7", 8.0, true, 0, -1, 65536, 7]', "[" * 100_000, "\xff"]
)
def test_a_damaged_list_of_ports_costs_no_more_than_the_ports(home: Path, content: str) -> None:
    keep_port(home, 7, is_asked=False)
    (home / "studio" / "ports").write_text(content, encoding="latin-1")
    assert kept_ports(home) in ((), (7,))
    keep_port(home, 8, is_asked=False)
    assert kept_ports(home)[-1] == 8


def test_a_home_that_cannot_be_written_still_has_its_studio(tmp_path: Path) -> None:
    (tmp_path / "studio").write_text("")
    keep_port(tmp_path, 7, is_asked=False)
    assert kept_ports(tmp_path) == ()


def test_fresh_ports_lie_below_those_of_outgoing_connections() -> None:
    assert len(set(fresh_ports())) > 50
    assert all(1_024 < port < 32_768 for port in fresh_ports())
