"""Connections to addresses that were checked, with an end to every wait for a byte.

A name is resolved once, and what is connected to is the address that was looked at: a name that stands
for another address a moment later leads nowhere else, also where a proxy leads there.
"""

from __future__ import annotations

import io
import os
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from screentest.client.worker.address import (
    is_loopback_address,
    is_private_address,
    is_public_address,
)
from screentest.client.worker.not_fetched import FetchBroken, NotFetched
from screentest.client.worker.proxy import WebProxy, proxy_for, tunnelled
from screentest.prep.core.remedy import Remedy

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Reach:
    """What footage may be fetched from, beside hosts of the internet by https.

    ``is_own``: the URL is of the user's own bucket, wherever that is, and may be plain http.
    ``allow_private``: addresses of private networks, and of this machine by plain http too.
    """

    is_own: bool = False
    allow_private: bool = False

    def covers(self, address: str, *, is_secure: bool) -> bool:
        """Whether this IP address may be connected to."""
        if self.is_own:
            return True
        if not is_secure:
            return self.allow_private and is_loopback_address(address)
        return is_public_address(address) or (self.allow_private and is_private_address(address))


@dataclass(slots=True)
class TimeLeft:
    """How long the part of an exchange that is under way may still take."""

    clock: Clock
    until_s: float

    def give(self, seconds: float) -> None:
        self.until_s = self.clock() + seconds

    def seconds(self) -> float:
        """More than 0. Raises TimeoutError once it is over."""
        left_s = self.until_s - self.clock()
        if left_s <= 0:
            raise TimeoutError("the time is over")
        return left_s


class Line:
    """A connected socket as http.client uses one, each read and write within the time that is left."""

    def __init__(self, connection: socket.socket, left: TimeLeft) -> None:
        self._connection = connection
        self._left = left

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(self._left.seconds())
        self._connection.sendall(data)

    def makefile(self, _mode: str = "rb", _buffering: int = -1) -> io.BufferedReader:
        return io.BufferedReader(_Received(self._connection, self._left))

    def close(self) -> None:
        """Nothing: whoever connected closes."""


class _Received(io.RawIOBase):
    def __init__(self, connection: socket.socket, left: TimeLeft) -> None:
        self._connection = connection
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(self._left.seconds())
        return self._connection.recv_into(buffer)


def connected(host: str, port: int, *, is_secure: bool, reach: Reach, left: TimeLeft) -> socket.socket:
    """A socket that is connected to the host, by TLS where ``is_secure``.

    To a host of the internet it goes through the proxy of the environment, if there is one. Raises
    NotFetched where none of its addresses may be connected to or its certificate is not good,
    FetchBroken where none answers, OSError where the handshake fails.
    """
    if not (is_secure or reach.is_own or (reach.allow_private and _is_near(host))):
        raise _without_https(host)
    plain = _first_of(_addresses(host, port), host, is_secure=is_secure, reach=reach, left=left)
    if not is_secure:
        return plain
    try:
        plain.settimeout(left.seconds())
        # Not as the default is: an answer that is cut off must not look like one that ended.
        return _tls().wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False)
    except ssl.SSLCertVerificationError as error:
        plain.close()
        raise NotFetched(
            f"The certificate of {host} is not trusted: {error.verify_message}.",
            "Check the address and this computer's clock; SSL_CERT_FILE names certificates to trust.",
        ) from None
    except BaseException:
        plain.close()
        raise


_Address = tuple[socket.AddressFamily, str, tuple[Any, ...]]


def _addresses(host: str, port: int) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchBroken(
            f"There is no address for {host}.", "Check its name, and the network.", Remedy("retry")
        ) from None
    return [(family, str(address[0]), address) for family, _, _, _, address in found]


def _first_of(
    found: list[_Address], host: str, *, is_secure: bool, reach: Reach, left: TimeLeft
) -> socket.socket:
    """A connection to the first address that may be had and answers."""
    covered = [one for one in found if reach.covers(one[1], is_secure=is_secure)]
    if not covered:
        raise _not_covered(host, found[0][1], is_secure=is_secure)
    through = [one for one in covered if is_secure and is_public_address(one[1])]
    proxy = proxy_for(host, through[0][2][1]) if through else None
    if proxy is not None:
        return _tunnelled(proxy, through, host, left=left)
    reason = ""
    for family, _, address in covered:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(left.seconds())
            connection.connect(address)
        except OSError as error:
            connection.close()
            reason = (error.strerror or "no answer in time").lower()
            continue
        return connection
    raise FetchBroken(f"Cannot connect to {host}: {reason}.", "Check the network.", Remedy("retry"))


def _tunnelled(proxy: WebProxy, found: list[_Address], host: str, *, left: TimeLeft) -> socket.socket:
    """A way through the proxy to the first address that it reaches: it may know no IPv6, say."""
    for _, ip, address in found[:-1]:
        with suppress(FetchBroken):
            return tunnelled(proxy, ip, address[1], host=host, left_s=left.seconds)
    return tunnelled(proxy, found[-1][1], found[-1][2][1], host=host, left_s=left.seconds)


def _not_covered(host: str, address: str, *, is_secure: bool) -> NotFetched:
    if not is_secure:
        return _without_https(host)
    if not is_private_address(address):
        return NotFetched(f"{host} is at {address}, where no footage is.", "Check the address.")
    return NotFetched(
        f"{host} is at {address}, in a private network.",
        Remedy("allow_private", words="allow private addresses, if it is meant"),
    )


def _without_https(host: str) -> NotFetched:
    return NotFetched(
        f"{host} is named with http, which anyone on the way can read and change.",
        "Give the address with https.",
    )


def _is_near(host: str) -> bool:
    """Whether a host is named as this machine; another name that leads here is asked for by https."""
    try:
        return is_loopback_address(host)
    except ValueError:
        return host == "localhost"


@cache
def _tls() -> ssl.SSLContext:
    """Certificates as httpx has them: those that the environment names, else certifi's."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context()
    try:
        import certifi
    except ImportError:
        return ssl.create_default_context()
    return ssl.create_default_context(cafile=certifi.where())
