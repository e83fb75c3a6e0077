"""Webhooks: whatever is changed on the way, and whoever sends it, only the service is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.errors import BadWebhook
from screentest.client.remote.webhooks import MOST_AGE_S, signature_of, verify_webhook

SECRET = "whsec_c2VjcmV0"
AT = 1_790_000_000
BODY = json.dumps({"id": "t1", "status": "completed", "outputs": ["Zoë"]}).encode()
QUICK = settings(max_examples=150, deadline=None)


def signed(body: bytes = BODY, *, stamp: str = str(AT), message_id: str = "m1") -> dict[str, str]:
    signature = signature_of(message_id, stamp, body, secret=SECRET)
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signature}


def is_believed(headers: dict[str, str], body: bytes, *, secret: str = SECRET, at: float = AT) -> bool:
    try:
        verify_webhook(headers, body, secret=secret, now=lambda: at)
    except BadWebhook:
        return False
    return True


@QUICK
@given(place=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_not_believed(place: int, flip: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= flip
    assert not is_believed(signed(), bytes(changed))


@QUICK
@given(cut=st.integers(0, len(BODY) - 1), extra=st.binary(min_size=1, max_size=8))
def test_a_longer_or_shorter_body_is_not_believed(cut: int, extra: bytes) -> None:
    assert not is_believed(signed(), BODY[:cut])
    assert not is_believed(signed(), BODY + extra)
    assert not is_believed(signed(), extra + BODY)


@QUICK
@given(
    name=st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
    place=st.integers(0, 200),
    letter=st.characters(min_codepoint=33, max_codepoint=126),
)
def test_one_changed_letter_of_a_header_is_not_believed(name: str, place: int, letter: str) -> None:
    headers = signed()
    value, at = headers[name], place % len(headers[name])
    changed = value[:at] + letter + value[at + 1 :]
    assert is_believed({**headers, name: changed}, BODY) == (changed == value)


@QUICK
@given(
    values=st.lists(st.text(max_size=20), min_size=3, max_size=3),
    body=st.binary(max_size=60),
    secret=st.text(max_size=12),
)
def test_a_stranger_is_refused_without_a_crash(values: list[str], body: bytes, secret: str) -> None:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    assert not is_believed(dict(zip(names, values, strict=True)), body, secret=secret)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_not_text_is_refused_and_no_crash(name: str) -> None:
    assert not is_believed({**signed(), name: "\udce4"}, BODY)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    assert not is_believed({key: value for key, value in signed().items() if key != name}, BODY)


@QUICK
@given(age_s=st.floats(-1e6, 1e6))
def test_only_the_last_minutes_count(age_s: float) -> None:
    assert is_believed(signed(), BODY, at=AT + age_s) == (abs((AT + age_s) - AT) <= MOST_AGE_S)


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", " 1790000000", "1790000000.0", "１７９", "soon"])
def test_a_time_in_another_form_is_refused_though_signed(stamp: str) -> None:
    assert not is_believed(signed(stamp=stamp), BODY)


@QUICK
@given(body=st.one_of(st.binary(max_size=20), st.sampled_from([b"[]", b"1", b"null", b'"x"', b"\xff"])))
def test_a_signed_body_is_an_object_or_refused(body: bytes) -> None:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    assert is_believed(signed(body), body) == isinstance(document, dict)


@QUICK
@given(
    message_id=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20),
    document=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4),
)
def test_what_the_service_signs_is_believed_and_comes_out_whole(
    message_id: str, document: dict[str, str]
) -> None:
    body = json.dumps(document).encode()
    headers = {name.upper(): value for name, value in signed(body, message_id=message_id).items()}
    assert verify_webhook(headers, body, secret=SECRET, now=lambda: AT) == document


def test_the_old_and_the_new_signature_may_come_together() -> None:
    # While the service changes its secret, it signs with both.
    both = f"v3,{'0' * 64} {signed()['webhook-signature']}"
    assert is_believed({**signed(), "webhook-signature": both}, BODY)


def test_a_signature_of_an_earlier_version_is_not_enough() -> None:
    old = signed()["webhook-signature"].replace("v3,", "v1,")
    assert not is_believed({**signed(), "webhook-signature": old}, BODY)


def test_id_and_time_cannot_trade_letters() -> None:
    # "m1." + "790" must not be signed like "m1" + ".790".
    forged = signed(message_id=f"m1.{AT}", stamp=str(AT))["webhook-signature"]
    assert not is_believed({**signed(), "webhook-signature": forged}, BODY)
