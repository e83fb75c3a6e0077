"""Paths and times as people read them in messages."""

from __future__ import annotations

import os
from pathlib import Path


def printable(text: str) -> str:
    """``text`` with control characters and lone surrogates escaped, everything else as it is."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(path: str | os.PathLike[str]) -> str:
    """A path as a message shows it, on one line whatever it holds."""
    return printable(os.fspath(path))


def shown_name(path: str | os.PathLike[str]) -> str:
    """The last part of a path as a message shows it."""
    return printable(Path(path).name)


def timecode(seconds: float) -> str:
    """Minutes and seconds as a player shows them, with milliseconds: 1:02.480, 1:00:02.480."""
    total_ms = round(seconds * 1000)
    minutes, rest_ms = divmod(total_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes}:{rest_ms / 1000:06.3f}"
    return f"{hours}:{minutes:02d}:{rest_ms / 1000:06.3f}" if hours else clock


def counted(count: int, noun: str, *, plural: str = "") -> str:
    """1 frame, 2 frames. ``plural``: of a noun that takes more than an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"
