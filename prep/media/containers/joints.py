"""Where recordings were joined end to end in one file, as with ``cat``: the bytes at which each begins.

Players show the first, or all in a heap, as each brings a clock that starts again. A part of the file
that begins with a recording's own head can be opened like a file (``prep.media.opening.file_url``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from screentest.prep.media.containers import mpeg
from screentest.prep.media.containers.matroska import EBML, SEGMENT, elements
from screentest.prep.media.deadline import Deadline

# More are not looked for: clocks that jump all the time are something else.
MOST_JOINTS = 255
_MOST_BOXES = 100_000
_CHUNK_BYTES = 8 << 20
_EBML = EBML.to_bytes(4, "big")
_SEGMENT_ID_BYTES = 4
_UNKNOWN_SIZES = (b"\xff", b"\x01" + b"\xff" * 7)
_EBML_HEAD_BYTES, _EBML_KINDS = 64, (b"\x42\x82\x84webm", b"\x42\x82\x88matroska")
_FLV, _FLV_HEAD_BYTES, _FLV_AFTER = b"FLV\x01", 13, bytes((0, 0, 0, 9, 0, 0, 0, 0))


def joints(path: Path, container: str, stream_id: int, deadline: Deadline) -> tuple[int, ...]:
    """The first byte of each recording but the first, () for one recording and for odd files.

    ``container``: its FFmpeg name. ``stream_id``: of its pictures, as the container numbers streams.
    """
    found: tuple[int, ...] = ()
    with suppress(OSError, IndexError):
        if container in ("mpegts", "mpeg"):
            is_transport = container == "mpegts"
            found = mpeg.joints(path, deadline, transport=is_transport, stream_id=stream_id)
        elif container in _HEADS:
            with path.open("rb") as file:
                found = tuple(_HEADS[container](file, path.stat().st_size, deadline))
    return found if len(found) <= MOST_JOINTS else ()


def _mp4_joints(file: BinaryIO, end: int, _deadline: Deadline) -> Iterator[int]:
    """A second head, once an index has been seen: the one before is whole."""
    has_index = False
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:], "big")
        if kind == b"ftyp" and has_index:
            yield at
        has_index = (has_index and kind != b"ftyp") or kind == b"moov"
        if size < 8 or at + size >= end:
            return
        at += size


def _riff_joints(file: BinaryIO, end: int, _deadline: Deadline) -> Iterator[int]:
    """A second list of lists: long ones go on in others that are called AVIX."""
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(12)
        size, kind = int.from_bytes(head[4:8], "little"), head[8:]
        if head[:4] != b"RIFF":
            return
        if kind == b"AVI " and at:
            yield at
        at += 8 + size + size % 2
        if at >= end:
            return


def _matroska_joints(file: BinaryIO, end: int, deadline: Deadline) -> Iterator[int]:
    """A second head; searched for where a recording, as browsers make them, has no length."""
    at = 0
    for kind, _, stop in elements(file, 0, end):
        if kind == EBML and at:
            yield at
        file.seek(at + _SEGMENT_ID_BYTES)
        if kind == SEGMENT and file.read(8).startswith(_UNKNOWN_SIZES):
            yield from _later_heads(file, at, deadline)
            return
        at = stop


def _later_heads(file: BinaryIO, start: int, deadline: Deadline) -> Iterator[int]:
    for at, head in _found(file, start, _EBML, _EBML_HEAD_BYTES, deadline):
        if any(kind in head for kind in _EBML_KINDS):
            yield at


def _flv_joints(file: BinaryIO, _end: int, deadline: Deadline) -> Iterator[int]:
    for at, head in _found(file, 0, _FLV, _FLV_HEAD_BYTES, deadline):
        if at and head[5:] == _FLV_AFTER:
            yield at


def _found(
    file: BinaryIO, start: int, mark: bytes, head_bytes: int, deadline: Deadline
) -> Iterator[tuple[int, bytes]]:
    """(where it begins, head) of whatever begins with a mark, from a byte on."""
    file.seek(start)
    while chunk := file.read(_CHUNK_BYTES):
        deadline.check()
        after = file.read(head_bytes - 1)
        whole = chunk + after
        at = whole.find(mark)
        while 0 <= at < len(chunk):
            yield start + at, whole[at : at + head_bytes]
            at = whole.find(mark, at + 1)
        start = file.seek(start + len(chunk))


_HEADS: dict[str, Callable[[BinaryIO, int, Deadline], Iterator[int]]] = {
    "mov,mp4,m4a,3gp,3g2,mj2": _mp4_joints,
    "avi": _riff_joints,
    "matroska,webm": _matroska_joints,
    "flv": _flv_joints,
}
