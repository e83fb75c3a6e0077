"""Webhooks as the service sends them: the bare prediction, signed, with a few redeliveries.

Documented by the service (2026): headers ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature: v3,<hex>``, where hex is the HMAC-SHA256 of ``{id}.{timestamp}.{raw body}`` with
the secret's text without its ``whsec_``; up to three redeliveries.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping

import httpx

from screentest.client.sandbox.api.replies import prediction
from screentest.client.sandbox.work.tasks import Task

REDELIVERIES = 3
_PAUSE_S = 1.0
_WAIT_S = 10.0

logger = logging.getLogger(__name__)


def send_webhook(
    task: Task, url: str, *, base_url: str, secret: str, now: Callable[[], float] = time.time
) -> None:
    """Deliver a task, with its inputs, to the URL that its submit named.

    ``now``: Unix seconds, at which the task's status is read.
    """
    payload = prediction(task, now=now(), base_url=base_url)
    deliver(url, {**payload, "input": task.inputs}, secret=secret)


def deliver(
    url: str,
    payload: Mapping[str, object],
    *,
    secret: str,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Whether the URL accepted the payload, after at most three redeliveries."""
    body = json.dumps(payload).encode()
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
        if _is_accepted(url, body, headers):
            return True
    logger.warning("a webhook was not accepted")
    return False


def signature_of(message_id: str, stamp: str, body: bytes, *, secret: str) -> str:
    """The header ``webhook-signature`` of one delivery. ``stamp``: Unix seconds, as sent."""
    key = secret.removeprefix("whsec_").encode()
    message = b".".join((message_id.encode(), stamp.encode(), body))
    return f"v3,{hmac.new(key, message, hashlib.sha256).hexdigest()}"


def _is_accepted(url: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        with httpx.Client(timeout=_WAIT_S, trust_env=False) as http:
            return http.post(url, content=body, headers=dict(headers)).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
