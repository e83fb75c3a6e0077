"""Whether a file that cannot be opened is a video all the same: by how it begins, and what is gone.

Only headers are read; nothing here trusts a size it is told.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from screentest.prep.media.containers.matroska import EBML, SEGMENT, elements
from screentest.prep.media.containers.mp4 import boxes

_EBML_MAGIC = EBML.to_bytes(4, "big")
_BOX_BYTES = 8
_SHORTER = "it is shorter than it says"
_TS_PACKET, _TS_SYNC, _TS_PACKETS = 188, 0x47, 5
# What an MP4 or MOV file begins with, and what a picture of the same make has in its place (HEIF).
_MP4_FIRST = ("ftyp", "moov", "mdat", "wide", "pnot")
_OF_PICTURES = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


@dataclass(frozen=True, slots=True)
class Container:
    """``kind``: what a file is by its first bytes. ``lack``: what shows that its end is gone, as the
    rest of a sentence; "" where nothing does.
    """

    kind: str
    lack: str = ""


def container_of(path: Path) -> Container | None:
    """The container that a file begins as; None where it begins as none that is known."""
    with suppress(OSError, struct.error, IndexError), path.open("rb") as file:
        size = path.stat().st_size
        head = file.read(_TS_PACKET * _TS_PACKETS)
        if head[4:8].decode("latin-1") in _MP4_FIRST and head[8:12] not in _OF_PICTURES:
            return Container("an MP4 or MOV file", _index_lack(file, size))
        if head.startswith(_EBML_MAGIC):
            return Container("a Matroska or WebM file", _SHORTER if _is_short(file, size) else "")
        if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
            # Of a file larger than 4 GB the first list alone is counted.
            is_short = 8 + int.from_bytes(head[4:8], "little") > size
            return Container("an AVI file", _SHORTER if is_short else "")
        if len(head) >= 2 * _TS_PACKET and set(head[::_TS_PACKET]) == {_TS_SYNC}:
            return Container("an MPEG transport stream")
    return None


def _index_lack(file: BinaryIO, size: int) -> str:
    """What an MP4 lacks of its index ('moov'), which stands at the end of one as it was recorded."""
    end = 0
    for kind, inner, stop in boxes(file, 0, size):
        if kind in ("moov", "moof"):
            return "its index is not all there" if _says(file, inner) > size else ""
        end = stop
    # Where more follows the last whole box, it is no box: nothing tells that the file ended there.
    return "its index is missing" if size - end < _BOX_BYTES else ""


def _says(file: BinaryIO, inner: int) -> int:
    """Where a box that begins with a short header says that it ends."""
    file.seek(inner - 8)
    return inner - 8 + int.from_bytes(file.read(4), "big")


def _is_short(file: BinaryIO, size: int) -> bool:
    """Whether a Matroska file ends before it says that it does."""
    begin = 0
    for kind, inner, stop in elements(file, 0, size):
        if kind == SEGMENT:
            return _segment_end(file, begin + len(_EBML_MAGIC), inner) > size
        begin = stop
    return True


def _segment_end(file: BinaryIO, size_at: int, inner: int) -> int:
    """Where a segment says that it ends; 0 for one that never learnt it."""
    file.seek(size_at)
    most = (1 << 7 * (inner - size_at)) - 1
    told = int.from_bytes(file.read(inner - size_at), "big") & most
    return 0 if told == most else inner + told
