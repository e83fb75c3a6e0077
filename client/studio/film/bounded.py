"""Folders of things that can be made again: the least recently used go where there are too many."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def used(file: Path) -> bool:
    """Whether the file is there; it counts as used now."""
    try:
        os.utime(file)
    except OSError:
        return False
    return True


def trim(folder: Path, *, most_bytes: int, pattern: str = "*") -> None:
    """Deletes what was used longest ago until the rest takes no more than ``most_bytes``.

    What was used last stays, however large. Files that are gone meanwhile are none of its business.
    """
    found: list[tuple[float, int, Path]] = []
    for file in folder.glob(pattern):
        with suppress(OSError):
            about = file.stat()
            found.append((about.st_mtime, about.st_size, file))
    found.sort(reverse=True)
    total = 0
    for index, (_, size, file) in enumerate(found):
        total += size
        if index and total > most_bytes:
            with suppress(OSError):
                file.unlink()
