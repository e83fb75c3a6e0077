"""The bucket as a way between machines: footage out to workers, their clips back.

What is under way lies in a folder of the registry's own, under names that nobody can guess, and is
deleted as soon as it has arrived. What a killed run left there is swept by a later one.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from screentest.client.config import Settings
from screentest.client.errors import ConfigError, StorageError
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.remote.storage import CONTENT_TYPE, Bucket
from screentest.client.remote.storage_errors import mapped
from screentest.prep.core.remedy import Remedy

SWEPT_AFTER: Final = timedelta(days=2)
"""No run holds anything under way for so long: its URLs have ended long before."""
_BLOCK_BYTES: Final = 262_144


@dataclass(frozen=True, slots=True)
class PutUrl:
    """Where one file may be put, and the headers that are signed with it; ``repr`` hides both."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Footage in the bucket. ``tag``: its ETag, with the quotes that it has in HTTP."""

    key: str
    bytes: int
    tag: str


class Transit(Bucket):
    """The bucket of the settings, for what only passes through. Threads may share it."""

    def present_put(self, key: str, *, sha256: str, expires_s: int) -> PutUrl:
        """A URL by which anyone may put one clip there within ``expires_s``; nothing is sent.

        The bytes of that hash alone, as ``video/mp4``, where there is no object yet: all signed.
        """
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with mapped(self._name):
            url = self._client.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self._name,
                    "Key": key,
                    "ContentType": CONTENT_TYPE,
                    "ChecksumSHA256": checksum,
                    "IfNoneMatch": "*",
                },
                ExpiresIn=expires_s,
            )
        signed = {
            "content-type": CONTENT_TYPE,
            "x-amz-checksum-sha256": checksum,
            "if-none-match": "*",
        }
        # botocore moves some of them into the query, where they are sent already.
        there = {name.lower() for name in parse_qs(urlsplit(url).query)}
        return PutUrl(url, {name: value for name, value in signed.items() if name not in there})

    def fetch(self, key: str, path: Path, *, most_bytes: int) -> None:
        """Write an object to a file. Raises StorageError, for a larger one too; OSError of the file."""
        with mapped(self._name):
            answer = self._client.get_object(Bucket=self._name, Key=key)
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] > most_bytes:
                    raise StorageError(f"{key} in bucket {self._name} is larger than was said.")
                with path.open("wb") as file:
                    for block in body.iter_chunks(_BLOCK_BYTES):
                        file.write(block)

    def hand_in(
        self, path: Path, key: str, *, progress: Callable[[int], None] = lambda _: None
    ) -> Parcel:
        """Footage of this machine, put there. ``progress`` hears of bytes sent, and may raise.

        Raises StorageError.
        """
        with mapped(self._name):
            self._client.upload_file(str(path), self._name, key, Callback=progress)
            head = self._client.head_object(Bucket=self._name, Key=key)
        return Parcel(key, head["ContentLength"], head["ETag"])

    def sweep(self, folder: str, *, now: datetime | None = None) -> None:
        """Delete what a killed run left under way: objects, and uploads in parts that never ended."""
        before = (now or datetime.now(UTC)) - SWEPT_AFTER
        for found in list(self.listed(folder)):
            if found.modified_at < before:
                self.delete(found.key)
        with mapped(self._name):
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self._name, Prefix=f"{folder}/"):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before:
                        self._client.abort_multipart_upload(
                            Bucket=self._name, Key=upload["Key"], UploadId=upload["UploadId"]
                        )


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Transit, str]]:
    """The bucket of the settings, and the folder of this home's parcels in it.

    Raises ConfigError where no bucket is named, StorageError where it is plainly of no use.
    """
    if not settings.bucket:
        raise ConfigError(
            "Workers of a cluster give their clips back through a bucket, and none is named.",
            Remedy("settings", words="set SCREENTEST_BUCKET, and credentials for it"),
        )
    with Registry(settings.home / FILE_NAME) as registry:
        folder = transit_folder(registry.folder)
    with Transit(settings) as transit:
        transit.require_usable()
        yield transit, folder


def transit_folder(registry_folder: str) -> str:
    """Where a registry's parcels lie, apart from what its rows put into the bucket."""
    return f"{registry_folder}-transit"


def new_key(folder: str) -> str:
    """A key that nobody can guess."""
    return f"{folder}/{secrets.token_hex(16)}"
