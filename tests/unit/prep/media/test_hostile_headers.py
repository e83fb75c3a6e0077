"""Headers made to do harm: each was once read past its end, or never should be."""

from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import pytest

from screentest.prep.media.containers.matroska import pixel_crop
from screentest.prep.media.containers.mp4 import TrackNotes, track_notes
from screentest.prep.media.containers.mp4_index import BROKEN, TOO_MUCH, index_problem

LARGE_BYTES = 20_000_000


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def element(name: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    length = (name.bit_length() + 7) // 8
    return name.to_bytes(length, "big") + (len(inside) | 1 << 28).to_bytes(4, "big") + inside


def padded(file: Path, head: bytes) -> Path:
    """A file that begins so and is large."""
    with file.open("wb") as opened:
        opened.write(head)
        opened.truncate(LARGE_BYTES)
    return file


@pytest.mark.parametrize("length", range(6))
def test_a_compressed_header_too_short_for_its_own_size_is_told(length: int, tmp_path: Path) -> None:
    short = box(b"moov", box(b"cmov", box(b"cmvd", bytes(length))))
    assert index_problem(padded(tmp_path / "a.mp4", short)) == BROKEN


def peak_bytes(path: Path) -> int:
    """What reading the notes of a file takes at its height."""
    tracemalloc.start()
    try:
        assert pixel_crop(path, 0) is None
        assert track_notes(path, 0) == TrackNotes()
        index_problem(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(
            element(0x1A45DFA3)
            + element(
                0x18538067,
                element(0x1654AE6B, element(0xAE, element(0x83, b"\1"), element(0xE0, b"\xb0\x40"))),
            ),
            id="a number whose size lies past its parent",
        ),
        pytest.param(box(b"moov", box(b"cmov", box(b"cmvd", bytes(3)))), id="a size of minus one"),
        pytest.param(struct.pack(">I4sQ", 1, b"moov", 1 << 63), id="a box as large as numbers go"),
    ],
)
def test_a_large_file_is_never_read_whole_for_a_note(head: bytes, tmp_path: Path) -> None:
    assert peak_bytes(padded(tmp_path / "a.bin", head)) < LARGE_BYTES / 10


@pytest.mark.parametrize("kind", [b"moov", b"trak", b"cmov", b"moof"])
def test_boxes_nested_without_end_are_given_up(kind: bytes, tmp_path: Path) -> None:
    deep = b""
    for _ in range(500):
        deep = box(kind, deep)
    file = tmp_path / "a.mp4"
    file.write_bytes(deep)
    assert index_problem(file) in ("", BROKEN)
    assert track_notes(file, 0) == TrackNotes()


def test_more_boxes_than_anybody_writes_are_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(box(b"free") * 10_000 + box(b"moov", box(b"trak")))
    assert track_notes(file, 0) == TrackNotes()


def test_a_box_of_no_size_ends_with_its_parent(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    huge = box(b"stsz", struct.pack(">III", 0, 1, 1 << 31))
    file.write_bytes(struct.pack(">I4s", 0, b"moov") + huge)
    assert index_problem(file) == TOO_MUCH


def test_a_file_that_changes_is_looked_at_again(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(box(b"free", bytes(20)))
    assert index_problem(file) in ("", BROKEN)
    file.write_bytes(box(b"moov", box(b"stsz", struct.pack(">III", 0, 1, 1 << 31))))
    assert index_problem(file) == TOO_MUCH


def test_a_file_that_is_gone_claims_nothing(tmp_path: Path) -> None:
    assert index_problem(tmp_path / "gone.mp4") == ""
    assert track_notes(tmp_path / "gone.mp4", 0) == TrackNotes()
    assert pixel_crop(tmp_path / "gone.mkv", 0) is None
