"""Webhooks: whether a call that reached you came from the service, and what it says.

Documented by the service (2026): headers ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature: v3,<hex>``, where hex is the HMAC-SHA256 of ``{id}.{timestamp}.{raw body}`` with
the secret's text without its ``whsec_``; calls older than 300 s are to be rejected.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from screentest.client.errors import BadWebhook

MOST_AGE_S = 300.0
_VERSION = "v3"


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: str,
    now: Callable[[], float] = time.time,
    max_age_s: float = MOST_AGE_S,
) -> dict[str, Any]:
    """The prediction that a webhook carries, once it is sure who sent it and when.

    ``body``: the raw bytes as they arrived. ``secret``: what ``GET /webhook/secret`` answers.
    ``now``: Unix seconds. Compares in constant time. The service may deliver a call several times:
    ``webhook-id`` tells them apart. Raises BadWebhook.
    """
    told = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not _is_signed(told.get("webhook-signature", ""), message_id, stamp, body, secret):
        raise BadWebhook("The webhook's signature is not the service's.")
    if not stamp.isascii() or not stamp.isdigit() or abs(now() - int(stamp)) > max_age_s:
        raise BadWebhook(f"The webhook is not from the last {max_age_s:g} s.")
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise BadWebhook("The webhook's body is no JSON object.")
    return document


def signature_of(message_id: str, stamp: str, body: bytes, *, secret: str) -> str:
    """What the service writes into ``webhook-signature``."""
    key = secret.removeprefix("whsec_").encode()
    message = b".".join((message_id.encode(), stamp.encode(), body))
    return f"{_VERSION},{hmac.new(key, message, hashlib.sha256).hexdigest()}"


def _is_signed(given: str, message_id: str, stamp: str, body: bytes, secret: str) -> bool:
    try:
        wanted = signature_of(message_id, stamp, body, secret=secret).encode()
    except UnicodeEncodeError:
        return False
    # Each is compared, and each in constant time; surrogates from a bad header encode to no match.
    signatures = [one.encode("utf-8", "replace") for one in given.split()]
    matches = [hmac.compare_digest(one, wanted) for one in signatures]
    return bool(secret) and any(matches)
