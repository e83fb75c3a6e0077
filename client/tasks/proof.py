"""A URL that was seen to give its file, and that outlives the service's queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from screentest.client.errors import StorageError
from screentest.client.registry.records import iso
from screentest.client.remote.http import Http
from screentest.client.remote.storage import RENEW_CREDENTIALS, Bucket, Upload, prove
from screentest.client.tasks.session import Session
from screentest.prep.core.progress import stage
from screentest.prep.core.remedy import Remedy

_SHORT = timedelta(minutes=5)
"""A URL with less than this left may end in the service's queue (assumed)."""


def proven(key: str, path: Path, *, what: str, bucket: Bucket, http: Http, session: Session) -> Upload:
    """A URL of the object that gives the file, and lives long enough when this returns.

    ``what``: the file as messages call it. One that is short by now is made and proven once more.
    Raises StorageError where that ends too soon as well, by the credentials' end or its own.
    """
    upload = _presented(key, path, bucket, http, session)
    if _is_short(upload, session):
        upload = _presented(key, path, bucket, http, session)
    if _is_short(upload, session):
        raise _ends_too_soon(upload, what)
    if warning := _about_credentials(upload, what):
        session.watcher.warned(warning)
    return upload


def least_life(url_expires_s: int) -> timedelta:
    """What must be left of a URL, made to live ``url_expires_s``, when a submit takes it along."""
    return min(_SHORT, timedelta(seconds=url_expires_s / 2))


def _presented(key: str, path: Path, bucket: Bucket, http: Http, session: Session) -> Upload:
    settings = session.settings
    upload = bucket.present(key, expires_s=settings.url_expires_s, now=session.clocks.now())
    with stage(session.watcher, "prove") as under_way:
        prove(upload, path, http=http, service_url=settings.base_url)
        under_way.summary = "its URL gives the file"
    return upload


def _is_short(upload: Upload, session: Session) -> bool:
    left = upload.expires_at - session.clocks.now()
    return left < least_life(session.settings.url_expires_s)


def _cut_at(upload: Upload) -> datetime | None:
    """When the credentials end, where the URL's life is cut by that."""
    end_at = upload.credentials_end_at
    return end_at if end_at and end_at <= upload.expires_at else None


def _ends_too_soon(upload: Upload, what: str) -> StorageError:
    if end_at := _cut_at(upload):
        return StorageError(
            f"The AWS credentials end at {iso(end_at)}, and the {what}'s URL with them: too soon for "
            "the service to fetch it. Nothing was submitted.",
            *RENEW_CREDENTIALS,
        )
    return StorageError(
        f"The {what}'s URL was proven too slowly: it ends at {iso(upload.expires_at)}, too soon for "
        "the service to fetch it. Nothing was submitted.",
        Remedy("retry", ("with a better connection to the bucket",)),
    )


def _about_credentials(upload: Upload, what: str) -> str:
    if upload.temporary and upload.credentials_end_at is None:
        return (
            f"The AWS credentials are temporary: the {what}'s URL ends with them, whatever its own "
            "expiry says."
        )
    if end_at := _cut_at(upload):
        return f"The AWS credentials are temporary: the {what}'s URL ends with them at {iso(end_at)}."
    return ""
