"""Object storage: the only place that makes boto3's clients.

Clips are private objects under keys that name their content, so that the same clip is uploaded
once, in a folder of the registry's own, so that several homes can share a bucket. Credentials,
profile, endpoint and region come from boto3's own chain unless the settings say them aloud, as a
sandbox's do.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError, NoCredentialsError

from screentest.client.config import Settings
from screentest.client.errors import BucketUnusable, UrlNotServed
from screentest.client.remote.http import Http, Request, is_loopback
from screentest.client.remote.s3_clients import CLIENTS, is_aws
from screentest.client.remote.scrub import scrubbed
from screentest.client.remote.storage_errors import RENEW_CREDENTIALS as RENEW_CREDENTIALS
from screentest.client.remote.storage_errors import mapped, status_of
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

CONTENT_TYPE = "video/mp4"
REUSED_FOR = timedelta(days=7)
"""An object older than this is uploaded again: see ``clean_up.LEFT_ALONE_FOR``."""
_ONE_PUT_BYTES = 64_000_000
"""Up to this a clip is sent in one request: a killed upload in parts stays in the bucket, unseen."""
PROVEN_BYTES = 65_536
"""How much of the object the proof compares."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A clip in the bucket. ``reused``: it was there already, and nothing was sent."""

    bucket: str
    key: str
    bytes: int
    reused: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a bucket. ``modified_at``: when it was last put there, by the server's clock."""

    key: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """A clip in the bucket and a URL that gives it to anyone until ``expires_at``.

    ``temporary``: made with temporary credentials, so the URL ends with them: at
    ``credentials_end_at``, which ``expires_at`` heeds, or at a time that boto3 does not know (None).
    ``repr`` hides the URL, which carries a signature.
    """

    bucket: str
    key: str
    url: str = field(repr=False)
    expires_at: datetime
    temporary: bool = False
    credentials_end_at: datetime | None = None


def require_bucket(settings: Settings) -> None:
    """Raises StorageError where nothing can be put into the bucket of the settings."""
    with Bucket(settings) as bucket:
        bucket.require_usable()


class Bucket:
    """The bucket that clips go to. Close it, or use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._name = settings.bucket
        with mapped(self._name):
            self._made = CLIENTS.taken(settings.s3)
        self._session, self._client = self._made.session, self._made.client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        CLIENTS.given_back(self._made, is_well=kind is None)

    def close(self) -> None:
        CLIENTS.given_back(self._made, is_well=True)

    def require_credentials(self) -> None:
        """Raises BucketUnusable where boto3's chain finds none; sends nothing to the bucket."""
        with mapped(self._name):
            if self._session.get_credentials() is None:
                raise NoCredentialsError

    def require_usable(self) -> None:
        """Raises where boto3's settings, the bucket or its region are plainly wrong, by one request.

        A key that may do nothing but put objects learns nothing here, and is let through.
        """
        self.require_credentials()
        with mapped(self._name):
            found = self._region()
        said = self._client.meta.region_name
        if found and said != found and is_aws(self._client.meta.endpoint_url):
            raise BucketUnusable(
                f"Bucket {self._name} is in region {scrubbed(found, most=40)}, not {said}.",
                f"Set AWS_DEFAULT_REGION to {scrubbed(found, most=40)}.",
            )

    def _region(self) -> str:
        """The bucket's region as its server tells it, "" where it does not."""
        try:
            headers = self._client.head_bucket(Bucket=self._name)["ResponseMetadata"]["HTTPHeaders"]
        except ClientError as error:
            if status_of(error) == 404:
                raise
            headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return headers.get("x-amz-bucket-region", "")

    def put(
        self,
        path: Path,
        *,
        sha256: str,
        key: str,
        content_type: str = CONTENT_TYPE,
        progress: Callable[[float], None] | None = None,
    ) -> Stored:
        """The file in the bucket, uploaded unless an object of its size and hash is there.

        One that is older than ``REUSED_FOR`` does not count. ``progress`` gets the share sent, 0 to
        1. Raises StorageError or one of its kinds.
        """
        with mapped(self._name):
            size = path.stat().st_size
            if self._holds(key, sha256=sha256, size=size):
                return Stored(self._name, key, size, reused=True)
            self._client.upload_file(
                str(path),
                self._name,
                key,
                ExtraArgs={"ContentType": content_type, "Metadata": {"sha256": sha256}},
                Callback=_Share(size, progress),
                Config=TransferConfig(multipart_threshold=_ONE_PUT_BYTES, use_threads=False),
            )
        return Stored(self._name, key, size, reused=False)

    def present(self, key: str, *, expires_s: int, now: datetime | None = None) -> Upload:
        """A URL that gives the object to anyone for ``expires_s`` seconds; nothing is sent."""
        with mapped(self._name):
            url = self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._name, "Key": key}, ExpiresIn=expires_s
            )
            credentials = self._session.get_credentials()
            has_token = credentials is not None and credentials.token is not None
        expires_at = (now or datetime.now(UTC)) + timedelta(seconds=expires_s)
        # botocore tells nobody when credentials end, and keeps it in this attribute.
        end_at: datetime | None = getattr(credentials, "_expiry_time", None)
        return Upload(
            bucket=self._name,
            key=key,
            url=url,
            expires_at=min(expires_at, end_at or expires_at),
            temporary=has_token or end_at is not None,
            credentials_end_at=end_at,
        )

    def delete(self, key: str) -> None:
        """Take an object out of the bucket; one that is not there is no error."""
        with mapped(self._name):
            self._client.delete_object(Bucket=self._name, Key=key)

    def listed(self, folder: str) -> Iterator[Listed]:
        """Every object in a folder of the bucket."""
        with mapped(self._name):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._name, Prefix=f"{folder}/"):
                for entry in page.get("Contents", ()):
                    yield Listed(entry["Key"], entry["LastModified"])

    def modified_at(self, key: str) -> datetime | None:
        """When an object was last put there, by the server's clock; None where there is none."""
        with mapped(self._name):
            head = self._head(key)
        return head["LastModified"] if head else None

    def _holds(self, key: str, *, sha256: str, size: int) -> bool:
        head = self._head(key)
        if head is None or datetime.now(UTC) - head["LastModified"] > REUSED_FOR:
            return False
        return head["ContentLength"] == size and head["Metadata"].get("sha256") == sha256

    def _head(self, key: str) -> HeadObjectOutputTypeDef | None:
        try:
            return self._client.head_object(Bucket=self._name, Key=key)
        except ClientError as error:
            # Without the right to list, S3 answers 403 for an object that is not there.
            if status_of(error) in (403, 404):
                return None
            raise


def key_of(sha256: str, *, folder: str) -> str:
    """The object key of a clip: its content's name, in the registry's folder."""
    return f"{folder}/{sha256}.mp4"


def prove(upload: Upload, path: Path, *, http: Http, service_url: str) -> None:
    """Return if the URL gives the clip at ``path`` back, by a ranged GET of its first bytes.

    ``service_url``: who will fetch it, as a URL on this computer is no use to anyone else. Raises
    UrlNotServed saying how the answer differs, ServiceUnreachable without an answer.
    """
    if is_loopback(upload.url) and not is_loopback(service_url):
        raise UrlNotServed(
            f"{urlsplit(service_url).netloc} cannot fetch a clip from {_host(upload)}, "
            "which is this computer.",
            Remedy("settings", words="use a bucket on the internet"),
            Remedy("sandbox", words="try it on this computer"),
        )
    with mapped(upload.bucket):
        size = path.stat().st_size
        wanted = _start_of(path)
    headers = {"Range": f"bytes=0-{len(wanted) - 1}", "Accept-Encoding": "identity"}
    reply = http.read(Request("GET", upload.url, headers=headers, most_bytes=len(wanted)))
    if problem := _difference(reply.status, reply.headers, reply.body, wanted=wanted, size=size):
        raise UrlNotServed(f"The clip's URL at {_host(upload)} {problem}.", _URL_HINT)


def _start_of(path: Path) -> bytes:
    with path.open("rb") as clip:
        return clip.read(PROVEN_BYTES)


def _difference(
    status: int, headers: Mapping[str, str], body: bytes, *, wanted: bytes, size: int
) -> str:
    if status not in (200, 206):
        code = re.search(rb"<Code>(\w{1,60})</Code>", body)
        return f"answers {status}{f' ({code[1].decode()})' if code else ''}"
    total = headers.get("content-range", "").rpartition("/")[2]
    if status == 200:
        total = headers.get("content-length", "")
    if total != str(size):
        return f"gives an object of {total or 'unknown'} bytes, not {size}"
    return "" if body == wanted else "gives other bytes than the clip's"


_URL_HINT = (
    "Check that this computer's clock is right, that the key may read the bucket, and that "
    "AWS_DEFAULT_REGION is the bucket's region."
)


def _host(upload: Upload) -> str:
    return scrubbed(urlsplit(upload.url).netloc, most=200)


class _Share:
    """boto3's callback: bytes sent since the last call, turned into the share of the whole."""

    def __init__(self, size: int, progress: Callable[[float], None] | None) -> None:
        self._size = max(size, 1)
        self._progress = progress
        self._sent = 0
        self._lock = threading.Lock()

    def __call__(self, count: int) -> None:
        with self._lock:
            self._sent += count
            share = min(1.0, self._sent / self._size)
        if self._progress is not None:
            self._progress(share)
