"""HTTP: the only place that makes httpx clients, and where their errors become ours.

Two ways to send. ``read`` is for requests that change nothing: it retries on failed connections and
on the statuses that the service's own SDK retries, honours ``Retry-After`` and gives up at a
deadline. ``submit`` is for requests that cost money: a fresh connection, one request, and the error
says whether anything can have been sent. httpx logs whole URLs at INFO, presigned signatures
included, so its loggers are kept at WARNING here.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from screentest.client.config import is_loopback_host
from screentest.client.errors import BadReply, ReplyLost, ServiceUnreachable
from screentest.client.remote import download
from screentest.client.remote.download import Heard
from screentest.client.remote.scrub import scrubbed
from screentest.client.remote.wire import (
    MAX_BODY_BYTES,
    Clock,
    ExchangeDeadline,
    certificates,
    deadline_in,
    drained,
    exchange,
    host_in,
    settings_problem,
    with_deadlines,
)
from screentest.client.worker.statuses import MOST_REDIRECTS, REDIRECTS
from screentest.prep.core.errors import DiskFull, OutputNotWritable
from screentest.prep.core.files import atomic_file
from screentest.prep.core.remedy import Remedy, remedies_of

Sleep = Callable[[float], None]

TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=30.0, pool=10.0)
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""What the service's official SDK retries on a GET (read in its source, 2026)."""

NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""httpx raises these before the first byte of a request has left."""

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``repr`` hides URL and headers, as either may carry a credential.

    ``most_bytes``: reading stops there, which is how the start of an object is fetched.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: object = field(default=None, repr=False)
    most_bytes: int = MAX_BODY_BYTES

    @property
    def host(self) -> str:
        """Host and port for messages, without the user and password that a URL may hold."""
        try:
            return scrubbed(urlsplit(self.url).netloc.rpartition("@")[2], most=200)
        except ValueError:
            return "an address that is not a URL"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply. ``headers``: names in lower case. ``whole``: whether all of the body was read."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool = True

    @property
    def served_at(self) -> datetime | None:
        """The server's own clock, to the second, None where it does not say."""
        return _http_date(self.headers.get("date", ""))


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long a read is tried again; all in seconds.

    The nth pause is ``min(most_s, first_s * 2**n)``, of which a random half to all is slept, or
    what ``Retry-After`` asks for up to ``most_asked_s``; no pause begins that would end past the
    deadline.
    """

    attempts: int = 6
    first_s: float = 0.5
    most_s: float = 8.0
    most_asked_s: float = 30.0
    deadline_s: float = 60.0

    def pause_s(self, tried: int, *, asked_s: float | None) -> float:
        if asked_s is not None:
            return min(max(asked_s, 0.0), self.most_asked_s)
        share: float = random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        return min(self.most_s, self.first_s * 2.0**tried) * share


class Http:
    """Requests over kept connections, one client for each way out (direct or through a proxy)."""

    def __init__(
        self,
        *,
        retry: Retry | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._retry = retry or Retry()
        self._clock = clock
        self._sleep = sleep
        self._clients: dict[bool, httpx.Client] = {}

    def __enter__(self) -> Http:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def read(self, request: Request) -> Reply:
        """The reply to a request that changes nothing, whatever its status, after retries.

        Raises ServiceUnreachable when no reply came before the deadline.
        """
        deadline = self._clock() + self._retry.deadline_s
        tried = 0
        while True:
            outcome = self._try(request)
            tried += 1
            if isinstance(outcome, Reply) and outcome.status not in RETRIED_STATUSES:
                return outcome
            asked_s = retry_after_s(outcome.headers) if isinstance(outcome, Reply) else None
            pause_s = self._retry.pause_s(tried - 1, asked_s=asked_s)
            if tried >= self._retry.attempts or self._clock() + pause_s > deadline:
                break
            self._sleep(pause_s)
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    def _try(self, request: Request) -> Reply | ServiceUnreachable:
        try:
            return _exchange(self._client(request.url), request, clock=self._clock)
        except ServiceUnreachable as error:
            return error
        except ReplyLost as error:
            return ServiceUnreachable(error.message, *_CHECK_NETWORK)

    def _client(self, url: str) -> httpx.Client:
        local = is_loopback(url)
        if local not in self._clients:
            self._clients[local] = new_client(url)
        return self._clients[local]

    def fetch(
        self,
        request: Request,
        out: Path,
        *,
        progress: Callable[[float], None] = lambda _: None,
        whole: Callable[[str], None] = lambda _: None,
    ) -> str:
        """The SHA-256, in hex, of the file that the URL gave and that now is ``out``.

        It is written beside ``out`` and renamed, so that ``out`` is whole or as it was before.
        ``whole`` is called with the hash before that.
        Raises ServiceUnreachable when it did not come whole after retries, BadReply for any answer
        but 200, a redirect into a private network, a file that is too large or not what ``out`` is
        named as, and OSError where ``out`` cannot be written.
        """
        deadline = deadline_in(download.MOST_S, self._clock)
        tried = 0
        while True:
            try:
                return _saved(request, out, Heard(progress, whole), deadline)
            except (ServiceUnreachable, ReplyLost) as error:
                tried += 1
                pause_s = self._retry.pause_s(tried - 1, asked_s=None)
                if tried >= self._retry.attempts or deadline.left_s <= pause_s:
                    raise ServiceUnreachable(error.message, *_CHECK_NETWORK) from None
            self._sleep(pause_s)

    def submit(self, request: Request) -> Reply:
        """The reply to a request that may cost money, sent once.

        Raises ServiceUnreachable when nothing can have been sent, after trying the connection again
        a few times; ReplyLost when anything may have been: such a request is never sent again.
        """
        tried = 0
        while True:
            try:
                with new_client(request.url) as client:
                    return _exchange(client, request, clock=self._clock)
            except ServiceUnreachable:
                tried += 1
                if tried >= 3:
                    raise
                self._sleep(self._retry.pause_s(tried - 1, asked_s=None))


def new_client(url: str) -> httpx.Client:
    """A client for a URL's host: explicit timeouts, no redirects, no proxy for this computer."""
    try:
        client = httpx.Client(
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=not is_loopback(url),
            verify=certificates(is_local=is_loopback(url)),
            # Replies are small, and what is not compressed needs no limit for its second size.
            headers={"User-Agent": "screentest", "Accept-Encoding": "identity"},
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        raise ServiceUnreachable(*settings_problem(error, os.environ)) from None
    return with_deadlines(client)


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this computer."""
    try:
        return is_loopback_host(urlsplit(url).hostname or "")
    except ValueError:
        return False


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that ``Retry-After`` asks for, None where it is missing or unreadable.

    RFC 9110, 10.2.3: a number of seconds or a date; a date counts from the reply's own ``Date``.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    until, served = _http_date(value), _http_date(headers.get("date", ""))
    return (until - served).total_seconds() if until and served else None


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return date if date.tzinfo else None


_CHECK_NETWORK = remedies_of(
    "Check the network, and WAVESPEED_BASE_URL where it is set.", Remedy("retry")
)
_SLOWEST_REPLY_S = 120.0
_PAID = "The video is paid for; the service keeps results for 7 days only."


def _exchange(client: httpx.Client, request: Request, *, clock: Clock) -> Reply:
    deadline = deadline_in(_SLOWEST_REPLY_S, clock)
    with (
        _mapped(request.host, deadline),
        exchange(deadline),
        client.stream(
            request.method,
            request.url,
            headers=dict(request.headers),
            json=request.json,
        ) as response,
    ):
        body, whole = drained(response, request.most_bytes)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body, whole)


def _saved(request: Request, out: Path, heard: Heard, deadline: ExchangeDeadline) -> str:
    url = request.url
    for _ in range(MOST_REDIRECTS + 1):
        sent_on = url != request.url and not is_loopback(request.url)
        here = Request("GET", url)
        with (
            _mapped(here.host, deadline),
            new_client(url) as client,
            exchange(deadline, public_host=host_in(url) if sent_on else None),
            client.stream("GET", url) as response,
        ):
            if response.status_code not in REDIRECTS:
                return _written(response, here.host, out, heard)
            target = download.sent_on_to(url, response.headers.get("location", ""))
            if target is None:
                raise BadReply(f"{here.host} sends the download on to where it must not go.", _PAID)
            url = target
    raise ServiceUnreachable(f"{request.host} sends the download on without end.", *_CHECK_NETWORK)


def _written(response: httpx.Response, host: str, out: Path, heard: Heard) -> str:
    if response.status_code in RETRIED_STATUSES:
        raise ServiceUnreachable(f"{host} answers {response.status_code}.", *_CHECK_NETWORK)
    if response.status_code != 200:
        raise BadReply(
            f"{host} answers {response.status_code} instead of the file.",
            "The service keeps results for 7 days only.",
            status=response.status_code,
        )
    size = _size_of(response)
    if size > download.MOST_BYTES:
        raise _too_large(host)
    sha256, got, start = hashlib.sha256(), 0, b""
    try:
        with atomic_file(out, what="video") as part, part.open("r+b") as file:
            for block in response.iter_raw():
                got += len(block)
                if got > download.MOST_BYTES:
                    raise _too_large(host)
                start = (start + block)[:8] if len(start) < 8 else start
                if len(start) == 8 and not download.begins_as_wanted(start, out):
                    raise _something_else(host)
                file.write(block)
                sha256.update(block)
                if size:
                    heard.progress(min(1.0, got / size))
            if not download.begins_as_wanted(start, out):
                raise _something_else(host)
            file.flush()
            heard.whole(sha256.hexdigest())
    except (OutputNotWritable, DiskFull) as error:
        # Callers know what was being fetched, and tell of it.
        raise error.__cause__ or error from None
    return sha256.hexdigest()


def _size_of(response: httpx.Response) -> int:
    declared = response.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 18 else 0


def _too_large(host: str) -> BadReply:
    return BadReply(f"{host} sends more than {download.MOST_BYTES / 1e9:.0f} GB.", _PAID)


def _something_else(host: str) -> BadReply:
    return BadReply(f"{host} sends a file that is not an MP4.", _PAID)


@contextmanager
def _mapped(host: str, deadline: ExchangeDeadline) -> Iterator[None]:
    # "from None": the texts of httpx and h11 can hold a header's value or a URL.
    try:
        yield
    except NOTHING_SENT as error:
        raise ServiceUnreachable(
            f"Cannot connect to {host} ({_reason(error)}).", *_CHECK_NETWORK
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        if isinstance(error, httpx.TimeoutException) and deadline.passed:
            late = f"The reply of {host} did not end in {deadline.allowed_s:.0f} s."
            raise ReplyLost(late) from None
        raise ReplyLost(f"The reply of {host} was lost ({type(error).__name__}).") from None


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError):
        return scrubbed(str(error), most=200) or "ConnectError"
    return type(error).__name__
