"""Sockets that have an end: every wait for a byte is cut at the deadline of its exchange.

httpx knows how long one read may take, and a server that sends a byte now and then never breaks
that. Here each read and write gets what is left until the deadline, headers, interim replies and
handshakes included. A download says that it wants hosts of the internet alone; then the address that
was really connected to is looked at before anything is sent there.
"""

from __future__ import annotations

import os
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from screentest.client.worker.address import is_public_address

Clock = Callable[[], float]

MAX_BODY_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class ExchangeDeadline:
    """The moment on ``clock`` when an exchange is over, and the seconds that it had."""

    at_s: float
    allowed_s: float
    clock: Clock

    @property
    def left_s(self) -> float:
        return self.at_s - self.clock()

    @property
    def passed(self) -> bool:
        return self.left_s <= 0


def deadline_in(allowed_s: float, clock: Clock) -> ExchangeDeadline:
    """The deadline that is ``allowed_s`` seconds away."""
    return ExchangeDeadline(clock() + allowed_s, allowed_s, clock)


@dataclass(frozen=True, slots=True)
class _Exchange:
    deadline: ExchangeDeadline
    public_host: str | None


_current: ContextVar[_Exchange | None] = ContextVar("exchange", default=None)


@contextmanager
def exchange(deadline: ExchangeDeadline, *, public_host: str | None = None) -> Iterator[None]:
    """What is sent and read in this block ends at the deadline.

    ``public_host``: a host whose address must be one of the internet's.
    """
    token = _current.set(_Exchange(deadline, public_host))
    try:
        yield
    finally:
        _current.reset(token)


def host_in(url: str) -> str:
    """The host of a URL as it is connected to, in IDNA's letters. Raises httpx.InvalidURL."""
    return httpx.URL(url).raw_host.decode("ascii")


_PROXIES = ("https_proxy", "http_proxy", "all_proxy")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def settings_problem(error: Exception, environment: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong with the environment where httpx makes no client, and the way out."""
    if isinstance(error, OSError):
        named = [name for name in _CERTIFICATES if environment.get(name)]
        variable = named[0] if named else _CERTIFICATES[0]
        return (f"{variable} names certificates that cannot be read.", f"Correct or unset {variable}.")
    named = [name for name in environment if name.lower() in _PROXIES and environment[name]]
    socks = [name for name in named if environment[name].lower().startswith("socks")]
    if isinstance(error, ImportError) and socks:
        return (
            f"{socks[0]} names a SOCKS proxy, and socksio, which speaks to it, is not installed.",
            f"Install httpx[socks], or set {socks[0]} to an HTTP proxy.",
        )
    variable = " or ".join(named) or "The proxy setting"
    return (f"{variable} names a proxy that cannot be used.", "Write it as http://host:port.")


def with_deadlines(client: httpx.Client) -> httpx.Client:
    """The client, its connections bound to the deadline of the exchange that uses them."""
    # httpx takes no network backend of its user's, only httpcore does; proxies have pools of their own.
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = _Backend()
    return client


def drained(response: httpx.Response, most_bytes: int) -> tuple[bytes, bool]:
    """At most that many bytes of the body as it is meant, and whether that was all of it.

    Raises httpx's errors, DecodingError for a compression that nobody asked for.
    """
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip"):
        raise httpx.DecodingError("an encoding that was not asked for")
    # Counted as they come: what they unpack to is limited by the unpacking.
    raw, whole = bytearray(), True
    for part in response.iter_raw():
        raw += part
        if len(raw) > (MAX_BODY_BYTES if "gzip" in coding else most_bytes):
            whole = False
            break
    if "gzip" not in coding:
        return bytes(raw[:most_bytes]), whole
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(bytes(raw), most_bytes + 1)
    except zlib.error as error:
        raise httpx.DecodingError("not gzip") from error
    if len(body) <= most_bytes and whole and not unpacker.eof:
        raise httpx.DecodingError("the end is missing")
    return body[:most_bytes], len(body) <= most_bytes and whole


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left_s = _left(timeout, httpcore.ConnectTimeout)
        stream = super().connect_tcp(host, port, left_s, local_address, socket_options)
        current = _current.get()
        if current is not None and host == current.public_host and not _is_public(stream):
            stream.close()
            raise httpcore.ConnectError("an address that is not on the internet")
        return _Stream(stream)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In parts: one write of a large body is many sends, each with the whole time for itself.
        for start in range(0, len(buffer), _WRITTEN_AT_ONCE):
            part = buffer[start : start + _WRITTEN_AT_ONCE]
            self._stream.write(part, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left_s = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left_s))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


_WRITTEN_AT_ONCE = 65_536


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    current = _current.get()
    if current is None:
        return timeout
    left_s = current.deadline.left_s
    if left_s <= 0:
        raise late("the exchange's time is over")
    return left_s if timeout is None else min(timeout, left_s)


def _is_public(stream: httpcore.NetworkStream) -> bool:
    return is_public_address(str(stream.get_extra_info("server_addr")[0]))


def certificates(*, is_local: bool) -> ssl.SSLContext:
    """What a server's certificate is held against, read once: it takes longer than most requests.

    Raises OSError and what ``ssl`` raises for certificates that the environment names.
    """
    named = () if is_local else tuple(map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR")))
    return _certificates(is_local, named)


@lru_cache(maxsize=4)
def _certificates(is_local: bool, _: tuple[str | None, ...]) -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=not is_local)
