"""One file of the web from a byte on, over the standard library alone: a worker loads no more for it.

What answers is a stranger: where it sends us on to is checked like the address itself, and no wait for
it is without an end. Nothing that is raised or shown holds a query, as that may be a signature.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from screentest.client.worker.address import address_of, host_of
from screentest.client.worker.line import Clock, Line, Reach, TimeLeft, connected
from screentest.client.worker.not_fetched import FetchBroken, NotFetched
from screentest.client.worker.statuses import LATER, MOST_REDIRECTS, REDIRECTS
from screentest.prep.core.remedy import Remedy

HEAD_S = 60.0
"""The longest that connecting, and then an answer's head, may take."""
BLOCK_BYTES = 262_144
BLOCK_S = 120.0
"""The longest that a block may take: what is slower than 2 kB a second is as good as broken."""
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_LOST: Final = (OSError, ssl.SSLError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer that brings a file. ``start``: the byte that it begins with.

    ``total_bytes``: of the whole file, None where nobody says. ``version``: what changes with the
    file's content, "" where nothing is known. ``sha256``: of the whole file in hex, "" likewise.
    """

    shown: str
    start: int
    total_bytes: int | None
    version: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Arriving:
    """An answer, and its bytes as they come, block by block."""

    answer: Answer
    blocks: Iterator[bytes]


@contextmanager
def opened(
    url: str, *, start: int = 0, version: str = "", reach: Reach, clock: Clock = time.monotonic
) -> Iterator[Arriving]:
    """A file of the web from the byte ``start`` on, where it still is of that version; else from 0 on.

    Raises NotFetched for an address that may not be fetched from and an answer that is not a file,
    FetchBroken where no whole answer came.
    """
    left = TimeLeft(clock, 0.0)
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parts_of(url)
        left.give(HEAD_S)
        with _asked(parts, start=start, version=version, reach=reach, left=left) as response:
            if response.status == 416 and start:
                start = 0  # it became shorter than what came of it
                continue
            if response.status not in REDIRECTS:
                answer = _answer(response, address_of(url), start=start)
                yield Arriving(answer, _blocks(response, host_of(parts), left))
                return
            target = urljoin(url, response.headers.get("location", ""))
        url, reach = _sent_on(parts, target), _reach_of(reach, parts, target)
    raise NotFetched(f"{host_of(parts)} sends on without end.", "Check the address.")


def _parts_of(url: str) -> SplitResult:
    """The URL's parts. Raises NotFetched for one that no request can go to."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise NotFetched("That is not a URL.", "Check the address.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        raise NotFetched(
            f"{host_of(parts) or 'That'} is not an https address without user and password.",
            "Give the address with https, or a presigned one.",
        )
    if not all("!" <= letter <= "~" for letter in url):
        raise NotFetched(
            f"The address at {host_of(parts)} holds a space or a letter that no URL has.",
            "Copy it as the browser shows it.",
        )
    return parts


def _sent_on(here: SplitResult, target: str) -> str:
    """Where a redirect leads. Raises NotFetched where it leads away from https."""
    parts = _parts_of(target)
    if here.scheme == "https" and parts.scheme != "https":
        raise NotFetched(f"{host_of(here)} sends on to an address without https.", "Check the address.")
    return target


def _reach_of(reach: Reach, here: SplitResult, target: str) -> Reach:
    """What is the user's own is so at its own host alone."""
    stays = urlsplit(target).netloc == here.netloc
    return Reach(is_own=reach.is_own and stays, allow_private=reach.allow_private)


@contextmanager
def _asked(
    parts: SplitResult, *, start: int, version: str, reach: Reach, left: TimeLeft
) -> Iterator[http.client.HTTPResponse]:
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    headers = {"Host": parts.netloc, "User-Agent": "screentest", "Accept-Encoding": "identity"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": version}
    with _mapped(host_of(parts)):
        port = parts.port or (443 if is_secure else 80)
        connection = connected(host, port, is_secure=is_secure, reach=reach, left=left)
    with connection:
        asking = http.client.HTTPConnection(host, port)
        asking.sock = Line(connection, left)
        with _mapped(host_of(parts)):
            asking.request("GET", _target(parts), headers=headers)
            response = asking.getresponse()
        with response:
            yield response


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@contextmanager
def _mapped(host: str) -> Iterator[None]:
    # "from None": what http.client raises may hold a line of the answer.
    try:
        yield
    except TimeoutError:
        raise FetchBroken(f"{host} does not answer in time.", Remedy("retry")) from None
    except _LOST as error:
        raise FetchBroken(
            f"The answer of {host} was lost ({type(error).__name__}).", Remedy("retry")
        ) from None


def _answer(response: http.client.HTTPResponse, shown: str, *, start: int) -> Answer:
    """The head of an answer that brings a file. Raises for any other."""
    headers = {name.lower(): value.strip() for name, value in response.getheaders()}
    if response.status not in (200, 206):
        raise _refusal(response, shown)
    if headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise NotFetched(f"{shown} comes compressed.", "Download it by hand.")
    if headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml")):
        raise is_a_page(shown)
    # A length beside chunks counts for nothing (RFC 9112, 6.3).
    total = None if response.chunked else _number(headers.get("content-length", ""))
    if response.status == 206:
        told = _RANGE.fullmatch(headers.get("content-range", ""))
        if told is None or int(told[1]) != start or int(told[2]) + 1 != int(told[3]):
            raise FetchBroken(f"{shown} answers with other bytes than asked for.", Remedy("retry"))
        return Answer(shown, start, int(told[3]), version_in(headers), sha256_in(headers))
    return Answer(shown, 0, total, version_in(headers), sha256_in(headers))


def is_a_page(shown: str) -> NotFetched:
    """The error of an address that brings HTML."""
    return NotFetched(
        f"{shown} is a web page, not a video.", "Give the address that its download link leads to."
    )


def looks_like_a_page(start: bytes) -> bool:
    """Whether a file that begins so is HTML, whatever it is called."""
    text = start[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype html", b"<html", b"<head"))


def version_in(headers: Mapping[str, str]) -> str:
    """What an answer says that changes with the file: a strong ETag, else when it was last changed.

    Either may be given back in If-Range (RFC 9110, 13.1.5); a weak ETag may not, and may stay the same
    where the bytes change.
    """
    etag = headers.get("etag", "")
    if len(etag) > 2 and etag.startswith('"') and etag.endswith('"'):
        return etag[:200]
    return headers.get("last-modified", "")[:60]


def sha256_in(headers: Mapping[str, str]) -> str:
    """The hash of the whole file, in hex, as ``Repr-Digest`` tells it (RFC 9530), else ""."""
    told = re.search(r"sha-256=:([A-Za-z0-9+/=]{43,44}):", headers.get("repr-digest", ""))
    try:
        return base64.b64decode(told[1], validate=True).hex() if told else ""
    except binascii.Error:
        return ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _refusal(response: http.client.HTTPResponse, shown: str) -> NotFetched:
    status = response.status
    with _mapped(shown):
        said = response.read(4096).lower()
    if status in (401, 403) and b"expired" in said:
        return NotFetched(f"The signature of {shown} has expired ({status}).", "Sign it again.")
    if status in (401, 403):
        return NotFetched(
            f"{shown} may not be read ({status}).", "Give a presigned address, or check its rights."
        )
    if status in (404, 410):
        return NotFetched(f"There is nothing at {shown} ({status}).", "Check the address.")
    if status in LATER:
        return FetchBroken(f"{shown} answers {status}.", Remedy("retry", ("later",)))
    return NotFetched(f"{shown} answers {status} instead of the file.", "Check the address.")


def _blocks(response: http.client.HTTPResponse, host: str, left: TimeLeft) -> Iterator[bytes]:
    while True:
        left.give(BLOCK_S)
        with _mapped(host):
            block = response.read(BLOCK_BYTES)
        if not block:
            return
        yield block
