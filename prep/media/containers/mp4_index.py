"""Whether the index of an MP4 or MOV file can be built without filling the memory (ISO/IEC 14496-12).

FFmpeg keeps some forty bytes for each sample that a table claims, and a table of a few bytes can claim
millions. So each table is looked at first, wherever FFmpeg would read it, as deep and as strangely as
boxes may lie in one another (libavformat/mov.c, 2026).
"""

from __future__ import annotations

import io
import struct
import sys
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from screentest.prep.media.containers.mp4 import boxes

TOO_MUCH = "claims far more pictures than it has bytes for"
TOO_LONG = "has an index of more entries than fit in the memory"
BROKEN = "has an index that cannot be read"

_SAMPLES_PER_BYTE, _HARMLESS = 16, 1_000_000
MOST_ENTRIES = 8_000_000
"""Of all tracks: some 300 MB once they are read. Half a day of film and sound has seven million."""
_MAX_FRAGMENTS = 1_000_000
_MAX_DEPTH = 12
_MAX_UNPACKED_BYTES = 64 << 20
_OF_MOVIES = {"moov", "trak", "mdia", "minf", "stbl", "edts", "udta", "mvex", "moof", "traf", "cmov"}
_CONTAINERS = _OF_MOVIES | {"tref", "tapt", "wave", "sinf", "schi", "ilst", "iprp", "ipco"}
_PASSED_OVER = ("free", "hoov", "skip")
# Where boxes begin inside an entry of each kind: text and data, sound (QuickTime's 0, 1, 2), pictures.
_ENTRY_HEADS = (8, 28, 44, 64, 78)
# Bytes that each entry of a table takes at least.
_ENTRY_BYTES = {"stsc": 12, "stts": 8, "ctts": 8, "stss": 4, "stps": 4}
_GROUP_BYTES = {"sbgp": 8, "sgpd": 1, "iinf": 8, "iloc": 4}
_MOST_EDITS = 65_536
_SOUND_AT_ONCE = 1024
_LEAST_AT_ONCE = 160

Place = tuple[BinaryIO, int, int]


@lru_cache(maxsize=16)
def _problem(path: Path, size: int, _changed_ns: int) -> str:
    """Kept, as a file is opened several times and hours of fragments take a moment to walk."""
    allowed = size * _SAMPLES_PER_BYTE + _HARMLESS
    try:
        with path.open("rb") as file:
            for total in accumulate(_claims(file, size)):
                if total > allowed:
                    return TOO_MUCH
                if total > MOST_ENTRIES:
                    return TOO_LONG
    except _BrokenTable:
        return BROKEN
    except OSError:
        return ""  # whoever opens it next says why
    return ""


def index_problem(path: Path) -> str:
    """What is wrong with the index of an MP4 or MOV file, as the rest of a sentence about the file.

    "" where it can be read, and for everything that is not such a file.
    """
    with suppress(OSError):
        facts = path.stat()
        return _problem(path, facts.st_size, facts.st_mtime_ns)
    return ""


class _BrokenTable(Exception):
    """A table that claims more than its box holds, or that cannot be unpacked."""


@dataclass(slots=True)
class _Track:
    """The tables of a track, as they are met; of one that is there twice, the larger counts."""

    samples: int = 0
    chunks: int = 0
    is_sound: bool = False
    at_once: int = _SOUND_AT_ONCE
    clock: int = 1
    tables: dict[str, Place] = field(default_factory=dict)


def _claims(file: BinaryIO, size: int) -> Iterator[int]:
    """How many entries FFmpeg would keep, track by track and fragment by fragment."""
    track, movie_clock = _Track(), 1
    for kind, place in _walked(file, 0, size, _MAX_DEPTH):
        if kind == "trak":
            yield _entries_of(track, movie_clock)
            track = _Track()
        elif kind == "mvhd":
            movie_clock = _clock(place)
        elif kind in ("trun", "too many"):
            yield _count(place, 4) if kind == "trun" else MOST_ENTRIES + 1
        else:
            _note(track, kind, place, size)
    yield _entries_of(track, movie_clock)


def _walked(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[tuple[str, Place]]:
    """(kind, place of its content) of every box that FFmpeg would come to, outer ones first."""
    for number, (kind, inner, stop) in enumerate(boxes(file, start, end, most=_MAX_FRAGMENTS)):
        if number == _MAX_FRAGMENTS - 1:
            yield "too many", (file, inner, stop)
        yield kind, (file, inner, stop)
        if depth:
            for place, place_end in _inside(kind, file, inner, stop):
                yield from _walked(file, place, place_end, depth - 1)
            if kind == "cmvd":
                moov = _unpacked(file, inner, stop)
                yield from _walked(io.BytesIO(moov), 0, len(moov), depth - 1)


def _inside(kind: str, file: BinaryIO, inner: int, stop: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each place in a box where more boxes may begin."""
    is_disguised = kind in _PASSED_OVER and _read(file, inner + 4, 4) in (b"mvhd", b"cmov")
    if kind in _CONTAINERS or is_disguised:
        yield inner, stop
    elif kind == "meta":  # in MP4 with a version before its boxes, in MOV without
        yield from ((inner, stop), (inner + 4, stop))
    elif kind == "stsd":
        for _, entry, entry_end in boxes(file, inner + 8, stop):
            yield from ((entry + head, entry_end) for head in _ENTRY_HEADS)


def _note(track: _Track, kind: str, place: Place, size: int) -> None:
    """Keeps of a table what is needed later. Raises _BrokenTable."""
    if kind in ("stsz", "stz2"):
        track.samples = max(track.samples, _sample_count(kind, place))
    elif kind in ("stco", "co64"):
        # FFmpeg reads on past the box's end, and stops at the file's.
        track.chunks = max(track.chunks, min(_count(place, 4), size // 4))
    elif kind == "hdlr":
        track.is_sound = _is_sound(_read(place[0], place[1] + 8, 4), track.is_sound)
    elif kind == "mdhd":
        track.clock = _clock(place)
    elif kind == "stsd":
        track.at_once = _sound_at_once(place)
    elif kind == "elst":
        track.tables[kind] = place
    elif kind in _ENTRY_BYTES:
        _require_room(place, 4, _ENTRY_BYTES[kind])
        track.tables[kind] = place
    elif kind in _GROUP_BYTES and (count_at := _count_at(kind, place)):
        _require_room(place, count_at, _GROUP_BYTES[kind])


def _is_sound(handler: bytes, was_sound: bool) -> bool:
    """MOV has a second handler in a track, which says nothing of its kind."""
    return handler == b"soun" or (was_sound and handler not in (b"vide", b"subp", b"clcp"))


def _sample_count(kind: str, place: Place) -> int:
    """How many samples a table of sizes has, listed one by one or of one size. Raises _BrokenTable."""
    each, count = _count(place, 4), _count(place, 8)
    bits = each & 0xFF if kind == "stz2" else 0 if each else 32
    if count * bits > max(0, place[2] - place[1] - 12) * 8:
        raise _BrokenTable
    return count


def _count_at(kind: str, place: Place) -> int:
    """Where the number of entries stands; 0 where it has 16 bits, which can do no harm."""
    version = _read(place[0], place[1], 1)
    if kind in ("sbgp", "sgpd"):
        return 12 if version >= b"\1" else 8
    if kind == "iinf":
        return 4 if version >= b"\1" else 0
    return 6 if version >= b"\2" else 0


def _require_room(place: Place, count_at: int, entry_bytes: int) -> None:
    """Raises _BrokenTable where a table says that it has more entries than its box holds."""
    room = place[2] - place[1] - count_at - 4
    if _count(place, count_at) * entry_bytes > max(0, room):
        raise _BrokenTable


def _entries_of(track: _Track, movie_clock: int) -> int:
    """How many entries FFmpeg keeps of a track: its samples, and beside them those that edits copy."""
    if track.is_sound and _counts_single_samples(track.tables.get("stts")):
        return _sound_entries(track)
    return track.samples + _edited_entries(track, movie_clock)


def _counts_single_samples(durations: Place | None) -> bool:
    if durations is None or _count(durations, 4) != 1:
        return False
    return _count(durations, 12) == 1


def _sound_entries(track: _Track) -> int:
    """Of sound that counts single samples: FFmpeg makes an entry of many at once."""
    runs = [(first, samples) for first, samples, _ in _rows(track.tables.get("stsc"), ">III")]
    ends = [*(first for first, _ in runs[1:]), track.chunks + 1]
    return sum(
        max(0, min(end, track.chunks + 1) - first) * -(-samples // track.at_once)
        for (first, samples), end in zip(runs, ends, strict=False)
    )


def _edited_entries(track: _Track, movie_clock: int) -> int:
    """How many entries the edits of a track ask for: each copies its samples, from a keyframe on."""
    edits = _edits(track.tables.get("elst"))
    every = len(edits) * track.samples
    if every <= _HARMLESS or len(edits) > _MOST_EDITS:
        return every
    sample_at = _sample_at(_rows(track.tables.get("stts"), ">II"), track.samples)
    keys = [number - 1 for (number,) in _rows(track.tables.get("stss"), ">I")]
    total = 0
    for length, start in edits:
        first = sample_at(start)
        key = keys[max(0, bisect_right(keys, first) - 1)] if keys else first
        last = sample_at(start + length * track.clock / movie_clock) if length else track.samples
        total += max(0, last - min(key, first)) + 1
    return total


def _sample_at(durations: list[tuple[int, ...]], samples: int) -> Callable[[float], int]:
    """Gives the number of the sample that shows at a time of the track's clock."""
    counts = list(accumulate((count for count, _ in durations), initial=0))
    times = list(accumulate((count * each for count, each in durations), initial=0))

    def at(time: float) -> int:
        run = bisect_right(times, time) - 1
        if run >= len(durations):
            return samples
        each = durations[run][1]
        return min(samples, counts[run] + int((time - times[run]) / each if each else 0))

    return at


def _edits(place: Place | None) -> list[tuple[int, int]]:
    """(length by the movie's clock, start by the track's) of each edit that shows something."""
    if place is None:
        return []
    file, inner, stop = place
    form = ">Qq4x" if _read(file, inner, 1) == b"\1" else ">Ii4x"
    size = struct.calcsize(form)
    # FFmpeg takes as many as there are where more are claimed.
    most = max(0, stop - inner - 8) // size
    rows = _rows(place, form, most=most)
    return [(length, start) for length, start in rows if start >= 0]


def _rows(place: Place | None, form: str, *, most: int = sys.maxsize) -> list[tuple[int, ...]]:
    """The entries of a plain table, at most so many."""
    if place is None:
        return []
    size = struct.calcsize(form)
    found = _read(place[0], place[1] + 8, min(_count(place, 4), most) * size)
    return list(struct.iter_unpack(form, found[: len(found) // size * size]))


def _sound_at_once(place: Place) -> int:
    """Samples to an entry at least: of compressed sound in QuickTime's version 1, those of a packet."""
    file, inner, stop = place
    least = _SOUND_AT_ONCE
    for _, entry, _ in boxes(file, inner + 8, stop):
        version, packet = _read(file, entry + 8, 2), _number(_read(file, entry + 28, 4))
        if version == b"\0\1" and packet >= _LEAST_AT_ONCE:
            least = min(least, packet)
    return least


def _clock(place: Place) -> int:
    """Units of a second of a movie's or track's header, 1 where there are none."""
    file, inner, _ = place
    at = 20 if _read(file, inner, 1) == b"\1" else 12
    return max(1, _number(_read(file, inner + at, 4)))


def _count(place: Place, at: int) -> int:
    """The 32-bit number at an offset of a box, 0 where the box is too short for it."""
    file, inner, stop = place
    return _number(_read(file, inner + at, 4)) if inner + at + 4 <= stop else 0


def _number(found: bytes) -> int:
    return int.from_bytes(found, "big") if len(found) == 4 else 0


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


def _unpacked(file: BinaryIO, start: int, end: int) -> bytes:
    """A compressed header. Raises _BrokenTable where it is damaged, or larger than anybody needs."""
    packed = _read(file, start + 4, max(0, min(end - start - 4, _MAX_UNPACKED_BYTES)))
    unpacker = zlib.decompressobj()
    try:
        moov = unpacker.decompress(packed, _MAX_UNPACKED_BYTES)
    except zlib.error:
        raise _BrokenTable from None
    if not unpacker.eof or len(moov) != _number(_read(file, start, 4)):
        raise _BrokenTable
    return moov
