"""Nothing secret reaches the journal or a log."""

from __future__ import annotations

import logging

import pytest

from screentest.client.sandbox.redact import RedactingFormatter, redacted, redacted_text


@pytest.mark.parametrize(
    "text",
    [
        "https://s3.example/clip.mp4?X-Amz-Signature=SECRET",
        "see http://h/a?b=SECRET&c=SECRET and http://h/d?e=SECRET.",
        "s3://bucket/key?versionId=SECRET",
        "https://user:SECRET@host/path",
        "Authorization: Bearer SECRET",
        "X-Amz-Security-Token=SECRET&x=1",
        "the own SECRET of the account",
    ],
)
def test_no_credential_is_left_in_a_text(text: str) -> None:
    secrets = ["SECRET"] if text.startswith("the own") else []
    assert "SECRET" not in redacted_text(text, secrets)


def test_a_text_without_credentials_is_left_as_it_is() -> None:
    text = "Joe asks: why? See https://example.org/a#b for more (1/2)."
    assert redacted_text(text) == text


@pytest.mark.parametrize("name", ["api_key", "secretAccessKey", "Token", "password", "X-Signature"])
def test_a_value_under_a_secret_name_is_hidden_whatever_it_is(name: str) -> None:
    assert redacted({"a": [{name: {"deep": "SECRET"}}]}) == {"a": [{name: "[redacted]"}]}


def test_other_values_keep_their_shape() -> None:
    body = {"name": "Joe", "n": 1, "f": 0.5, "flag": True, "none": None, "list": ["a", {"b": "c"}]}
    assert redacted(body) == body


def test_a_logged_traceback_shows_no_credential() -> None:
    formatter = RedactingFormatter(["KEY1"])
    try:
        raise ValueError("cannot open https://h/x?sig=SECRET with KEY1")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", None, info)
    text = formatter.format(record)
    assert "Traceback" in text
    assert not [secret for secret in ("SECRET", "KEY1") if secret in text.split("ValueError:")[1]]
