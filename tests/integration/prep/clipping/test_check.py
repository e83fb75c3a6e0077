"""check on real files: one good clip, and the same with one thing wrong."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from screentest import check
from screentest.prep.clipping.check import look_inside
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.core.errors import NotFound
from screentest.prep.core.spec import KLING_ELEMENTS
from screentest.prep.core.values import Clip

COPIED = ("-c", "copy", "-fflags", "+bitexact", "-map_metadata", "-1", "-empty_hdlr_name", "1")
FAST = ("-movflags", "+faststart")


def remade(clip: Clip, out: Path, *options: str) -> Path:
    """The clip with something done to it."""
    command = [executable(), "-v", "error", "-nostdin", "-y", "-i", clip.path, *options, str(out)]
    subprocess.run(command, check=True, timeout=60)
    return out


def broken(path: Path | str) -> set[str]:
    return {row.rule for row in check(path).rules if not row.ok}


def test_a_clip_of_ours_keeps_every_rule_and_its_facts_are_its_own(made: Clip) -> None:
    assert broken(made.path) == set()
    facts = look_inside(Path(made.path))
    assert (facts.width_px, facts.height_px) == (made.width_px, made.height_px)
    assert (facts.frames, facts.fps, facts.length_s) == (made.frames, made.fps, made.length_s)
    assert facts.bytes == made.bytes
    assert facts.tags == ()


@pytest.mark.parametrize(
    ("rule", "file", "options"),
    [
        ("container", "a.mkv", COPIED),
        ("faststart", "a.mp4", COPIED),
        ("metadata", "a.mp4", (*COPIED, *FAST, "-metadata", "location=+48.2+016.3/")),
        ("metadata", "a.mp4", (*COPIED[:-2], *FAST, "-metadata:s:v", "handler_name=PhoneOfJoe")),
        ("upright", "a.mp4", (*COPIED[2:], "-c:v", "copy", *FAST)),
    ],
    ids=["container", "faststart", "location", "handler", "upright"],
)
def test_one_thing_made_wrong_is_the_one_that_is_told(
    rule: str, file: str, options: tuple[str, ...], made: Clip, tmp_path: Path
) -> None:
    turned = ("-display_rotation", "90") if rule == "upright" else ()
    out = tmp_path / file
    command = [executable(), "-v", "error", "-nostdin", *turned, "-i", made.path, *options, str(out)]
    subprocess.run(command, check=True, timeout=60)
    told = broken(out) - ({"faststart", "metadata"} if file.endswith("mkv") else set())
    assert told == {rule}


def test_another_model_s_rules_are_told_of_the_same_clip(made: Clip) -> None:
    told = {row.rule for row in check(made.path, spec=KLING_ELEMENTS).rules if not row.ok}
    assert told == {"length", "resolution"}


def test_a_clip_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check(tmp_path / "gone.mp4")


def test_a_second_track_of_pictures_is_a_stream_too_many(made: Clip, tmp_path: Path) -> None:
    twice = remade(made, tmp_path / "a.mp4", *COPIED, *FAST, "-map", "0:v", "-map", "0:v")
    assert broken(twice) == {"streams"}


@pytest.mark.parametrize("size", [1, (1 << 64) - 1, 1 << 62], ids=["one", "most", "huge"])
def test_a_file_of_another_kind_whose_bytes_read_as_a_huge_box_is_no_crash(
    size: int, tmp_path: Path
) -> None:
    """MPEG video begins 00 00 01 b3: as an MP4 box, 435 bytes; what lies there is anybody's."""
    film = tmp_path / "a.m2v"
    pattern = "testsrc2=size=320x180:rate=25:duration=2"
    command = [executable(), "-v", "error", "-f", "lavfi", "-i", pattern, "-c:v", "mpeg2video"]
    subprocess.run([*command, str(film)], check=True, timeout=60)
    data = bytearray(film.read_bytes())
    struct.pack_into(">I4sQ", data, 435, 1, b"free", size | 0xFF << 56 if size > 1 else size)
    film.write_bytes(data)
    assert "faststart" in broken(film)
