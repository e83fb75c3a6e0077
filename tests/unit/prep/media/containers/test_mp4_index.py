"""Tables of MP4 files: what FFmpeg would build of them is known before it does."""

from __future__ import annotations

import struct
from pathlib import Path
from zlib import compress

import pytest

from screentest.prep.media.containers.mp4_index import BROKEN, TOO_LONG, TOO_MUCH, index_problem


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def table(kind: bytes, *numbers: int) -> bytes:
    """A box of version 0 and 32-bit numbers."""
    return box(kind, struct.pack(f">{len(numbers) + 1}I", 0, *numbers))


def handler(kind: bytes) -> bytes:
    return box(b"hdlr", bytes(8), kind)


def track(kind: bytes, *tables: bytes, before: bytes = b"") -> bytes:
    inside = box(b"minf", handler(b"url "), box(b"stbl", *tables))
    return box(b"trak", before, box(b"mdia", table(b"mdhd", 0, 0, 1000), handler(kind), inside))


def movie(*tracks: bytes, padding: int = 0) -> bytes:
    return box(b"moov", table(b"mvhd", 0, 0, 1000), *tracks) + box(b"free", bytes(padding))


def meta(*items: bytes) -> bytes:
    return box(b"meta", bytes(4), *items)


def fragment(count: int) -> bytes:
    return box(b"moof", box(b"traf", table(b"trun", count)))


def packed(content: bytes, *, claimed: int | None = None) -> bytes:
    size = struct.pack(">I", len(content) if claimed is None else claimed)
    return box(b"moov", box(b"cmov", box(b"cmvd", size + compress(content))))


def edits(count: int, *, length: int, start: int) -> bytes:
    return box(b"edts", table(b"elst", count, *(length, start, 1 << 16) * count))


HUGE = table(b"stsz", 1, 1 << 31)
# A million and a half pictures of a tick each in 94 kB, with a keyframe at the front alone.
LONG = (
    table(b"stsz", 1, 1_500_000),
    table(b"stts", 1, 1_500_000, 1),
    table(b"stss", 1, 1),
)
# Sound that counts single samples: an hour, in chunks of a second.
HOUR = (
    table(b"stsz", 2, 48_000 * 3600),
    table(b"stts", 1, 48_000 * 3600, 1),
    table(b"stco", 3600, *range(3600)),
)


def problem_of(content: bytes, tmp_path: Path) -> str:
    file = tmp_path / "a.mp4"
    file.write_bytes(content)
    return index_problem(file)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(movie(), id="no track"),
        pytest.param(fragment(50), id="a fragment"),
        pytest.param(movie(track(b"soun", *HOUR, table(b"stsc", 1, 1, 48_000, 1))), id="plain sound"),
        pytest.param(
            movie(track(b"vide", *LONG, before=edits(1, length=9, start=0)), padding=99_000), id="edit"
        ),
        pytest.param(
            movie(track(b"vide", *LONG, before=edits(500, length=4, start=0)), padding=99_000),
            id="many short edits",
        ),
        pytest.param(packed(movie()), id="a compressed header"),
        pytest.param(box(b"moov", box(b"stsz", b"\0\0")), id="a table too short to claim anything"),
        pytest.param(meta(table(b"iinf", 0)), id="items"),
        pytest.param(b"no boxes at all", id="something else"),
        pytest.param(struct.pack(">I4s", 1, b"free"), id="a size that is cut off"),
    ],
)
def test_an_index_that_fits_is_read(content: bytes, tmp_path: Path) -> None:
    assert problem_of(content, tmp_path) == ""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(fragment(100_000_000), id="a fragment"),
        pytest.param(b"".join(fragment(900_000) for _ in range(3)), id="fragments together"),
        pytest.param(movie(track(b"vide", HUGE)), id="pictures of one size"),
        pytest.param(movie(track(b"vide", table(b"stsz", 1, 900_000)) * 2), id="tracks together"),
        pytest.param(
            movie(track(b"soun", *HOUR, table(b"stsc", 1, 1, 1 << 30, 1))), id="chunks of sound"
        ),
        pytest.param(
            movie(track(b"vide", *LONG, before=edits(500, length=9, start=1_000_000)), padding=99_000),
            id="edits far from a keyframe",
        ),
        pytest.param(
            movie(track(b"vide", *LONG, before=edits(100_000, length=1, start=0)), padding=99_000),
            id="more edits than anybody makes",
        ),
        pytest.param(packed(box(b"moov", HUGE)), id="inside a compressed header"),
        pytest.param(packed(box(b"free")) + movie(track(b"vide", HUGE)), id="after one"),
        pytest.param(movie(track(b"vide", box(b"tref", HUGE))), id="where no table belongs"),
        pytest.param(
            movie(track(b"vide", box(b"stsd", bytes(4), b"\0\0\0\1", box(b"avc1", bytes(78), HUGE)))),
            id="inside a sample entry",
        ),
        pytest.param(meta(handler(b"pict"), HUGE), id="inside MP4's meta"),
        pytest.param(box(b"meta", handler(b"pict"), HUGE), id="inside MOV's meta"),
        pytest.param(box(b"free", table(b"mvhd", 0), HUGE), id="in a box that is passed over"),
        pytest.param(struct.pack(">I4s", 999, b"moov") + HUGE, id="in a box that reaches too far"),
    ],
)
def test_an_index_that_claims_far_more_than_there_is_is_told(content: bytes, tmp_path: Path) -> None:
    assert problem_of(content, tmp_path) == TOO_MUCH


def test_an_index_that_fills_the_memory_of_a_large_file_is_told(tmp_path: Path) -> None:
    assert problem_of(
        movie(track(b"vide", table(b"stsz", 1, 9_000_000)), padding=600_000), tmp_path
    ) == (TOO_LONG)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(table(b"stsz", 0, 1 << 31), id="stsz"),
        pytest.param(box(b"stz2", struct.pack(">III", 0, 4, 1 << 20)), id="stz2"),
        *(
            pytest.param(table(kind, 1 << 28), id=kind.decode())
            for kind in (b"stsc", b"stts", b"ctts", b"stss", b"stps")
        ),
        pytest.param(box(b"sbgp", struct.pack(">I4sI", 0, b"rap ", 1 << 28)), id="sbgp"),
        pytest.param(box(b"sgpd", struct.pack(">I4sII", 1 << 24, b"sync", 2, 1 << 28)), id="sgpd"),
        pytest.param(meta(box(b"iinf", struct.pack(">II", 1 << 24, 1 << 28))), id="iinf"),
        pytest.param(meta(box(b"iloc", struct.pack(">IHI", 2 << 24, 0x4444, 1 << 28))), id="iloc"),
        pytest.param(box(b"cmov", box(b"cmvd", b"\0\0\0\x7fno such thing")), id="cmov damaged"),
        pytest.param(box(b"cmov", box(b"cmvd", b"\0\0\0\x08" + compress(bytes(80)))), id="cmov longer"),
        pytest.param(box(b"cmov", box(b"cmvd", b"\0\0\1\0" + compress(bytes(80)))), id="cmov shorter"),
    ],
)
def test_an_index_that_cannot_be_read_is_refused(broken: bytes, tmp_path: Path) -> None:
    assert problem_of(movie(track(b"vide", broken)), tmp_path) == BROKEN


@pytest.mark.parametrize("version", [0, 1])
def test_edits_of_either_version_are_followed(version: int, tmp_path: Path) -> None:
    one = struct.pack(">QqI" if version else ">IiI", 9, 1_000_000, 1 << 16)
    listed = box(b"edts", box(b"elst", struct.pack(">II", version << 24, 500), one * 500))
    assert problem_of(movie(track(b"vide", *LONG, before=listed), padding=99_000), tmp_path) == TOO_MUCH


@pytest.mark.parametrize("packet", [160, 1024])
def test_compressed_sound_is_counted_by_its_packets(packet: int, tmp_path: Path) -> None:
    """QuickTime's version 1 of a sound's entry says how many samples a packet holds."""
    entry = box(b"ima4", struct.pack(">6xHH18xI12x", 1, 1, packet))
    stsd = box(b"stsd", bytes(4), b"\0\0\0\1", entry)
    chunks = table(b"stsc", 1, 1, 160 * 500, 1)
    found = problem_of(movie(track(b"soun", stsd, *HOUR, chunks)), tmp_path)
    assert found == (TOO_MUCH if packet == 160 else "")
