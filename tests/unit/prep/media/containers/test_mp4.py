"""Boxes of MP4 files: read where they are, and nothing believed that does not fit."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import pytest

from screentest.prep.core.crop import Crop
from screentest.prep.media.containers.mp4 import CleanAperture, TrackNotes, track_notes
from screentest.prep.media.orientation import upright_aperture


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def movie(*inner: bytes) -> bytes:
    entry = box(b"hvc1", bytes(78), *inner)
    stsd = box(b"stsd", struct.pack(">II", 0, 1), entry)
    path = box(b"mdia", box(b"minf", box(b"stbl", stsd)))
    return box(b"ftyp", b"isom") + box(b"moov", box(b"trak", path))


CLAP = box(b"clap", struct.pack(">IIIIiIiI", 240, 1, 120, 1, -10, 2, 4, 1))
DOLBY = box(b"dvcC", bytes([1, 0, 5 << 1, 0, 0]) + bytes(19))


def test_aperture_and_dolby_profile_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(movie(CLAP, DOLBY))
    aperture = CleanAperture(Fraction(240), Fraction(120), Fraction(-5), Fraction(4))
    assert track_notes(file, 0) == TrackNotes(aperture, 5, 0)


def test_another_track_is_not_mixed_up(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(movie(CLAP))
    assert track_notes(file, 1) == TrackNotes()


@pytest.mark.parametrize("kept", range(0, 190, 7))
def test_a_file_that_breaks_off_says_nothing_and_does_no_harm(kept: int, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(movie(CLAP)[:kept])
    assert track_notes(file, 0) == TrackNotes()


def test_an_aperture_larger_than_the_picture_is_not_believed() -> None:
    huge = CleanAperture(Fraction(4000), Fraction(10), Fraction(0), Fraction(0))
    assert upright_aperture(huge, 320, 180, turn_deg=0, mirrored=False) is None


def test_an_aperture_turns_with_its_picture() -> None:
    left_part = CleanAperture(Fraction(100), Fraction(180), Fraction(-110), Fraction(0))
    assert upright_aperture(left_part, 320, 180, turn_deg=0, mirrored=False) == Crop(0, 0, 100, 180)
    assert upright_aperture(left_part, 320, 180, turn_deg=0, mirrored=True) == Crop(220, 0, 100, 180)
    assert upright_aperture(left_part, 320, 180, turn_deg=90, mirrored=False) == Crop(0, 0, 180, 100)
