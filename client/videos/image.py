"""The first frame of a video: in the bucket while its order is under way."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from screentest.client.errors import ConfigError, StorageError
from screentest.client.remote.http import Http
from screentest.client.remote.storage import Bucket
from screentest.client.tasks.proof import proven
from screentest.client.tasks.session import Session
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import stage

IMAGES = "images"
"""Where first frames lie in the registry's folder of the bucket."""


def is_url(image: str) -> bool:
    """Whether the service can fetch the image itself."""
    return image.startswith(("https://", "http://"))


def image_sha256(image: str) -> str:
    """The hex sha256 of an image's file. Raises ConfigError where it cannot be read."""
    try:
        return sha256_of(Path(image))
    except OSError as error:
        raise ConfigError(
            f"The image {image} cannot be read: {error.strerror}.", "Give a path or a URL."
        ) from None


def put_image(image: str, *, sha256: str, identity: str, session: Session) -> str:
    """A URL that was seen to give the image's file, which is then in the bucket.

    ``identity``: the order's, whose lock is held. Raises StorageError.
    """
    path = Path(image)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    clocks, settings = session.clocks, session.settings
    key = _key(image, identity, session)
    with Bucket(settings) as bucket, Http(clock=clocks.clock, sleep=clocks.sleep) as http:
        with stage(session.watcher, "upload") as under_way:
            bucket.put(path, sha256=sha256, key=key, content_type=kind, progress=under_way.advance)
            under_way.summary = f"{settings.bucket}/{key}"
        return proven(key, path, what="image", bucket=bucket, http=http, session=session).url


def take_image_out(image: str, *, identity: str, session: Session) -> None:
    """Delete the image from the bucket; what goes wrong is told and nothing more."""
    try:
        with Bucket(session.settings) as bucket:
            bucket.delete(_key(image, identity, session))
    except StorageError as error:
        session.watcher.warned(f"The image stays in the bucket: {error.message}")


def _key(image: str, identity: str, session: Session) -> str:
    """A key of this very order, whose lock is held: nobody else's video needs the object."""
    suffix = Path(image).suffix.lower()
    return f"{session.registry.folder}/{IMAGES}/{identity[:32]}{suffix}"
