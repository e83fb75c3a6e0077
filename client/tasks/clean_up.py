"""Taking out of the bucket what no registration needs any more.

Several homes may share a bucket with one another and with anybody. So nothing is deleted outside the
folder of this home's registry, and there only what has a key of our form that a row of this registry
put there. What an import says of an object decides nothing: it may have been written by anyone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from screentest.client.errors import HeldElsewhere, StorageError
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import Registry
from screentest.client.tasks.keys import IMAGES, KEY_OF_ONE, object_keys
from screentest.client.tasks.session import Session

if TYPE_CHECKING:
    from screentest.client.config import Settings
    from screentest.client.remote.storage import Bucket, Listed

LEFT_ALONE_FOR = timedelta(days=14)
"""An object is used for 7 days after it was put (``storage.REUSED_FOR``), through URLs that live for
7 days at most (SigV4): after that nobody can be waiting for it."""

Fate = Literal["deleted", "needed", "foreign"]

_CLIP = re.compile(r"([0-9a-f]{64})\.mp4")
_LOCK_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``deleted``: keys that are gone, or would be. ``needed``: kept for something unfinished.
    ``foreign``: what no row of this registry put there, such as a copied home's.
    """

    deleted: tuple[str, ...]
    needed: tuple[str, ...]
    foreign: tuple[str, ...]


def clean_up(settings: Settings, registry: Registry, *, dry_run: bool) -> Cleaned:
    """Every object in this registry's folder looked at, and what nobody needs deleted."""
    from screentest.client.remote.storage import Bucket

    fates: dict[Fate, list[str]] = {"deleted": [], "needed": [], "foreign": []}
    with Bucket(settings) as bucket:
        for found in list(bucket.listed(registry.folder)):
            with _held(settings.home, found.key) as held:
                fate = _fate(found, settings.bucket, registry) if held else "needed"
                if fate == "deleted":
                    fate = _fate(_seen_again(found, bucket), settings.bucket, registry)
                if fate == "deleted" and not dry_run:
                    bucket.delete(found.key)
                    _mark(found.key, settings.bucket, registry)
            fates[fate].append(found.key)
    return Cleaned(tuple(fates["deleted"]), tuple(fates["needed"]), tuple(fates["foreign"]))


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


def _fate(found: Listed, bucket: str, registry: Registry) -> Fate:
    name = found.key.removeprefix(f"{registry.folder}/")
    if clip := _CLIP.fullmatch(name):
        return _fate_of_clip(found.key, clip[1], bucket, registry)
    image = KEY_OF_ONE.fullmatch(name)
    if image is None:
        return "foreign"
    if rows := registry.registrations.list_begun(image[1]):
        return _fate_of_still(found, rows, bucket, registry)
    if registry.videos.is_unfinished(image[1]):
        return "needed"
    # A home may have been copied, its folder's name with it, and its copy be at work on the same.
    is_old = _is_old(found, registry)
    return "deleted" if is_old and registry.videos.is_known(image[1]) else "foreign"


def _fate_of_clip(key: str, sha256: str, bucket: str, registry: Registry) -> Fate:
    rows = registry.registrations.list_with_clip(sha256)
    if any(map(_needs_it, rows)):
        return "needed"
    is_recorded = any((row.bucket, row.object_key) == (bucket, key) for row in rows)
    return "deleted" if is_recorded else "foreign"


def _fate_of_still(
    found: Listed, rows: Sequence[Registration], bucket: str, registry: Registry
) -> Fate:
    if any(map(_needs_it, rows)):
        return "needed"
    is_recorded = any(row.bucket == bucket and found.key in still_keys(row) for row in rows)
    # One more than a row has now was put by an earlier try, or by a copy of this home.
    return "deleted" if is_recorded or _is_old(found, registry) else "foreign"


def _is_old(found: Listed, registry: Registry) -> bool:
    return registry.now() - found.modified_at > LEFT_ALONE_FOR


def still_keys(row: Registration) -> tuple[str, ...]:
    """The keys that a registration's stills have in the bucket, () for none that were put there."""
    folder, found, _ = (row.object_key or "").partition(f"/{IMAGES}/")
    if not found:
        return ()
    paths = [Path(still.path) for still in row.stills]
    return object_keys(paths, identity=row.identity, folder=folder)


def _needs_it(row: Registration) -> bool:
    return row.deleted_at is None and row.state not in ("planned", "done", "failed")


def _mark(key: str, bucket: str, registry: Registry) -> None:
    for row in registry.registrations.list_with_object(bucket):
        if row.object_key == key:
            registry.registrations.mark_object_deleted(row)


def take_out(row: Registration, session: Session) -> Registration:
    """The row once its clip is out of the bucket, if nothing else needs it there.

    The character exists, so what goes wrong here is told and nothing more.
    """
    from screentest.client.remote.storage import key_of

    clip, settings, key = row.clip, session.settings, row.object_key
    if clip is None or key is None or row.bucket != settings.bucket:
        return row
    if key != key_of(clip.sha256, folder=session.registry.folder):
        return row  # of another home, which may need it
    locks, ledger = settings.home / "locks", session.registry.registrations
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


def take_stills_out(row: Registration, session: Session) -> Registration:
    """The row once its stills are out of the bucket; what goes wrong is told and nothing more."""
    from screentest.client.tasks.objects import take_objects_out

    keys, settings = still_keys(row), session.settings
    of_this_home = row.object_key and row.object_key.startswith(f"{session.registry.folder}/")
    if not keys or row.bucket != settings.bucket or not of_this_home:
        return row
    if not take_objects_out(keys, session=session, what="stills"):
        return row
    return session.registry.registrations.mark_object_deleted(row)


def _delete(key: str, settings: Settings) -> None:
    from screentest.client.remote.storage import Bucket

    with Bucket(settings) as bucket:
        bucket.delete(key)
