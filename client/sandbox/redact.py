"""Hides what must never be written: keys, signatures and the queries of presigned URLs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

HIDDEN = "[redacted]"

_SECRET_NAME = re.compile(
    r"key|secret|token|password|passwd|authorization|signature|credential|bearer", re.IGNORECASE
)
_QUERY = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?#\"'<>]*)\?[^\s\"'<>]*", re.IGNORECASE)
_USER = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"'<>]+@", re.IGNORECASE)
_BEARER = re.compile(r"\b(Bearer)\s+\S+", re.IGNORECASE)
_SIGNED = re.compile(r"\b(X-Amz-[A-Za-z-]+|AWSAccessKeyId|Signature)=[^\s&\"'<>]+", re.IGNORECASE)


def redacted_text(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without URL queries, URL logins, bearer tokens, signatures and the given secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _QUERY.sub(rf"\1?{HIDDEN}", text)
    text = _USER.sub(rf"\1{HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _SIGNED.sub(rf"\1={HIDDEN}", text)


def redacted(value: Any, secrets: Iterable[str] = ()) -> Any:
    """A JSON value of the same shape with every secret-like value hidden."""
    if isinstance(value, dict):
        return {
            redacted_text(name, secrets): HIDDEN
            if _SECRET_NAME.search(name)
            else redacted(item, secrets)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [redacted(item, secrets) for item in value]
    return redacted_text(value, secrets) if isinstance(value, str) else value


class RedactingFormatter(logging.Formatter):
    """Formats a log record and its traceback, without anything secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = frozenset(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return redacted_text(super().format(record), self._secrets)
