"""A clip on its way back: one PUT to a presigned URL, over the standard library alone."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from screentest.client.worker.line import Clock, Line, Reach, TimeLeft, connected
from screentest.client.worker.not_fetched import FetchBroken
from screentest.client.worker.statuses import LATER
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import printable

TRIES: Final = 3
PAUSE_S: Final = 2.0
_HEAD_S: Final = 60.0
_BLOCK_S: Final = 120.0
_BLOCK_BYTES: Final = 262_144
_IS_THERE: Final = 412  # "if-none-match: *": an earlier try arrived, its reply was lost


class NotSent(ScreentestError):
    """A clip was refused where its URL leads."""


class SendBroken(NotSent):
    """The network or the server failed on the way."""

    retryable = True


def send(
    path: Path,
    url: str,
    headers: Mapping[str, str],
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Clock = time.monotonic,
) -> None:
    """Put a file where a presigned URL leads, with the headers that were signed.

    Raises NotSent, SendBroken after ``TRIES`` tries, OSError where the file cannot be read.
    """
    for left in reversed(range(TRIES)):
        try:
            _send_once(path, url, headers, clock)
        except SendBroken:
            if not left:
                raise
            sleep(PAUSE_S)
        else:
            return


def _send_once(path: Path, url: str, headers: Mapping[str, str], clock: Clock) -> None:
    parts = urlsplit(url)
    host = printable(parts.netloc)[:200]
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        raise NotSent("The address for the clip is not an https URL.")
    try:
        status = _status(path, parts, headers, clock)
    except (FetchBroken, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise SendBroken(
            f"The clip did not get to {host} ({type(error).__name__}).", Remedy("retry")
        ) from None
    if status in LATER:
        raise SendBroken(f"{host} answers {status} to the clip.", Remedy("retry"))
    if not 200 <= status < 300 and status != _IS_THERE:
        raise NotSent(
            f"{host} refuses the clip ({status}).", "Check the bucket's rights, and the clocks."
        )


def _status(path: Path, parts: SplitResult, headers: Mapping[str, str], clock: Clock) -> int:
    left = TimeLeft(clock, 0.0)
    left.give(_HEAD_S)
    is_secure, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if is_secure else 80)
    with (
        path.open("rb") as clip,
        connected(host, port, is_secure=is_secure, reach=Reach(is_own=True), left=left) as connection,
    ):
        asking = http.client.HTTPConnection(host, port)
        asking.sock = Line(connection, left)
        asking.putrequest("PUT", f"{parts.path or '/'}?{parts.query}", skip_host=True)
        sent = {"Host": parts.netloc, **headers, "Content-Length": str(path.stat().st_size)}
        for name, value in sent.items():
            asking.putheader(name, value)
        asking.endheaders()
        while block := clip.read(_BLOCK_BYTES):
            left.give(_BLOCK_S)
            asking.send(block)
        left.give(_HEAD_S)
        with asking.getresponse() as response:
            return response.status
