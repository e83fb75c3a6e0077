"""What a footage's address says: where it lies, and how it may be shown. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from screentest.client.errors import ConfigError
from screentest.client.worker.address import address_of
from screentest.prep.core.text import printable, shown

_SCHEME: Final = re.compile(r"(s3|https?)://", re.IGNORECASE)
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_OF_SIGNATURES: Final = re.compile(
    r"x-(amz|goog|oss)-.*|signature|expires|awsaccesskeyid|googleaccessid|policy|key-pair-id"
    r"|s[a-z]{1,3}|token|.*_?token",
    re.IGNORECASE,
)
"""Names in queries that tell who may read a file and until when, not which file: of AWS, Google,
CloudFront and Azure (``sv``, ``se``, ``sp``, ``sig``, ``skoid``)."""
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class InBucket:
    """An object, or all below a prefix, as ``s3://bucket/key`` names it: the key as it is."""

    bucket: str
    key: str

    @property
    def shown(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def names(self) -> str:
        """What tells it from all others."""
        return self.shown


@dataclass(frozen=True, slots=True)
class OnTheWeb:
    """A file at a URL, which may hold a signature that no ``repr`` shows."""

    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        return address_of(self.url)

    @property
    def names(self) -> str:
        """What tells it from all others: the address, and of its query what is not a signature."""
        pairs = parse_qsl(urlsplit(self.url).query, keep_blank_values=True)
        told = [(name, value) for name, value in pairs if not _OF_SIGNATURES.fullmatch(name)]
        return f"{self.shown}?{sorted(told)!r}"


Elsewhere = InBucket | OnTheWeb


def is_elsewhere(footage: str) -> bool:
    """Whether footage is named by an address, not by a path."""
    return _SCHEME.match(footage) is not None


def is_in_bucket(footage: str) -> bool:
    """Whether footage is named by an address of S3."""
    return footage[:5].lower() == "s3://"


def elsewhere(footage: str) -> Elsewhere:
    """Where footage lies that is named by an address.

    Raises ConfigError for one that cannot be.
    """
    scheme, _, rest = footage.partition("://")
    if scheme.lower() != "s3":
        return OnTheWeb(_web_url(footage))
    bucket, _, key = rest.partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise ConfigError(f"{shown(footage)} names no bucket.", "Write it as s3://bucket/key.")
    return InBucket(bucket, key)


def shown_address(footage: str) -> str:
    """Footage as it is shown and recorded: a URL without its query, anything else as it is."""
    if not is_elsewhere(footage) or is_in_bucket(footage):
        return footage
    try:
        return address_of(footage)
    except ValueError:
        return "a URL that cannot be read"


def name_at(address: str) -> str:
    """What the file at a shown address is called, fit for a file system.

    >>> name_at("https://host/takes/joe%20smith.mov")
    'joe smith.mov'
    """
    last = PurePosixPath(address.partition("://")[2].partition("/")[2]).name
    if not is_in_bucket(address):
        last = unquote(last)
    name = printable(last.replace("/", " ").encode("utf-8", "replace").decode()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 8:
        return name[:_LONGEST_NAME] or "footage"
    return f"{stem[:_LONGEST_NAME]}.{ending}"


def named_after(footage: str) -> Path:
    """The path that footage gets its name from: its own, or one made of its address' host or bucket,
    folders and file. No query is in it.

    >>> named_after("s3://bucket/monday/joe.mp4").parts[1:]
    ('bucket', 'monday', 'joe.mp4')
    """
    if not is_elsewhere(footage):
        return Path(footage)
    address = shown_address(footage)
    _, _, rest = address.partition("://")
    parts = rest.split("/")[:-1]
    if not is_in_bucket(footage):
        parts = [unquote(part).replace("/", " ") for part in parts]
    return Path("/", *(part for part in parts if part not in ("", ".", "..")), name_at(address))


def key_of(named: str) -> str:
    """A name for a file system that says nothing: a part of a hash."""
    return hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _web_url(footage: str) -> str:
    """The URL as a request wants it: without a fragment, its letters beyond ASCII and spaces quoted."""
    try:
        parts = urlsplit(footage)
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except (ValueError, UnicodeError):
        raise ConfigError("That is not a URL.", "Check the address.") from None
    safe = "%/:=&?~#+!$,;'@()*[]"
    path, query = (
        quote(text, safe=safe, errors="surrogateescape") for text in (parts.path, parts.query)
    )
    return urlunsplit((parts.scheme.lower(), host, path or "/", query, ""))
