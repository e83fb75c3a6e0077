"""Webhooks: only what the service sent, and sent just now, is believed."""

from __future__ import annotations

import json

import pytest

from screentest import verify_webhook
from screentest.client.errors import BadWebhook
from screentest.client.remote.webhooks import signature_of

SECRET = "whsec_" + "c2VjcmV0"
BODY = json.dumps({"id": "t1", "status": "completed"}).encode()
AT = 1_790_000_000


def headers(**changes: str) -> dict[str, str]:
    signed = signature_of("m1", str(AT), BODY, secret=SECRET)
    told = {"Webhook-Id": "m1", "Webhook-Timestamp": str(AT), "Webhook-Signature": signed}
    return {**told, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_the_services_own_call_is_believed() -> None:
    assert verify_webhook(headers(), BODY, secret=SECRET, now=lambda: AT + 299)["id"] == "t1"


def test_the_signature_is_the_documented_one() -> None:
    import hashlib
    import hmac

    wanted = hmac.new(b"c2VjcmV0", b"m1.1790000000." + BODY, hashlib.sha256).hexdigest()
    assert signature_of("m1", str(AT), BODY, secret=SECRET) == f"v3,{wanted}"


@pytest.mark.parametrize("age_s", [301, -301])
def test_an_old_call_is_not_believed(age_s: int) -> None:
    with pytest.raises(BadWebhook, match="300 s"):
        verify_webhook(headers(), BODY, secret=SECRET, now=lambda: AT + age_s)


@pytest.mark.parametrize(
    "change",
    [
        {"Webhook_Id": "m2"},
        {"Webhook_Timestamp": str(AT + 1)},
        {"Webhook_Signature": "v3,"},
        {"Webhook_Signature": ""},
        {"Webhook_Signature": "v3,\udce4"},
    ],
)
def test_a_changed_call_is_not_believed(change: dict[str, str]) -> None:
    with pytest.raises(BadWebhook, match="signature"):
        verify_webhook(headers(**change), BODY, secret=SECRET, now=lambda: AT)


def test_another_body_or_secret_is_not_believed() -> None:
    for body, secret in ((BODY + b" ", SECRET), (BODY, "whsec_other"), (BODY, "")):
        with pytest.raises(BadWebhook):
            verify_webhook(headers(), body, secret=secret, now=lambda: AT)


def test_a_signed_body_that_is_not_an_object_is_told() -> None:
    signed = signature_of("m1", str(AT), b"[]", secret=SECRET)
    with pytest.raises(BadWebhook, match="JSON object"):
        verify_webhook(headers(Webhook_Signature=signed), b"[]", secret=SECRET, now=lambda: AT)
