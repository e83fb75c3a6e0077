"""Where a clip goes: its name and folder, decided before any work."""

from __future__ import annotations

import os
from pathlib import Path

from screentest.prep.core.errors import ImpossibleWish, OutputNotWritable
from screentest.prep.core.files import may_write
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

# What a player or a viewer would take for a format that a clip is not.
# fmt: off
_OTHER_FORMATS = {
    ".mov", ".mkv", ".webm", ".avi", ".gif", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv",
    ".3gp", ".ogv", ".mxf", ".jpg", ".jpeg", ".png", ".webp", ".mp3", ".m4a", ".wav",
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


def require_clip_name(target: Path) -> None:
    """Raises ImpossibleWish for a file that would be taken for another format than its own."""
    if target.suffix.lower() in _OTHER_FORMATS:
        raise ImpossibleWish(
            f"A clip is an MP4 file, which {target.name} would not say.",
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
