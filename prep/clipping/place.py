"""Where a clip goes: its name and folder, decided before any work."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.prep.core.errors import (
    FootageError,
    ImpossibleWish,
    OutputExists,
    OutputNotWritable,
)
from screentest.prep.core.files import may_write
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

if TYPE_CHECKING:
    from screentest.prep.core.spec import ClipSpec

# What a player or a viewer would take for a format that a clip is not.
# fmt: off
_OTHER_FORMATS = {
    ".mov", ".mkv", ".webm", ".avi", ".gif", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv",
    ".3gp", ".ogv", ".mxf", ".vob", ".m3u8", ".h264", ".hevc",
    ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".svg", ".pdf",
    ".mp3", ".m4a", ".wav", ".aac", ".flac", ".ogg", ".opus",
    ".html", ".htm", ".txt", ".md", ".json", ".csv", ".xml", ".toml", ".yaml", ".yml", ".log",
    ".zip", ".gz", ".tar", ".py", ".sh", ".sqlite3",
}
# fmt: on


def clip_place(raw: str | os.PathLike[str], out: str | os.PathLike[str] | None = None) -> Path:
    """Where the clip of ``raw`` goes: ``out``, inside it where it is a folder.

    By default RAW's name with .clip.mp4 in the current folder. Raises ImpossibleWish for a name that
    tells of another format.
    """
    own_name = Path(raw).stem + ".clip.mp4"
    target = Path(out) if out is not None else Path(own_name)
    place = target / own_name if target.is_dir() else target
    require_clip_name(place)
    return place


def require_clip_name(target: Path, *, what: str = "clip") -> None:
    """Raises ImpossibleWish for a file that would be taken for another format than its own.

    ``what`` it is, for the error. "-" is refused too: players and services want a file.
    """
    if target.name == "-":
        raise ImpossibleWish(
            f"A {what} is written to a file, not to standard output.", f"Name one, such as {what}.mp4."
        )
    if target.suffix.lower() in _OTHER_FORMATS:
        raise ImpossibleWish(
            f"A {what} is an MP4 file, which {target.name} would not say.",
            f"Name it {target.with_suffix('.mp4').name}.",
        )


def require_writable(target: Path) -> None:
    """Raises OutputNotWritable unless a file may be put at ``target``, or in its place."""
    folder = target.parent
    if target.is_dir():
        raise OutputNotWritable(f"{shown(target)} is a folder.", Remedy("out", words="name a file"))
    if target.exists() and not target.is_file():
        raise OutputNotWritable(
            f"{shown(target)} is not a regular file.", Remedy("out", words="name a file")
        )
    if not folder.is_dir():
        raise OutputNotWritable(
            f"There is no folder {shown(folder)}.",
            Remedy("out", words="name a file in a folder that exists"),
        )
    if not may_write(folder):
        raise OutputNotWritable(
            f"No file can be written into {shown(folder)}.",
            Remedy("out", words="name a file in another folder"),
        )


def require_not_footage(target: Path, raw: str | os.PathLike[str]) -> None:
    """Raises OutputExists where a clip would replace its own footage."""
    if target.exists() and Path(raw).exists() and target.samefile(raw):
        raise OutputExists(f"{shown(target)} is the footage itself.", Remedy("out"))


def require_perhaps_ours(target: Path, spec: ClipSpec) -> None:
    """Raises OutputExists for a file that is not the clip to be made, as it breaks one of its rules."""
    from screentest.prep.clipping.check import check

    with suppress(FootageError):
        if target.stat().st_size <= spec.max_bytes and check(target, spec=spec).ok:
            return
    raise other_content(target)


def other_content(target: Path) -> OutputExists:
    """The error for a file that holds something else than the clip to be made."""
    return OutputExists(
        f"{shown(target)} already exists with other content; it was not changed.",
        Remedy("out"),
        Remedy("overwrite"),
    )
