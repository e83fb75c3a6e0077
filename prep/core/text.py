"""Paths, times and counts as people read them in messages."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

# Of a hundredth: what a time in floating point may lack of one.
_AS_GOOD_AS = 1e-3


def printable(text: str) -> str:
    """``text`` with control characters and lone surrogates escaped, everything else as it is."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(path: str | os.PathLike[str]) -> str:
    """A path as a message shows it, on one line whatever it holds."""
    return printable(os.fspath(path))


def shown_name(path: str | os.PathLike[str]) -> str:
    """The last part of a path as a message shows it."""
    return printable(Path(path).name)


def timecode(t_s: float) -> str:
    """When something shows, as players tell it, to the hundredth: 1:02.48, 1:00:02.48.

    Every moment that a person reads is written so, and every length as ``lasting`` writes it. What is
    less than a hundredth is cut off: a start that is rounded up and given back would lose its frame.
    """
    minutes, rest = divmod(int(t_s * 100 + _AS_GOOD_AS), 6000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // 100:02d}.{rest % 100:02d}"
    return f"{hours}:{minutes:02d}:{seconds}" if hours else f"{minutes}:{seconds}"


def lasting(length_s: float | Fraction) -> str:
    """A length of time, to the hundredth, without needless digits: 4 s, 3.97 s, 0.5 s.

    Cut off like a moment: what is just too short must not read as long enough.
    """
    hundredths = int(float(length_s) * 100 + _AS_GOOD_AS)
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + " s"


def counted(count: int, noun: str, *, plural: str = "") -> str:
    """1 frame, 2 frames. ``plural``: of a noun that takes more than an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"


_TIMECODE = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)")


def seconds_in(text: str) -> float | None:
    """The seconds that a person wrote: ``62.5``, ``1:02.5`` or ``0:01:02.5``; None for no time."""
    try:
        if timecode := _TIMECODE.fullmatch(text):
            hours, minutes, seconds = (float(part or 0) for part in timecode.groups())
            found = 3600 * hours + 60 * minutes + seconds
        else:
            found = float(text)
    except ValueError:
        return None
    return found if found < float("inf") else None
