"""What a request asks for, and who sent it, as far as the doors look at it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

LONGEST_TARGET: Final = 4_096
MOST_HEADERS: Final = 100
MOST_HEADER_BYTES: Final = 32_768
TOKEN: Final = "token"  # noqa: S105
_VISIBLE: Final = re.compile(r"[\x21-\x7e]*")
_ESCAPE: Final = re.compile("%[0-9a-fA-F]{2}")
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request without its body. ``raw_path`` and ``query`` as they came, ``path`` decoded once."""

    method: str
    raw_path: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]

    def every(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)

    def one(self, name: str) -> str:
        """The header's value, "" where it is missing."""
        return next(iter(self.every(name)), "")

    @property
    def declared_bytes(self) -> int:
        """How long its body says it is; 0 where it says nothing."""
        said = self.one("content-length")
        if not said.isascii() or not said.isdecimal():
            return 0
        return int(said) if len(said) < 20 else sys.maxsize

    @property
    def has_body(self) -> bool:
        return self.declared_bytes > 0 or bool(self.one("transfer-encoding"))

    @property
    def header_bytes(self) -> int:
        return sum(len(key) + len(value) + len(": \r\n") for key, value in self.headers)

    @property
    def wants_a_page(self) -> bool:
        """Whether a person's browser opens it, and no script of a page."""
        return "text/html" in ",".join(self.every("accept")).lower()

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every token in the query."""
        parts = [part.partition("=") for part in self.query.split("&")]
        return tuple(unquote_plus(value) for key, _, value in parts if unquote_plus(key) == TOKEN)

    @property
    def without_token(self) -> str:
        """Path and query, as they came, without any token."""
        kept = [
            part
            for part in self.query.split("&")
            if part and unquote_plus(part.partition("=")[0]) != TOKEN
        ]
        return f"{self.raw_path}?{'&'.join(kept)}" if kept else self.raw_path


def visit_of(scope: Any) -> Visit:
    """What an ASGI scope asks for."""
    raw = scope.get("raw_path") or scope["path"].encode()
    return Visit(
        method=scope["method"],
        raw_path=raw.decode("latin-1"),
        path=unquote(raw.decode("latin-1")),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple(
            (key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in scope["headers"]
        ),
    )


def is_plain_path(raw_path: str) -> bool:
    """Whether a path means the same to everyone who reads it, however often they decode it.

    It is absolute, has no empty, ``.`` or ``..`` part, no backslash, control character or encoded
    slash, and is encoded once.
    """
    path = unquote(raw_path)
    if not _VISIBLE.fullmatch(raw_path) or not raw_path.startswith("/") or "\\" in path:
        return False
    if path.count("/") != raw_path.count("/") or _CONTROLS.search(path) or _ESCAPE.search(path):
        return False
    *parts, last = path[1:].split("/")
    return all(part not in ("", ".", "..") for part in parts) and last not in (".", "..")


def is_plain_query(query: str) -> bool:
    return bool(_VISIBLE.fullmatch(query))
