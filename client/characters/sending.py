"""What a registration sends: its clip or stills in the bucket, and URLs that were seen to give them."""

from __future__ import annotations

from pathlib import Path

from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.remote.http import Http
from screentest.client.remote.models.reference import StillUrls
from screentest.client.remote.storage import Bucket, key_of
from screentest.client.tasks.keys import object_keys
from screentest.client.tasks.objects import put_objects
from screentest.client.tasks.proof import proven
from screentest.client.tasks.session import Session
from screentest.prep.core.progress import stage


def stills_sent(record: Registration, session: Session) -> tuple[Registration, StillUrls]:
    """The row at ``uploaded`` and its stills' URLs, the first as the frontal one. Raises StorageError.

    Their keys are this registration's own, so nobody else's run needs the objects.
    """
    paths, identity = [Path(still.path) for still in record.stills], record.identity
    keys = object_keys(paths, identity=identity, folder=session.registry.folder)
    # Before anything is put: what lies in the bucket must be known, whatever comes between.
    row = _uploaded(record, session.settings.bucket, keys[0], session)
    frontal, *others = put_objects(paths, identity=identity, session=session, what="still")
    return row, StillUrls(frontal, tuple(others))


def clip_sent(record: Registration, session: Session) -> tuple[Registration, str]:
    """The row at ``uploaded`` and its clip's URL. Raises StorageError."""
    clip, clocks = record.clip, session.clocks
    if clip is None:
        raise ValueError(f"a row at {record.state} has no clip")
    path = Path(clip.path)
    with (
        Bucket(session.settings) as bucket,
        Http(clock=clocks.clock, sleep=clocks.sleep) as http,
    ):
        record = _with_clip_there(record, path, clip.sha256, bucket, session)
        key = record.object_key or ""
        upload = proven(key, path, what="clip", bucket=bucket, http=http, session=session)
    return record, upload.url


def _with_clip_there(
    record: Registration, path: Path, sha256: str, bucket: Bucket, session: Session
) -> Registration:
    locks, told = session.settings.home / "locks", session.watcher.warned
    with (
        stage(session.watcher, "upload") as under_way,
        # Not while another run, done with the same clip, takes its object away.
        locked(locks, sha256, what="the clip's object", wait_s=600.0, told=told),
    ):
        stored = bucket.put(
            path,
            sha256=sha256,
            key=key_of(sha256, folder=session.registry.folder),
            progress=under_way.advance,
        )
        place = f"{stored.bucket}/{stored.key}"
        under_way.summary = f"{place}{', already there' if stored.reused else ''}"
        return _uploaded(record, stored.bucket, stored.key, session)


def _uploaded(record: Registration, bucket: str, key: str, session: Session) -> Registration:
    ledger = session.registry.registrations
    if record.state == "uploaded":
        if (record.bucket, record.object_key) == (bucket, key):
            return record
        record = ledger.mark_back(record, "clipped", note=f"now goes to {bucket}/{key}")
    return ledger.mark_uploaded(record, bucket=bucket, key=key)
