"""Files that are dropped on the page: streamed into a folder of the home, under a safe name."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from typing import Final

from starlette.concurrency import run_in_threadpool

from screentest.prep.core.errors import ConfigError, NotAVideo
from screentest.prep.core.files import not_writable, private_folder, sha256_of
from screentest.prep.media.suffixes import VIDEOS

MOST_BYTES: Final = 50_000_000_000
"""A larger file is better named by its path than copied."""
_LONGEST: Final = 120


def safe_name(name: str) -> str:
    """The last part of a name, without what a file system or a terminal might take for more.

    Raises NotAVideo for one that is not called as videos are.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = re.sub(r"[^\w .()\[\]+@-]", "_", last, flags=re.UNICODE).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if not stem or f"{dot}{suffix}".lower() not in VIDEOS:
        raise NotAVideo(f"{last or name!r} is not called as a video is.", "Drop video files.")
    while len(f"{stem}.{suffix}".encode()) > _LONGEST:
        stem = stem[:-1]
    return f"{stem}.{suffix}"


async def dropped(
    content: AsyncIterator[bytes], name: str, *, folder: Path, most_bytes: int = MOST_BYTES
) -> Path:
    """Where the file lies now, whole; the same file dropped again lies where it lay.

    Raises NotAVideo for its name, ConfigError for one that is too large or empty, and OutputNotWritable
    or DiskFull. Nothing half-copied stays.
    """
    target = private_folder(folder) / safe_name(name)
    part = target.with_name(f".{target.stem[:80]}.{secrets.token_hex(8)}.part")
    copied = 0
    try:
        with part.open("xb") as file:
            async for block in content:
                copied += len(block)
                if copied > most_bytes:
                    raise ConfigError(
                        f"{name!r} is larger than {most_bytes} bytes.", "Add it by its path instead."
                    )
                await run_in_threadpool(file.write, block)
        if not copied:
            raise ConfigError(f"{name!r} is empty.", "Drop it again.")
        return await run_in_threadpool(_placed, part, target)
    except OSError as error:
        raise not_writable(target, error, "copy") from error
    finally:
        part.unlink(missing_ok=True)


def _placed(part: Path, target: Path) -> Path:
    """The part at its place: beside another file of that name, or instead of its own double."""
    place, number = target, 1
    while place.exists():
        if sha256_of(place) == sha256_of(part):
            return place
        number += 1
        place = target.with_stem(f"{target.stem} {number}")
    part.chmod(0o600)
    part.rename(place)
    return place
