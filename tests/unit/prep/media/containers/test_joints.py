"""Files of several recordings: where each container's next one begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.prep.media.containers import joints as module
from screentest.prep.media.containers.joints import joints
from screentest.prep.media.deadline import Deadline


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def riff(kind: bytes) -> bytes:
    return b"RIFF" + (24).to_bytes(4, "little") + kind + bytes(20)


EBML = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
FLV = b"FLV\x01\x05\0\0\0\x09\0\0\0\0"
MP4 = box(b"ftyp", b"isom") + box(b"mdat", bytes(40)) + box(b"moov", bytes(16))
FRAGMENTS = box(b"ftyp", b"iso5") + box(b"moov") + 3 * (box(b"moof") + box(b"mdat", bytes(9)))
SEGMENT = b"\x18\x53\x80\x67"
SIZED = EBML + SEGMENT + b"\xa0" + bytes(32)
ENDLESS = EBML + SEGMENT + b"\x01" + b"\xff" * 7 + bytes(50)
MP4_NAME = "mov,mp4,m4a,3gp,3g2,mj2"


def found(content: bytes, container: str, folder: Path) -> tuple[int, ...]:
    path = folder / "raw"
    path.write_bytes(content)
    return joints(path, container, 0, Deadline(path, 60))


@pytest.mark.parametrize(
    ("one", "container"),
    [
        (MP4, MP4_NAME),
        (FRAGMENTS, MP4_NAME),
        (riff(b"AVI ") + riff(b"AVIX"), "avi"),
        (SIZED, "matroska,webm"),
        (ENDLESS, "matroska,webm"),
        (FLV + bytes(99), "flv"),
    ],
    ids=["mp4", "fragments", "avi", "mkv", "browser", "flv"],
)
def test_each_recording_begins_with_a_head_of_its_own(
    one: bytes, container: str, tmp_path: Path
) -> None:
    assert found(one, container, tmp_path) == ()
    assert found(one * 3, container, tmp_path) == (len(one), 2 * len(one))


@pytest.mark.parametrize(
    ("content", "container"),
    [
        (box(b"ftyp") + box(b"ftyp") + box(b"moov"), MP4_NAME),
        (MP4 + b"\0\0\0\0more", MP4_NAME),
        (MP4[:-3], MP4_NAME),
        (SIZED + bytes(40), "matroska,webm"),
        (ENDLESS + b"\x1a\x45\xdf\xa3" + bytes(60), "matroska,webm"),
        (FLV + b"FLV\x01 is said in a subtitle", "flv"),
        (b"", "avi"),
        (MP4 * 2, "ogg"),
    ],
)
def test_what_only_looks_like_a_head_is_passed_over(
    content: bytes, container: str, tmp_path: Path
) -> None:
    assert found(content, container, tmp_path) == ()


def test_a_mark_that_lies_between_two_readings_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHUNK_BYTES", 25)
    for more in range(30):
        first = ENDLESS + bytes(more)
        assert found(first + ENDLESS, "matroska,webm", tmp_path) == (len(first),)


def test_hundreds_of_heads_are_no_recordings_that_anybody_joined(tmp_path: Path) -> None:
    assert len(found(MP4 * 256, MP4_NAME, tmp_path)) == 255
    assert found(MP4 * 257, MP4_NAME, tmp_path) == ()
