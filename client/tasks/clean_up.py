"""Taking out of the bucket what no registration needs any more.

Several homes may share a bucket. What lies in the folder of this home's registry, and is known to
it, is its own to judge. Anything else is left alone, unless this registry recorded it (in an earlier
version's place, or imported from another home) or it lies in its folder, and nobody can need it any
more by its age.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from screentest.client.errors import HeldElsewhere, StorageError
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Character
from screentest.client.registry.registry import Registry
from screentest.client.tasks.session import Session

if TYPE_CHECKING:
    from screentest.client.config import Settings
    from screentest.client.remote.storage import Bucket, Listed

LEFT_ALONE_FOR = timedelta(days=14)
"""An object is used for 7 days after it was put (``storage.REUSED_FOR``), through URLs that live for
7 days at most (SigV4): after that nobody can be waiting for it."""

Fate = Literal["deleted", "needed", "foreign"]

_CLIP = re.compile(r"(?:.*/)?([0-9a-f]{64})\.mp4")
_IMAGE = re.compile(r"images/([0-9a-f]{32})(\.\w+)?")
_LOCK_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``deleted``: keys that are gone, or would be. ``needed``: kept for something unfinished.
    ``foreign``: maybe another home's, kept until nobody can need them.
    """

    deleted: tuple[str, ...]
    needed: tuple[str, ...]
    foreign: tuple[str, ...]


def clean_up(settings: Settings, registry: Registry, *, dry_run: bool) -> Cleaned:
    """Every object that may be this registry's looked at, and what nobody needs deleted."""
    from screentest.client.remote.storage import Bucket

    fates: dict[Fate, list[str]] = {"deleted": [], "needed": [], "foreign": []}
    with Bucket(settings) as bucket:
        for found in list(_candidates(settings, registry, bucket)):
            with _held(settings.home, found.key) as held:
                fate = _fate(found, registry) if held else "needed"
                if fate == "deleted":
                    fate = _fate(_seen_again(found, bucket), registry)
                if fate == "deleted" and not dry_run:
                    bucket.delete(found.key)
                    _mark(found.key, settings.bucket, registry)
            fates[fate].append(found.key)
    return Cleaned(tuple(fates["deleted"]), tuple(fates["needed"]), tuple(fates["foreign"]))


def _candidates(settings: Settings, registry: Registry, bucket: Bucket) -> Iterator[Listed]:
    """What lies in the registry's folder, and what it recorded elsewhere in the bucket."""
    from screentest.client.remote.storage import Listed

    yield from bucket.listed(registry.folder)
    recorded = {
        row.object_key
        for row in registry.characters.list_with_object(settings.bucket)
        if row.object_key
    }
    for key in sorted(recorded):
        if not _is_own(key, registry) and (at := bucket.modified_at(key)):
            yield Listed(key, at)


def _seen_again(found: Listed, bucket: Bucket) -> Listed:
    """The object as it is now: another home may have put it there again since it was listed."""
    return replace(found, modified_at=bucket.modified_at(found.key) or found.modified_at)


@contextmanager
def _held(home: Path, key: str) -> Iterator[bool]:
    """Whether no other run works with the object, nor can begin to during the block."""
    found = re.search(r"[0-9a-f]{32,64}", key.rpartition("/")[2])
    with ExitStack() as stack:
        if found:
            try:
                lock = locked(home / "locks", found[0], what="the object", wait_s=_LOCK_WAIT_S)
                stack.enter_context(lock)
            except HeldElsewhere:
                yield False
                return
        yield True


def _fate(found: Listed, registry: Registry) -> Fate:
    is_own = _is_own(found.key, registry)
    image = _IMAGE.fullmatch(found.key.removeprefix(f"{registry.folder}/"))
    if is_own and image and registry.videos.is_unfinished(image[1]):
        return "needed"
    clip = _CLIP.fullmatch(found.key)
    rows = registry.characters.list_with_clip(clip[1]) if clip else ()
    if any(map(_needs_it, rows)):
        return "needed"
    is_old = registry.now() - found.modified_at > LEFT_ALONE_FOR
    # A home may have been copied, its folder's name with it: what is not recorded may be the copy's.
    is_known = bool(rows) or (image is not None and registry.videos.is_known(image[1]))
    return "deleted" if (is_own and is_known) or is_old else "foreign"


def _is_own(key: str, registry: Registry) -> bool:
    return key.startswith(f"{registry.folder}/")


def _needs_it(row: Character) -> bool:
    return row.deleted_at is None and row.state not in ("planned", "done", "failed")


def _mark(key: str, bucket: str, registry: Registry) -> None:
    for row in registry.characters.list_with_object(bucket):
        if row.object_key == key:
            registry.characters.mark_object_deleted(row)


def take_out(row: Character, session: Session) -> Character:
    """The row once its clip is out of the bucket, if nothing else needs it there.

    The character exists, so what goes wrong here is told and nothing more.
    """
    clip, settings, key = row.clip, session.settings, row.object_key
    if clip is None or key is None or row.bucket != settings.bucket:
        return row
    if not _is_own(key, session.registry):
        # Of an earlier version or of another home, which may need it: `storage clean` knows when not.
        return row
    locks, ledger = settings.home / "locks", session.registry.characters
    try:
        # The same lock as around an upload: no other run may find the object there and lose it then.
        with locked(locks, clip.sha256, what="the clip's object", wait_s=60.0):
            if ledger.list_needing(clip.sha256, besides=row):
                return row
            _delete(key, settings)
            return ledger.mark_object_deleted(row)
    except (StorageError, HeldElsewhere) as error:
        session.watcher.warned(f"The clip stays in the bucket: {error.message}")
        return row


def _delete(key: str, settings: Settings) -> None:
    from screentest.client.remote.storage import Bucket

    with Bucket(settings) as bucket:
        bucket.delete(key)
