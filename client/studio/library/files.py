"""Files that the registry tells of, as long as they are what was recorded.

An imported registry may name any file of this machine: one is given to a page only if its content has
the recorded hash.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from screentest.prep.core.errors import NotFound
from screentest.prep.core.files import holds


def recorded(path: str | None, sha256: str | None) -> Path:
    """The file. Raises NotFound for one that is gone, or is not what was recorded."""
    file = Path(path or "")
    if path and sha256:
        try:
            about = file.stat()
        except OSError:
            about = None
        if about and _is_same(file, sha256, about.st_size, about.st_mtime_ns, about.st_ino):
            return file
    raise NotFound("The file is gone, or was changed since it was recorded.")


@lru_cache(maxsize=4096)
def _is_same(file: Path, sha256: str, *_seen: int) -> bool:
    """Whether the file holds that content. ``_seen``: what changes when the file does."""
    return holds(file, sha256)
