"""The files of one order in the bucket, under keys of their own: put there, proven, taken out again."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from screentest.client.errors import StorageError
from screentest.client.remote.http import Http
from screentest.client.remote.storage import Bucket
from screentest.client.tasks.keys import object_keys
from screentest.client.tasks.proof import proven
from screentest.client.tasks.session import Session
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import stage


def put_objects(
    paths: Sequence[Path], *, identity: str, session: Session, what: str = "file"
) -> tuple[str, ...]:
    """A URL of each file, which is in the bucket then and was seen to be given by it.

    ``what``: one of the files as messages call it. Raises StorageError, or what the proof raises.
    """
    clocks, settings, watcher = session.clocks, session.settings, session.watcher
    keys = object_keys(paths, identity=identity, folder=session.registry.folder)
    with Bucket(settings) as bucket, Http(clock=clocks.clock, sleep=clocks.sleep) as http:
        with stage(watcher, "upload") as under_way:
            for number, (key, path) in enumerate(zip(keys, paths, strict=True)):
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                bucket.put(path, sha256=sha256_of(path), key=key, content_type=kind)
                under_way.advance((number + 1) / len(keys))
            under_way.summary = f"{settings.bucket}/{', '.join(keys)}"
        return tuple(
            proven(key, path, what=what, bucket=bucket, http=http, session=session).url
            for key, path in zip(keys, paths, strict=True)
        )


def take_objects_out(keys: Sequence[str], *, session: Session, what: str = "files") -> bool:
    """Whether the objects are out of the bucket; what goes wrong is told and nothing more.

    ``what``: all of them as messages call them.
    """
    try:
        with Bucket(session.settings) as bucket:
            for key in keys:
                bucket.delete(key)
    except StorageError as error:
        session.watcher.warned(f"The {what} stay in the bucket: {error.message}")
        return False
    return True
