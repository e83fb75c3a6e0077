"""What an MP4 holds beside its film, and what FFmpeg passes over: odd boxes, notes between pictures."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from screentest.prep.media.containers.mp4 import boxes

# The boxes of a plain film (ISO/IEC 14496-12), by where they lie. XMP, thumbnails, places and what
# cameras make up lie in others.
_PLAIN: dict[str, frozenset[str]] = {
    "": frozenset({"ftyp", "moov", "mdat"}),
    "moov": frozenset({"mvhd", "trak", "udta", "iods", "mvex"}),
    "trak": frozenset({"tkhd", "edts", "mdia", "udta"}),
    "edts": frozenset({"elst"}),
    "mdia": frozenset({"mdhd", "hdlr", "minf"}),
    "minf": frozenset({"vmhd", "smhd", "hdlr", "dinf", "stbl"}),
    "stbl": frozenset(
        {
            *("stsd", "stts", "ctts", "cslg", "stss", "stps", "stsc", "stsz", "stz2", "stco", "co64"),
            *("sdtp", "sgpd", "sbgp"),
        }
    ),
    "udta": frozenset({"meta"}),
    "meta": frozenset({"hdlr", "ilst"}),
    "ilst": frozenset({"\xa9too"}),
}
_FULL = ("meta",)
_ONCE = ("ftyp", "moov")
_FILLING = ("free", "skip", "wide")
_TIMED = ("mvhd", "tkhd", "mdhd")
_MOST_FILLING_BYTES = 1 << 24
_SEI, _NOTE = 6, 5
_NEVER = (b"\0\0\0", b"\0\0\1", b"\0\0\2")
# What x264 writes is its own settings; other notes may tell where and when.
_X264 = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")


@dataclass(frozen=True, slots=True)
class Beside:
    """``boxes``: names of those that a plain film has not, and of headers that hold a time of day;
    a second recording's head and index among them.

    ``fragmented``: whether its pictures come in pieces, each with an index of its own.
    """

    boxes: tuple[str, ...] = ()
    fragmented: bool = False


def beside_the_film(path: Path) -> Beside:
    """What an MP4 holds beside its film; nothing where the file is of another kind."""
    found: set[str] = set()
    with suppress(OSError, struct.error), path.open("rb") as file:
        if file.read(8)[4:].decode("latin-1") not in (*_PLAIN[""], *_FILLING):
            return Beside()
        found.update(_unusual(file, "", 0, path.stat().st_size))
    return Beside(tuple(sorted(found - {"mvex"})), "mvex" in found)


def _unusual(file: BinaryIO, parent: str, start: int, end: int) -> Iterator[str]:
    seen: set[str] = set()
    for kind, inner, stop in boxes(file, start, end):
        if kind in seen.intersection(_ONCE):  # another recording, which few players show
            yield f"second {kind}"
        seen.add(kind)
        if kind in _FILLING:
            if not _is_blank(file, inner, stop):
                yield kind
        elif kind not in _PLAIN[parent]:
            yield kind if kind.isprintable() and kind.strip() else "unnamed"
        elif kind == "mvex":
            yield kind
        elif kind in _TIMED:
            if _has_time(file, inner):
                yield f"{kind} time"
        elif kind in _PLAIN:
            yield from _unusual(file, kind, inner + 4 * (kind in _FULL), stop)


def _is_blank(file: BinaryIO, start: int, end: int) -> bool:
    file.seek(start)
    return end - start <= _MOST_FILLING_BYTES and not any(file.read(end - start))


def _has_time(file: BinaryIO, start: int) -> bool:
    """Whether a header says when it was made or changed."""
    file.seek(start)
    version = file.read(4)[:1]
    return any(file.read(16 if version == b"\x01" else 8))


def has_notes(units: Iterable[bytes]) -> bool:
    """Whether somebody wrote something of their own between H.264's pictures.

    ``units``: NAL units without start codes or lengths. A note is an SEI message "user data
    unregistered" (ITU-T H.264, D.1.7).
    """
    return any(
        kind == _NOTE and not payload.startswith(_X264)
        for unit in units
        if unit and unit[0] & 31 == _SEI
        for kind, payload in _messages(unit[1:])
    )


def is_overwritten(unit: bytes) -> bool:
    """Whether a NAL unit holds bytes that no encoder writes (ITU-T H.264, 7.4.1), such as a hole of
    zeros, which decoders patch up without a word."""
    return any(never in unit.rstrip(b"\0") for never in _NEVER)


def units_of_packet(packet: bytes, header: bytes) -> Iterator[bytes]:
    """The NAL units of an MP4's packet; ``header``: the track's avcC record."""
    size = (header[4] & 3) + 1 if len(header) > 4 else 4
    at = 0
    while at + size <= len(packet):
        length = int.from_bytes(packet[at : at + size], "big")
        yield packet[at + size : at + size + length]
        at += size + length


def units_of_header(header: bytes) -> Iterator[bytes]:
    """The NAL units of an avcC record: parameter sets, and whatever else lies among them."""
    at = 5
    for mask in (31, 255):
        count = header[at] & mask if at < len(header) else 0
        at += 1
        for _ in range(count):
            length = int.from_bytes(header[at : at + 2], "big")
            yield header[at + 2 : at + 2 + length]
            at += 2 + length


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, payload) of each message of an SEI unit."""
    at = 0
    while at + 2 < len(data):
        kind, at = _number(data, at)
        size, at = _number(data, at)
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number written as so many 255s and a rest, and where it ends."""
    total = 0
    while at < len(data) and data[at] == 255:
        total, at = total + 255, at + 1
    return total + (data[at] if at < len(data) else 0), at + 1
