"""Taking clips out of the bucket that no registration needs any more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from client.claims import claimed
from client.records import CharacterRecord
from client.registry import Registry

if TYPE_CHECKING:
    from client.config import Settings

_KEY = re.compile(r"clips/([0-9a-f]{64})\.mp4")


@dataclass(frozen=True, slots=True)
class Tidied:
    """``deleted``: keys that are gone, or would be. ``needed``: kept for an unfinished registration.
    ``foreign``: clips in the bucket that this registry knows nothing of, always kept.
    """

    deleted: tuple[str, ...]
    needed: tuple[str, ...]
    foreign: tuple[str, ...]


def tidy(settings: Settings, registry: Registry, *, dry_run: bool) -> Tidied:
    """Every clip in the bucket looked at, and those that are no longer needed deleted."""
    from client.storage import Bucket

    deleted, needed, foreign = [], [], []
    with Bucket(settings) as bucket:
        for key in list(bucket.clips()):
            match = _KEY.fullmatch(key)
            rows = registry.with_clip(match[1]) if match else ()
            if not rows or not match:
                foreign.append(key)
                continue
            locks = settings.home / "locks"
            with claimed(locks, match[1], what="the clip's object", wait_s=60.0):
                if any(map(_needs_it, registry.with_clip(match[1]))):
                    needed.append(key)
                    continue
                if not dry_run:
                    bucket.delete(key)
                    for row in rows:
                        if row.object_key == key and row.bucket == settings.bucket:
                            registry.object_gone(row)
                deleted.append(key)
    return Tidied(tuple(deleted), tuple(needed), tuple(foreign))


def _needs_it(row: CharacterRecord) -> bool:
    return row.deleted_at is None and row.state not in ("planned", "done", "failed")
