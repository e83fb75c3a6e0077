"""What the service repeats of our requests is shown without what opens the bucket or the account."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from screentest.client.remote.http import Reply
from screentest.client.remote.replies import error_of, parse_prediction, task_error
from screentest.client.remote.scrub import scrubbed

SIGNED = "X-Amz-Credential=AKIAEXAMPLE%2F20260301&X-Amz-Signature=deadbeef0123"
URL = f"https://b.s3.amazonaws.com/k.mp4?{SIGNED}"
KEY = "wsk/secret+key="

SPELLINGS = {
    "url": f"cannot fetch {URL}",
    "path": f"GET /b/k.mp4?{SIGNED} HTTP/1.1 -> 403",
    "no scheme": f"b.s3.amazonaws.com/k.mp4?{SIGNED}: 403",
    "s3": f"s3://b/k.mp4?{SIGNED}",
    "percent": quote(URL, safe=""),
    "percent twice": quote(quote(URL, safe=""), safe=""),
    "line break": f"https://b.s3.amazonaws.com/k.mp4\n?{SIGNED}",
    "escaped slashes": "https:\\/\\/b.s3.amazonaws.com\\/k.mp4?" + SIGNED,
    "escaped ampersand": URL.replace("&", "\\u0026"),
    "escaped everything": URL.replace("?", "\\u003f").replace("&", "\\u0026").replace("=", "\\u003D"),
    "html": URL.replace("&", "&amp;").replace("=", "&#61;"),
    "quote within": f"url='https://b.s3.amazonaws.com/a\"b?{SIGNED}",
    "query alone": SIGNED,
    "small letters": SIGNED.lower(),
    "mixed letters": "k.mp4?x-AMZ-signature=deadbeef0123",
    "last parameter alone": "X-Amz-Signature=deadbeef0123",
    "as JSON": json.dumps({"X-Amz-Signature": "deadbeef0123"}),
    "as a header": "x-amz-signature: deadbeef0123",
    "old signature": "/k.mp4 AWSAccessKeyId=AKIAEXAMPLE&Signature=deadbeef0123&Expires=1",
    "Google's": "X-Goog-Signature=deadbeef0123",
    "Azure's": "https://a.blob.example/k?sv=1&sig=deadbeef0123",
    "user and password": "https://me:deadbeef@host/k.mp4",
    "bearer": "Authorization: Bearer deadbeef is not allowed",
    "old signature as JSON": json.dumps({"Signature": "deadbeef0123", "token": "deadbeef0123"}),
    "old signature as XML": "<SignatureProvided>deadbeef0123</SignatureProvided>",
    "old signature as a header": "Signature: deadbeef0123",
    "in a sentence": "the signature deadbeef0123deadbeef0123 does not match",
    "in a table": "|X-Amz-Signature|deadbeef0123|",
    "hidden letter": "X-Amz-Sig\u200bnature=deadbeef0123",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_signature_is_shown_in_no_spelling(text: str) -> None:
    assert "deadbeef" not in scrubbed(text)
    assert "EXAMPLE" not in scrubbed(text).upper().replace("BLOB.EXAMPLE", "")


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_reply_that_repeats_a_signature_becomes_an_error_without_it(text: str) -> None:
    body = json.dumps({"code": 400, "message": text}).encode()
    for reply in (Reply(400, {}, body), Reply(502, {}, text.encode())):
        assert "deadbeef" not in str(error_of(reply))
    failed = parse_prediction({"id": "t1", "status": "failed", "error": text})
    assert "deadbeef" not in f"{failed.error} {task_error(failed)}"


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        quote(KEY, safe=""),
        quote(quote(KEY, safe=""), safe=""),
        KEY.replace("/", "\\/"),
        KEY.upper(),
    ],
)
def test_a_key_is_shown_in_no_spelling(key: str) -> None:
    for shown in (
        scrubbed(f"key {key} is unknown", secrets=(KEY,)),
        parse_prediction({"id": "t", "status": "failed", "error": key}, secrets=(KEY,)).error,
    ):
        assert "secret" not in shown.lower()
        assert "***" in shown


def test_no_half_of_a_key_is_left_where_a_text_is_cut() -> None:
    long = f"k?a={'x' * 3_980} {KEY}"
    assert "wsk" not in scrubbed(long, secrets=(KEY,))


@pytest.mark.parametrize(
    "text",
    [
        "Is the face visible? No: turn=0",
        "100% of clips, 50%25 off",
        "The token has expired; signature: wrong",
        "password: wrong; token 12 of 20; task 6488c275a1b2c3d4e5f60718 failed",
        "Size 1280x720 is not supported, see https://docs.example/sizes",
        "José würde nicht gefunden: C:\\users\\x",
    ],
)
def test_what_is_not_secret_is_shown_as_it_was_written(text: str) -> None:
    assert scrubbed(text) == text


def test_a_service_cannot_write_over_the_terminal() -> None:
    shown = scrubbed("no\x1b[2J\x1b]0;pwned\x07 \x9b31m \u202egpj")
    assert shown.isprintable()
    assert "no" in shown


def test_a_text_that_was_made_to_take_long_is_cut() -> None:
    for part in ("?", "%25", "a?b ", "://", "\\", "x", "&amp;"):
        for length in (3_990, 10**6):
            assert len(scrubbed(f"{(part * length)[:length]} end")) <= 500
