"""Whatever bytes a file holds, reading its notes raises nothing, ends, and believes no nonsense."""

from __future__ import annotations

import struct
from pathlib import Path
from secrets import token_hex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.prep.media.containers.matroska import header_problem, pixel_crop
from screentest.prep.media.containers.mp4 import CleanAperture, track_notes
from screentest.prep.media.containers.mp4_index import BROKEN, TOO_LONG, TOO_MUCH, index_problem

NAMES = [
    *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"stsz", b"moof", b"traf", b"trun"),
    *(b"cmov", b"cmvd", b"clap", b"dvcC", b"hvc1", b"free"),
]
ELEMENTS = [
    *(0x18538067, 0x1654AE6B, 0xAE, 0x83, 0xE0, 0xB0, 0xBA, 0x54AA, 0x54CC, 0xEC),
    *(0x1A45DFA3, 0x114D9B74, 0x4DBB, 0x53AC, 0x1941A469, 0x1C53BB6B, 0x1F43B675),
]
# Told sizes are off by this much, or are special ones.
lies = st.sampled_from([0, 0, 0, 0, 1, -1, 7, -7, 1 << 20])
noise = st.binary(max_size=40)


def boxed(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    def box(kind: bytes, parts: list[bytes], lie: int) -> bytes:
        content = b"".join(parts)
        return struct.pack(">I4s", max(0, 8 + len(content) + lie), kind) + content

    return st.builds(box, st.sampled_from(NAMES), st.lists(inner, max_size=4), lies)


def elements(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    def element(name: int, parts: list[bytes], lie: int) -> bytes:
        content = b"".join(parts)
        size = max(0, len(content) + lie) & (1 << 28) - 1 | 1 << 28
        return name.to_bytes((name.bit_length() + 7) // 8, "big") + size.to_bytes(4, "big") + content

    return st.builds(element, st.sampled_from(ELEMENTS), st.lists(inner, max_size=4), lies)


def nested(names: tuple[bytes, ...], content: bytes) -> bytes:
    for name in reversed(names):
        content = struct.pack(">I4s", 8 + len(content), name) + content
    return content


# Where it is read; any content there is somebody's.
TABLES = [
    (b"moov", b"cmov", b"cmvd"),
    (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"),
    (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"),
    (b"moof", b"traf", b"trun"),
    *(
        (b"moov", b"trak", b"mdia", b"minf", b"stbl", name)
        for name in (b"stsc", b"stts", b"stss", b"stco", b"sbgp", b"elst", b"hdlr", b"mdhd")
    ),
    (b"meta", b"iloc"),
]
tables = st.builds(nested, st.sampled_from(TABLES), noise)
mp4s = st.lists(st.recursive(noise, boxed, max_leaves=12), max_size=3).map(b"".join)
matroskas = st.lists(st.recursive(noise, elements, max_leaves=12), max_size=3).map(b"".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def written(folder: Path, content: bytes) -> Path:
    """A file of its own, as what a path holds is remembered."""
    file = folder / token_hex(8)
    file.write_bytes(content)
    return file


def is_sane(aperture: CleanAperture | None) -> bool:
    return aperture is None or (
        aperture.width_px.denominator > 0 and aperture.height_px.denominator > 0
    )


@given(st.one_of(noise, mp4s, tables), st.integers(0, 3))
@settings(deadline=None)
def test_no_mp4_makes_its_notes_fail(folder: Path, content: bytes, track: int) -> None:
    file = written(folder, content)
    assert is_sane(track_notes(file, track).aperture)
    assert index_problem(file) in ("", BROKEN, TOO_LONG, TOO_MUCH)
    file.unlink()


@given(st.one_of(noise, matroskas), st.integers(0, 3))
@settings(deadline=None)
def test_no_matroska_makes_its_notes_fail(folder: Path, content: bytes, stream: int) -> None:
    file = written(folder, content)
    crop = pixel_crop(file, stream)
    assert header_problem(file) == ""
    assert crop is None or (crop.width_px >= 1 and crop.height_px >= 1)
    file.unlink()


@given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 255))
@settings(deadline=None)
def test_one_damaged_byte_of_a_real_header_does_no_harm(
    folder: Path, tail: bytes, place: int, value: int
) -> None:
    clap = struct.pack(">I4sIIIIiIiI", 40, b"clap", 240, 1, 120, 1, -10, 2, 4, 1)
    content = struct.pack(">I4s", 126, b"hvc1") + bytes(78) + clap
    content = struct.pack(">I4sII", 142, b"stsd", 0, 1) + content
    for name in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        content = struct.pack(">I4s", 8 + len(content), name) + content
    damaged = bytearray(content + tail)
    damaged[place % len(damaged)] = value
    file = written(folder, bytes(damaged))
    assert is_sane(track_notes(file, 0).aperture)
    assert index_problem(file) in ("", BROKEN, TOO_LONG, TOO_MUCH)
    file.unlink()
