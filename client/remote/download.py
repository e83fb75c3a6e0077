"""What a download may be: where it may be sent on to, how much it holds, how it begins. Pure.

The address comes from the service's outputs, so what answers there is trusted as little as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from screentest.client.worker.address import is_public_address

MOST_BYTES = 2_000_000_000
"""A video of these models has some ten million bytes (assumed to stay under this)."""
MOST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Heard:
    """Who hears of a download: ``progress`` the share that came, ``whole`` its hash, when all came."""

    progress: Callable[[float], None]
    whole: Callable[[str], None]


_MP4_ENDINGS = frozenset({".mp4", ".m4v", ".mov"})
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp"})


def sent_on_to(url: str, location: str) -> str | None:
    """The URL that a redirect from ``url`` leads to; None where it may not be followed.

    It may not lead away from https, to a scheme other than the web's, or from the internet to an
    address that is not part of it. A name that stands for such an address is found out when it is
    connected to.
    """
    try:
        target = urljoin(url, location)
        here = urlsplit(url).hostname or ""
        scheme, host = urlsplit(target).scheme.lower(), urlsplit(target).hostname
    except ValueError:
        return None
    allowed = {"https"} if urlsplit(url).scheme.lower() == "https" else {"https", "http"}
    if scheme not in allowed or not host or (_is_private(host) and not _is_private(here)):
        return None
    return target


def _is_private(host: str) -> bool:
    try:
        return not is_public_address(host)
    except ValueError:
        name = host.rstrip(".")
        return name == "localhost" or name.endswith(".localhost")


def begins_as_wanted(start: bytes, out: Path) -> bool:
    """Whether a file's first eight bytes are those of what ``out`` is named as.

    ISO/IEC 14496-12, 4.2: an MP4 is a row of boxes, each with its type after its size. Files with
    other endings may be anything.
    """
    return out.suffix.lower() not in _MP4_ENDINGS or start[4:8] in _BOXES
