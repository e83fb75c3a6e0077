"""What an MP4 may tell beside its film: each place where a camera or an editor writes is looked at."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from screentest.prep.media.containers.beside import (
    beside_the_film,
    has_notes,
    is_overwritten,
    units_of_header,
    units_of_packet,
)

X264 = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")
SLICE = b"\x65\x88\x84\x01\x02"


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def header(kind: bytes, *, made: int = 0, version: int = 0) -> bytes:
    times = struct.pack(">QQ" if version else ">II", made, 0)
    return box(kind, bytes([version, 0, 0, 0]) + times + bytes(80))


def film(*, moov: bytes = b"", trak: bytes = b"", udta: bytes = b"", after: bytes = b"") -> bytes:
    track = box(b"trak", header(b"tkhd") + box(b"mdia", header(b"mdhd") + box(b"hdlr")) + trak)
    said = box(b"udta", udta) if udta else b""
    return box(b"ftyp", b"isom") + box(b"moov", header(b"mvhd") + track + moov + said) + after


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (film(after=box(b"mdat", b"pictures") + box(b"free", bytes(100))), ()),
        (film(udta=box(b"meta", bytes(4) + box(b"ilst", box(b"\xa9too", b"Lavf")))), ()),
        (film(udta=box(b"\xa9xyz", b"+48.2+016.3/")), ("\xa9xyz",)),
        (film(udta=box(b"meta", bytes(4) + box(b"ilst", box(b"\xa9cmt", b"at home")))), ("\xa9cmt",)),
        (film(after=box(b"uuid", b"<x:xmpmeta>")), ("uuid",)),
        (film(after=box(b"free", b"+48.2+016.3/")), ("free",)),
        (film(trak=box(b"tapt")), ("tapt",)),
        (film(moov=header(b"mvhd", made=3_800_000_000)), ("mvhd time",)),
        (film(trak=header(b"tkhd", made=3_800_000_000)), ("tkhd time",)),
        (film(trak=box(b"mdia", header(b"mdhd", made=1, version=1))), ("mdhd time",)),
        (film(after=box(b"mdat") + film()), ("second ftyp", "second moov")),
        (film(after=box(b"moov", header(b"mvhd"))), ("second moov",)),
        (b"\x00\x00\x01\xb3 MPEG, and no MP4 at all", ()),
        (b"", ()),
    ],
)
def test_each_place_that_may_tell_of_the_source_is_named(
    tmp_path: Path, content: bytes, names: tuple[str, ...]
) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    assert beside_the_film(tmp_path / "a.mp4").boxes == names


@pytest.mark.parametrize("cut", [9, 30, 100, 150])
def test_a_file_that_ends_too_soon_is_no_crash(tmp_path: Path, cut: int) -> None:
    (tmp_path / "a.mp4").write_bytes(film()[:cut])
    beside_the_film(tmp_path / "a.mp4")


def test_a_film_in_pieces_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(film(moov=box(b"mvex")))
    beside = beside_the_film(tmp_path / "a.mp4")
    assert (beside.fragmented, beside.boxes) == (True, ())


def note(uuid: bytes, text: bytes, *, before: bytes = b"") -> bytes:
    return b"\x06" + before + b"\x05" + bytes([len(uuid + text)]) + uuid + text + b"\x80"


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        (SLICE, False),
        (note(X264, b"x264 - core 164"), False),
        (note(b"\x01" * 16, b"lat=48.2"), True),
        (note(b"\x01" * 16, b"lat=48.2", before=b"\x04\x02ab"), True),
        (b"\x06\x04\x02ab\x80", False),
        (b"\x06\x05\xff\x01" + b"\x01" * 16 + b"-" * 240, True),
        (b"\x06", False),
        (b"", False),
    ],
)
def test_a_note_between_pictures_is_found_unless_it_is_the_encoders_own(
    unit: bytes, found: bool
) -> None:
    assert has_notes([SLICE, unit]) == found


@pytest.mark.parametrize(
    ("unit", "broken"),
    [
        (SLICE, False),
        (b"\x65\x00\x00\x03\x01\x80\x00\x00\x00", False),
        (b"\x65\x88\x00\x00\x00\x88", True),
        (b"\x65\x88\x00\x00\x01\x88", True),
    ],
)
def test_a_hole_in_a_picture_is_seen_though_decoders_patch_it(unit: bytes, broken: bool) -> None:
    assert is_overwritten(unit) == broken


def test_units_are_taken_apart_by_the_lengths_that_the_header_names() -> None:
    avcc = b"\x01\x64\x00\x1f\xfd" + b"\xe1\x00\x02\x67\x01" + b"\x01\x00\x02\x68\x02"
    assert list(units_of_header(avcc)) == [b"\x67\x01", b"\x68\x02"]
    assert list(units_of_packet(b"\x00\x02\x65\x01\x00\x01\x06", avcc)) == [b"\x65\x01", b"\x06"]
    assert list(units_of_header(b"")) == []
