"""Footage in buckets: what lies there, and its bytes from any one on.

A bucket of footage may be anybody's whom boto3's credentials may read; nothing is put there. What is
read is held to its ETag, so that a file that is replaced meanwhile is never read in halves of two.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    NoCredentialsError,
)

from screentest.client.config import S3Access
from screentest.client.errors import FetchBroken, NotFetched, StorageUnreachable
from screentest.client.remote.s3_clients import connected
from screentest.client.remote.storage_errors import mapped, status_of
from screentest.client.worker.web import BLOCK_BYTES, Answer, Arriving
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class StoredFootage:
    """An object of a bucket. ``version``: its ETag, with the quotes that it has in HTTP. ``sha256``: in
    hex, "" where the bucket does not know it.
    """

    key: str
    bytes: int
    version: str
    sha256: str = ""


class FootageStore:
    """Whatever buckets the credentials may read. Close it, or use it as a context manager.

    Threads may share it.
    """

    def __init__(self, access: S3Access) -> None:
        self._access = access
        self._connected: S3Client | None = None
        self._connecting = threading.Lock()

    def __enter__(self) -> FootageStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connected is not None:
            self._connected.close()

    def find(self, bucket: str, key: str) -> StoredFootage:
        """What lies at a key. Raises NotFetched where nothing does that may be read, StorageError."""
        with mapped(bucket):
            try:
                head = self._client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if status_of(error) in (403, 404):
                    raise _refused(status_of(error), bucket, key) from None
                raise
        whole = head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
        sha256 = _hex(head.get("ChecksumSHA256", "")) if whole else ""
        return StoredFootage(key, head["ContentLength"], head["ETag"], sha256)

    @contextmanager
    def opened(self, bucket: str, key: str, *, start: int = 0, version: str = "") -> Iterator[Arriving]:
        """An object from the byte ``start`` on, where it still is of that version; else from 0 on.

        Nothing of it is asked for before its first block is wanted.
        """
        with _kept_trying(_shown(bucket, key)):
            found = self.find(bucket, key)
        begin = start if version == found.version and start < found.bytes else 0
        answer = Answer(_shown(bucket, key), begin, found.bytes, found.version, found.sha256)
        yield Arriving(answer, self._blocks(bucket, found, begin))

    def listed(self, bucket: str, prefix: str) -> Iterator[StoredFootage]:
        """Every object whose key begins so, in the order of the keys, a page at a time."""
        with mapped(bucket):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for entry in page.get("Contents", ()):
                    yield StoredFootage(entry["Key"], entry["Size"], entry["ETag"])

    def presigned(self, bucket: str, key: str, *, expires_s: int) -> str:
        """A URL that gives the object to anyone for so many seconds; nothing is sent."""
        with mapped(bucket):
            return self._client.generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=expires_s
            )

    @property
    def _client(self) -> S3Client:
        with self._connecting:
            if self._connected is None:
                made = connected(self._access)
                self._connected = made.client
                if made.session.get_credentials() is None:
                    raise NoCredentialsError
            return self._connected

    def _blocks(self, bucket: str, found: StoredFootage, start: int) -> Iterator[bytes]:
        if not found.bytes:
            return
        with _kept_trying(_shown(bucket, found.key)), mapped(bucket):
            try:
                got = self._client.get_object(
                    Bucket=bucket, Key=found.key, IfMatch=found.version, Range=f"bytes={start}-"
                )
            except ClientError as error:
                if refused := _refused_read(error, bucket, found.key):
                    raise refused from None
                raise
            with got["Body"] as body:
                while block := body.read(BLOCK_BYTES):
                    yield block


@contextmanager
def _kept_trying(name: str) -> Iterator[None]:
    """What another try may read is a FetchBroken in the block."""
    try:
        yield
    except StorageUnreachable as error:
        raise FetchBroken(error.message, *error.remedies) from None
    except IncompleteReadError:
        raise FetchBroken(f"The answer with {name} was cut short.", Remedy("retry")) from None


def _shown(bucket: str, key: str) -> str:
    return shown(f"s3://{bucket}/{key}")


def _refused(status: int, bucket: str, key: str) -> NotFetched:
    what = _shown(bucket, key)
    if status == 404:
        return NotFetched(f"There is nothing at {what}.", "Check the address.")
    return NotFetched(
        f"{what} is not there, or may not be read.",
        "Check the address, and that the AWS credentials have s3:GetObject and s3:ListBucket there.",
    )


def _refused_read(error: ClientError, bucket: str, key: str) -> NotFetched | None:
    """What the refusal of an object's bytes means, once its head was read."""
    what = _shown(bucket, key)
    if status_of(error) == 412:
        return FetchBroken(f"{what} changes while it is fetched.", Remedy("retry", ("later",)))
    if error.response.get("Error", {}).get("Code") == "InvalidObjectState":
        return NotFetched(f"{what} lies in an archive.", "Restore it first.")
    return _refused(status_of(error), bucket, key) if status_of(error) in (403, 404) else None


def _hex(told: str) -> str:
    try:
        return base64.b64decode(told, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""
