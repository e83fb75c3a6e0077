"""Files in the bucket under the identity of what they are sent for: the images or clips of one order.

Several of one identity lie side by side. Whoever puts them there holds the identity's lock, so nobody
else needs them.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from screentest.client.errors import ConfigError, StorageError
from screentest.client.remote.http import Http
from screentest.client.remote.storage import Bucket
from screentest.client.tasks.keys import object_keys
from screentest.client.tasks.proof import proven
from screentest.client.tasks.session import Session
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import stage


def put_objects(
    paths: Sequence[Path],
    *,
    identity: str,
    session: Session,
    what: str = "file",
    numbered: bool = True,
) -> tuple[str, ...]:
    """A URL of each file, which is in the bucket then and was seen to be given by it.

    ``identity``: the order's, whose lock is held. ``what``: one of the files as messages call it.
    ``numbered``: as of ``object_keys``. Raises ConfigError for a file that cannot be read,
    StorageError, or what the proof raises.
    """
    if not paths:
        return ()
    clocks, settings, watcher = session.clocks, session.settings, session.watcher
    folder = session.registry.folder
    keys = object_keys(paths, identity=identity, folder=folder, numbered=numbered)
    hashes = [_hash_of(path, what) for path in paths]
    with Bucket(settings) as bucket, Http(clock=clocks.clock, sleep=clocks.sleep) as http:
        with stage(watcher, "upload") as under_way:
            for done, (key, path, sha256) in enumerate(zip(keys, paths, hashes, strict=True)):
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                bucket.put(path, sha256=sha256, key=key, content_type=kind)
                under_way.advance((done + 1) / len(keys))
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
        stays = "stay" if len(keys) > 1 else "stays"
        session.watcher.warned(f"The {what} {stays} in the bucket: {error.message}")
        return False
    return True


def _hash_of(path: Path, what: str) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise ConfigError(
            f"The {what} {path} cannot be read: {error.strerror}.", "Nothing was submitted."
        ) from None
