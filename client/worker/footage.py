"""Footage of a job on a worker: the very file where it is shared, else fetched."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from screentest.client.worker.fetch import fetched
from screentest.client.worker.job import Place
from screentest.client.worker.not_fetched import NotFetched

_EDGE_BYTES: Final = 262_144


class NotShared(NotFetched):
    """The file does not lie on this machine where it lies on the driver's, or another one does."""


def found(place: Place, folder: Path) -> Path:
    """Where the footage lies on this machine; what lies at a URL is fetched to ``folder``.

    Raises NotShared for a path that does not lead to the very file, and what ``fetched`` raises.
    """
    if place.path is not None and place.bytes is not None:
        if mark_of(Path(place.path)) != (place.bytes, place.tag):
            raise NotShared(f"A worker does not see the file {place.shown}.")
        return Path(place.path)
    path = fetched(place, folder)
    if path.parent == folder:
        os.utime(path)
    return path


def mark_of(path: Path) -> tuple[int, str] | None:
    """Size and tag of a file, by which two machines know that it is the same; None where there is none.

    The tag is a hash of its first and last 256 kB: a name may lead elsewhere on another machine, and
    that is not worth reading all of an archive for.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest.update(file.read(_EDGE_BYTES))
            file.seek(max(0, size - _EDGE_BYTES))
            digest.update(file.read(_EDGE_BYTES))
    except OSError:
        return None
    return size, digest.hexdigest()
