"""The way through a proxy that the environment names, to an address that was looked at.

A proxy that is asked for a name resolves it itself, where nobody sees to what. So it is asked for the
address (CONNECT, RFC 9110, 9.3.6), and the host has to show its certificate all the same.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from screentest.client.worker.not_fetched import FetchBroken, NotFetched
from screentest.client.worker.statuses import LATER
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import printable

_LONGEST_HEAD: Final = 16_384


@dataclass(frozen=True, slots=True)
class WebProxy:
    """``credentials``: as a header says them, "" for none; shown nowhere."""

    host: str
    port: int
    credentials: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        return printable(f"{self.host}:{self.port}")[:200]


def proxy_for(host: str, port: int) -> WebProxy | None:
    """The proxy that https to this host goes through, None for none.

    ``https_proxy``, else ``all_proxy``, in either case, unless ``no_proxy`` has the host. Raises
    NotFetched for one that cannot be used.
    """
    named = urllib.request.getproxies_environment()
    url = named.get("https") or named.get("all")
    if not url or urllib.request.proxy_bypass(f"{host}:{port}"):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        at, to = parts.hostname, parts.port or 80
    except ValueError:
        at, to, parts = None, 0, urlsplit("")
    if not at or parts.scheme.lower() != "http":
        raise NotFetched(
            "HTTPS_PROXY or ALL_PROXY names a proxy that footage cannot be fetched through.",
            "Write it as http://host:port, or name the footage's host in NO_PROXY.",
        )
    given = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    credentials = base64.b64encode(given.encode()).decode() if parts.username else ""
    return WebProxy(at, to, credentials)


def tunnelled(
    proxy: WebProxy, address: str, port: int, *, host: str, left_s: Callable[[], float]
) -> socket.socket:
    """A socket on whose other end is that IP address. ``host``: what messages call it;
    ``left_s``: the seconds that are left, or TimeoutError.

    Raises FetchBroken where the proxy does not answer or cannot connect, NotFetched where it will not.
    """
    try:
        connection = socket.create_connection((proxy.host, proxy.port), timeout=left_s())
    except OSError as error:
        reason = (error.strerror or "no answer in time").lower()
        raise FetchBroken(
            f"Cannot connect to the proxy {proxy.shown}: {reason}.",
            "Check HTTPS_PROXY.",
            Remedy("retry"),
        ) from None
    try:
        connection.sendall(_asking(proxy, address, port))
        status = _status_of(connection, left_s)
        if not 200 <= status < 300:
            raise _refused(proxy, host, status)
    except BaseException:
        connection.close()
        raise
    return connection


def _asking(proxy: WebProxy, address: str, port: int) -> bytes:
    at = f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    lines = [f"CONNECT {at}:{port} HTTP/1.1", f"Host: {at}:{port}", "User-Agent: screentest"]
    if proxy.credentials:
        lines.append(f"Proxy-Authorization: Basic {proxy.credentials}")
    return "\r\n".join((*lines, "", "")).encode("ascii")


def _status_of(connection: socket.socket, left_s: Callable[[], float]) -> int:
    """The status that a proxy answers with; 0 where that is no answer. What follows stays unread."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < _LONGEST_HEAD:
        connection.settimeout(left_s())
        if not (byte := connection.recv(1)):  # one by one: what follows is the host's
            break
        head += byte
    with suppress(ValueError, IndexError):
        if head.startswith(b"HTTP/1.") and head.endswith(b"\r\n\r\n"):
            return int(head.split(b" ", 2)[1][:3])
    return 0


def _refused(proxy: WebProxy, host: str, status: int) -> NotFetched:
    if status == 407:
        return NotFetched(
            f"The proxy {proxy.shown} wants to know who asks (407).",
            "Write user and password into HTTPS_PROXY, as http://user:password@host:port.",
        )
    if status == 0:
        return FetchBroken(f"The proxy {proxy.shown} gives no answer.", Remedy("retry"))
    if status in LATER:
        return FetchBroken(
            f"The proxy {proxy.shown} does not reach {host} ({status}).", Remedy("retry", ("later",))
        )
    return NotFetched(
        f"The proxy {proxy.shown} lets nobody through to {host} ({status}).",
        "Ask whoever runs the proxy, or name the host in NO_PROXY.",
    )
