"""What an MP4 or MOV file says of a track that FFmpeg's libraries do not hand on (ISO/IEC 14496-12).

Only box headers and a few small boxes are read; nothing here trusts a size it is told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

_MAX_BOXES = 4096
_MAX_ENTRY_BYTES = 1 << 16
_VISUAL_ENTRY_BYTES = 78
_DOLBY_BOXES = ("dvcC", "dvvC", "dvwC")


@dataclass(frozen=True, slots=True)
class CleanAperture:
    """The part of the stored picture that is meant to be seen, in pixels ('clap')."""

    width_px: Fraction
    height_px: Fraction
    right_of_centre_px: Fraction
    below_centre_px: Fraction


@dataclass(frozen=True, slots=True)
class TrackNotes:
    """``dolby_profile``: the Dolby Vision profile; ``dolby_base``: what its base layer is compatible
    with, 0 for nothing (Dolby Vision Streams Within the ISO Base Media File Format, 2.x)."""

    aperture: CleanAperture | None = None
    dolby_profile: int | None = None
    dolby_base: int | None = None


def track_notes(path: Path, track: int, part: tuple[int, int] | None = None) -> TrackNotes:
    """What the file says of its ``track``-th track; nothing where it is no MP4 or damaged.

    ``part``: the bytes to look at, None for all.
    """
    with suppress(OSError, struct.error), path.open("rb") as file:
        start, end = part or (0, path.stat().st_size)
        for moov in _named(file, start, end, "moov"):
            tracks = list(_named(file, *moov, "trak"))
            if track < len(tracks):
                return _notes(dict(_entryboxes(file, *tracks[track])))
    return TrackNotes()


def _notes(entries: dict[str, bytes]) -> TrackNotes:
    profile = base = None
    for name in _DOLBY_BOXES:
        record = entries.get(name, b"")
        if len(record) >= 5:
            profile, base = record[2] >> 1, record[4] >> 4
    return TrackNotes(_aperture(entries.get("clap", b"")), profile, base)


def _aperture(record: bytes) -> CleanAperture | None:
    if len(record) < 32:
        return None
    numbers = struct.unpack(">IIIIiIiI", record[:32])
    tops, bottoms = numbers[0::2], numbers[1::2]
    if not all(bottoms):
        return None
    return CleanAperture(*(Fraction(n, d) for n, d in zip(tops, bottoms, strict=True)))


def _entryboxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[str, bytes]]:
    """The small boxes inside the track's first sample entry."""
    places = [(start, end)]
    for name in ("mdia", "minf", "stbl", "stsd"):
        places = [inner for place in places for inner in _named(file, *place, name)]
    for place, stop in places[:1]:
        for _, entry, entry_end in boxes(file, place + 8, stop):
            for kind, inner, inner_end in boxes(file, entry + _VISUAL_ENTRY_BYTES, entry_end):
                file.seek(inner)
                yield kind, file.read(min(inner_end - inner, _MAX_ENTRY_BYTES))
            return


def _named(file: BinaryIO, start: int, end: int, name: str) -> Iterator[tuple[int, int]]:
    return ((inner, stop) for kind, inner, stop in boxes(file, start, end) if kind == name)


def boxes(
    file: BinaryIO, start: int, end: int, *, most: int = _MAX_BOXES
) -> Iterator[tuple[str, int, int]]:
    """(type, start of content, end) of each box between two offsets, ``most`` of them."""
    for _ in range(most):
        if start + 8 > end:
            return
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        content = start + 8
        if size == 1 and content + 8 <= end:
            (size,) = struct.unpack(">Q", file.read(8))
            content += 8
        # A box that reaches past its parent ends with it, as FFmpeg reads it.
        stop = min(start + size, end) if size else end
        if stop < content:
            return
        yield kind.decode("latin-1"), content, stop
        start = stop
