"""Elements of Matroska files: read where they are, and nothing believed that does not fit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from screentest.prep.core.errors import NotAVideo
from screentest.prep.media.containers.matroska import header_problem, pixel_crop
from screentest.prep.media.containers.mp4 import CleanAperture
from screentest.prep.media.deadline import Deadline
from screentest.prep.media.opening import opened


def element(name: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    length = (name.bit_length() + 7) // 8
    return name.to_bytes(length, "big") + (len(inside) | 1 << 28).to_bytes(4, "big") + inside


def track(kind: int, *video: bytes) -> bytes:
    return element(0xAE, element(0x83, bytes([kind])), element(0xE0, *video))


def number(name: int, value: int) -> bytes:
    return element(name, value.to_bytes(2, "big"))


CROPPED = track(1, number(0xB0, 320), number(0xBA, 180), number(0x54CC, 60), number(0x54BB, 8))
SOUND, BUTTONS = track(2), track(18)


def movie(*tracks: bytes) -> bytes:
    head = element(0x1A45DFA3, b"\x42\x86\x81\x01")
    return head + element(0x18538067, element(0xEC, bytes(9)), element(0x1654AE6B, *tracks))


WANTED = CleanAperture(Fraction(260), Fraction(172), Fraction(30), Fraction(4))


def test_the_crop_of_the_very_stream_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.mkv"
    file.write_bytes(movie(SOUND, BUTTONS, CROPPED))
    assert pixel_crop(file, 1) == WANTED, "buttons are not a stream"
    assert pixel_crop(file, 0) is None


def test_a_recording_that_never_learnt_its_length_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "a.mkv"
    data = movie(CROPPED)
    place = data.index(b"\x18\x53\x80\x67") + 4
    file.write_bytes(data[:place] + b"\x1f\xff\xff\xff" + data[place + 4 :])
    assert pixel_crop(file, 0) == WANTED


@pytest.mark.parametrize("kept", range(0, 120, 7))
def test_a_file_that_breaks_off_does_no_harm(kept: int, tmp_path: Path) -> None:
    file = tmp_path / "a.mkv"
    file.write_bytes(movie(CROPPED)[:kept])
    found = pixel_crop(file, 0)
    assert found is None or 0 < found.width_px <= 320


def test_a_crop_that_leaves_nothing_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "a.mkv"
    file.write_bytes(movie(track(1, number(0xB0, 32), number(0xBA, 18), number(0x54CC, 32))))
    assert pixel_crop(file, 0) is None


def test_what_is_not_a_matroska_file_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    for data in (b"", b"\0" * 64, b"\x80", b"ftyp" * 50, b"\xff" * 50):
        file.write_bytes(data)
        assert pixel_crop(file, 0) is None


CLUSTER = element(0x1F43B675, bytes(40))
CUE, TAG, FILE = b"\xbb\x80", b"\x73\x73\x80", b"\x61\xa7\x80"
FONT = element(0x61A7, bytes(30_000_000))


def segment(*parts: bytes) -> bytes:
    head = element(0x1A45DFA3, b"\x42\x86\x81\x01")
    return head + element(0x18538067, *parts)


def sought(name: int, content: bytes) -> bytes:
    """What lies behind the pictures, where a seek head points at it."""

    def seek_head(at: int) -> bytes:
        ids = element(0x53AB, name.to_bytes(4, "big"))
        return element(0x114D9B74, element(0x4DBB, ids, element(0x53AC, at.to_bytes(4, "big"))))

    behind = len(seek_head(0) + CLUSTER)
    return segment(seek_head(behind), CLUSTER, element(name, content))


@pytest.mark.parametrize(
    ("content", "is_heavy"),
    [
        pytest.param(movie(CROPPED), False, id="a film"),
        pytest.param(segment(element(0x1C53BB6B, CUE * 5_000_000), CLUSTER), False, id="many cues"),
        pytest.param(segment(element(0x1C53BB6B, CUE * 13_000_000), CLUSTER), True, id="too many cues"),
        pytest.param(segment(element(0x1254C367, TAG * 3_000_000), CLUSTER), True, id="tags"),
        pytest.param(segment(CLUSTER, element(0x1254C367, TAG * 3_000_000)), False, id="tags unread"),
        pytest.param(segment(*[element(0x1254C367, TAG * 1_000_000)] * 3), True, id="tags in parts"),
        pytest.param(segment(element(0x1941A469, FILE * 5000), CLUSTER), True, id="files"),
        pytest.param(
            segment(element(0x1941A469, element(0x61A7, bytes(30_000_000))), CLUSTER),
            False,
            id="a font",
        ),
        pytest.param(
            segment(*[element(0x1549A966)] * 20_000), True, id="more parts than anybody makes"
        ),
    ],
)
def test_what_fills_the_memory_before_the_first_picture_is_told(
    content: bytes, is_heavy: bool, tmp_path: Path
) -> None:
    file = tmp_path / "a.mkv"
    file.write_bytes(content)
    assert bool(header_problem(file)) == is_heavy


def test_a_recording_appended_to_one_of_no_length_is_looked_at_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.mkv"
    endless = movie(CROPPED).replace(b"\x18\x53\x80\x67", b"\x18\x53\x80\x67\xff", 1)
    cut = endless.index(b"\xff") + 1
    first = endless[:cut] + endless[cut + 4 :] + CLUSTER
    heavy = segment(element(0x1C53BB6B, CUE * 13_000_000), CLUSTER)
    file.write_bytes(first + heavy)
    assert not header_problem(file, (0, len(first)))
    assert header_problem(file, (len(first), len(first + heavy)))
    part = (len(first), len(first + heavy))
    with (
        pytest.raises(NotAVideo, match="an index larger than fits"),
        opened(file, Deadline(file, 60), part=part),
    ):
        pytest.fail("it fills the memory")
