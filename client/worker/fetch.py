"""Footage on a worker: where it lies, or fetched to the worker's own scratch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from screentest.client.worker.job import Place
from screentest.client.worker.not_fetched import FetchBroken
from screentest.prep.core.errors import NotFound
from screentest.prep.core.files import private_folder
from screentest.prep.core.remedy import Remedy


def fetched(place: Place, folder: Path, *, progress: Callable[[float], None] = lambda _: None) -> Path:
    """Where the footage lies on this machine: at the path it is shared at, else in ``folder``.

    What was fetched there before is taken where it is of the same tag; a part of it is gone on with.
    The file is called after its content's tag, so that one folder serves many jobs; whoever owns the
    folder bounds it. Raises NotFound, NotFetched, FetchBroken, DiskFull.
    """
    if place.url is None:
        if place.path is None or not _is_there(place.path):
            raise NotFound(f"There is no file {place.shown}.")
        return Path(place.path)
    from screentest.client.worker.line import Reach
    from screentest.client.worker.receive import MOST_BYTES, Bounds, Part, received
    from screentest.client.worker.web import opened

    target = private_folder(folder) / local_name(place.shown, place.tag)
    if place.tag and target.exists():
        return target
    part = Part(target.with_name(target.name + ".part"))
    reach = Reach(is_own=place.is_own, allow_private=place.allow_private)
    most_bytes = MOST_BYTES if place.most_bytes is None else place.most_bytes
    answer = received(
        partial(opened, place.url, reach=reach), part, Bounds(most_bytes, progress=progress)
    )
    if place.tag and answer.version not in ("", place.tag):
        part.forget()
        raise FetchBroken(f"{place.shown} has changed since it was listed.", Remedy("retry"))
    part.become(target)
    return target


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # such as a name that is too long
        return False


def local_name(shown: str, tag: str) -> str:
    """What a file of that address and tag is called here: a hash, and its ending for people."""
    digest = hashlib.sha256(f"{shown}\0{tag}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    ending = PurePosixPath(unquote(urlsplit(shown).path)).suffix.lower()
    return digest + (ending if ending.isascii() and ending[1:].isalnum() and len(ending) <= 8 else "")
