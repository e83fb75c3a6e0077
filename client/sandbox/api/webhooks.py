"""Webhooks as the service sends them: the bare prediction, signed, a few times until it is taken.

Documented by the service (2026): see ``client.remote.webhooks``, which checks them.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping

import httpx

from screentest.client.remote.webhooks import signature_of

REDELIVERIES = 3
_PAUSE_S = 1.0
_WAIT_S = 10.0

logger = logging.getLogger(__name__)


def deliver(
    url: str,
    prediction: Mapping[str, object],
    *,
    secret: str,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Whether the URL took the prediction, after at most three more tries."""
    body = json.dumps(prediction).encode()
    message_id = f"msg_{uuid.uuid4().hex}"
    for tried in range(1 + REDELIVERIES):
        if tried:
            sleep(_PAUSE_S * 2 ** (tried - 1))
        stamp = str(int(now()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature_of(message_id, stamp, body, secret=secret),
        }
        if _is_taken(url, body, headers):
            return True
    logger.warning("a webhook was not taken")
    return False


def _is_taken(url: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        with httpx.Client(timeout=_WAIT_S, trust_env=False) as http:
            return http.post(url, content=body, headers=dict(headers)).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
