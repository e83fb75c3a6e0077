"""How an image's URL is recorded: by its place, and by what tells it from others there. Pure.

A query may be a signature, which is never recorded and differs each time; or it may say which image
is meant. Its parts that sign are left out, of the rest the hash is kept.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urldefrag

_SIGNS = re.compile(
    # AWS and what speaks like it, Google, CloudFront, Alibaba.
    r"(x-(amz|goog|oss|cos)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|security-token|signature"
    r"|expires|policy|key-pair-id)",
    re.IGNORECASE,
)
_AZURE = re.compile(r"s[veprsti]|srt|spr|sip|sig|skoid|sktid|sk[tesv]")
"""What a shared access signature consists of (Azure Storage, 2026); short words that others use too."""


def as_recorded(url: str) -> str:
    """The URL's place, with 16 digits of its query's hash where that tells more than who signed."""
    place, _, query = urldefrag(url).url.partition("?")
    parts = [(part.partition("=")[0], part) for part in query.split("&") if part]
    is_azure = any(name == "sig" for name, _ in parts)
    told = [part for name, part in parts if not _signs(name, is_azure=is_azure)]
    if not told:
        return place
    return f"{place}#{hashlib.sha256('&'.join(told).encode()).hexdigest()[:16]}"


def _signs(name: str, *, is_azure: bool) -> bool:
    return bool(_SIGNS.fullmatch(name) or (is_azure and _AZURE.fullmatch(name)))
