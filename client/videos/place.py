"""How an image's URL is recorded: by its place, and by what tells it from others there. Pure.

A query may be a signature, which is never recorded and differs each time; or it may say which image
is meant. Its parts that sign are left out, of the rest the hash is kept.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urldefrag

_SIGNS = re.compile(
    # AWS and what speaks like it, Google, CloudFront, Alibaba, Tencent, Akamai, Supabase.
    r"(x-(amz|goog|oss|cos)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|security-token|signature"
    r"|expires|policy|key-pair-id|q-(sign-algorithm|ak|sign-time|key-time|header-list|url-param-list"
    r"|signature)|hdnea|hdnts|token)",
    re.IGNORECASE,
)
_AZURE = re.compile(r"s[veprsti]|srt|spr|sip|sig|skoid|sktid|sk[tesv]")
"""What a shared access signature consists of (Azure Storage, 2026); short words that others use too."""

_DISCORD = re.compile(r"ex|is|hm")
"""What signs an attachment's URL there, all three together."""


def is_url(image: str) -> bool:
    """Whether the service can fetch the image itself."""
    return image.startswith(("https://", "http://"))


def as_recorded(url: str) -> str:
    """The URL's place, with 16 digits of its query's hash where that tells more than who signed."""
    place, _, query = urldefrag(url).url.partition("?")
    parts = [(part.partition("=")[0], part) for part in query.split("&") if part]
    names = {name for name, _ in parts}
    also = _AZURE if "sig" in names else _DISCORD if names >= {"ex", "is", "hm"} else None
    told = [part for name, part in parts if not _signs(name, also)]
    if not told:
        return place
    return f"{place}#{hashlib.sha256('&'.join(told).encode()).hexdigest()[:16]}"


def _signs(name: str, also: re.Pattern[str] | None) -> bool:
    return bool(_SIGNS.fullmatch(name) or (also and also.fullmatch(name)))
