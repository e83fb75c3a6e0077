"""clip: real footage through the real ffmpeg, and the result opened and looked at."""

from __future__ import annotations

import resource
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fixtures.generate import read_counter
from screentest import check, clip, pick, probe, segment_at
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.core.errors import (
    DiskFull,
    EncodeFailed,
    NotAFile,
    NotAVideo,
    NotFound,
    OutputNotWritable,
    TooShort,
)
from screentest.prep.core.values import Scan
from screentest.prep.media.frames import reading
from tests.clips import BRIEF, SMALL, first_luma, lumas, short_clip, sound
from tests.conftest import Footage


@pytest.mark.parametrize(
    "name",
    [
        "pattern-720p",
        "pattern-portrait",
        "pattern-square",
        "pattern-tiny",
        "pattern-4k",
        "pattern-60fps",
        "pattern-2997",
        "pattern-late-start",
        "face-with-sound",
        "rotated-90",
        "sar-16-15",
        "vfr",
    ],
)
def test_every_rule_is_kept_whatever_comes_in(name: str, footage: Footage, tmp_path: Path) -> None:
    result = short_clip(footage(name), tmp_path)
    broken = [rule for rule in check(result.path).rules if not rule.ok]
    assert not broken


@pytest.mark.parametrize(("name", "fps"), [("counter", 25.0), ("counter-2997", 30000 / 1001)])
@pytest.mark.parametrize("first", [0, 1, 37, 51])
def test_the_clip_starts_at_the_very_frame_that_was_picked(
    name: str, fps: float, first: int, footage: Footage, tmp_path: Path
) -> None:
    result = short_clip(footage(name), tmp_path, start_s=first / fps, spec=SMALL)
    numbers = [read_counter(picture) for picture in lumas(result)]
    assert numbers == list(range(first, first + result.frames))


def test_the_real_face_makes_a_clip_of_four_seconds(
    face_clip: Path, face_scan: Scan, tmp_path: Path
) -> None:
    source = probe(face_clip)
    segment = pick(face_scan)
    result = clip(source, segment, out=tmp_path / "joe.mp4")
    assert segment.subject == "face"
    assert not 20 - 4 < segment.start_s < 23, "the head turns there"
    assert (result.width_px, result.height_px) == (1280, 720)
    assert result.length_s == Fraction(4)
    assert result.upscaled
    assert check(result.path).ok


def test_a_phone_clip_comes_out_upright(footage: Footage, tmp_path: Path) -> None:
    stored, shown = footage("pattern-720p"), footage("rotated-90")
    result = short_clip(shown, tmp_path, spec=BRIEF)
    assert (result.width_px, result.height_px) == (720, 1280)
    first = first_luma(result)
    upright = np.rot90(first_luma(stored), -1)
    assert abs(first - upright).mean() < 2
    assert abs(first - np.rot90(upright, 2)).mean() > 20


def test_footage_whose_note_is_wrong_comes_out_as_it_was_rotated_by_hand(
    footage: Footage, tmp_path: Path
) -> None:
    source = probe(footage("rotated-90"), rotate_deg=270)
    assert (source.width_px, source.height_px) == (1280, 720)
    segment = segment_at(source, start_s=0.0, length_s=0.2, spec=BRIEF)
    made_of_it = clip(source, segment, out=tmp_path / "out.mp4", spec=BRIEF)
    stored = first_luma(footage("pattern-720p"))
    assert (made_of_it.width_px, made_of_it.height_px) == (1280, 720)
    assert abs(first_luma(made_of_it) - stored).mean() < 2
    with reading(source) as reader:
        seen = reader.luma(next(reader.span(0.0, 1.0)))
    assert abs(seen.astype(int) - stored).mean() < 2, "and so it is looked at"


def test_nothing_is_stretched(footage: Footage, tmp_path: Path) -> None:
    first = first_luma(short_clip(footage("pattern-square"), tmp_path, spec=BRIEF))
    lit = np.flatnonzero(first.max(axis=0) > 40)
    assert abs((lit[-1] - lit[0] + 1) - 720) <= 2


@pytest.mark.parametrize(
    ("name", "orientation"),
    [
        ("pattern-square", "portrait"),
        ("pattern-720p", "portrait"),
        ("pattern-portrait", "landscape"),
        ("rotated-90", "landscape"),
    ],
)
def test_any_footage_goes_to_the_orientation_asked_for_and_loses_nothing(
    name: str, orientation: str, footage: Footage, tmp_path: Path
) -> None:
    result = short_clip(footage(name), tmp_path, spec=BRIEF, orientation=orientation)
    assert (result.height_px > result.width_px) == (orientation == "portrait")
    assert check(result.path, spec=BRIEF).ok
    source, first = probe(footage(name)), first_luma(result)
    rows, columns = (np.flatnonzero(first.max(axis=axis) > 40) for axis in (1, 0))
    wide, high = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    assert wide / high == pytest.approx(source.width_px / source.height_px, rel=0.02)


def test_sound_is_kept_where_there_is_some_and_never_outlasts_the_picture(
    footage: Footage, tmp_path: Path
) -> None:
    result = short_clip(footage("face-with-sound"), tmp_path, spec=SMALL)
    assert result.has_audio
    heard = sound(result)
    assert np.abs(heard).max() > 0.05
    assert heard.shape[1] / 48_000 <= float(result.length_s)


def test_nothing_private_survives(footage: Footage, tmp_path: Path) -> None:
    result = short_clip(footage("face-private"), tmp_path, spec=SMALL)
    data = Path(result.path).read_bytes()
    for secret in (b"+48.2082", b"PhoneOfJoe", b"HomeOfJoe", b"2026-05-04", b"x264 - core"):
        assert secret not in data


def test_the_same_footage_makes_the_same_bytes(face_clip: Path, tmp_path: Path) -> None:
    once, again = (short_clip(face_clip, tmp_path).sha256 for _ in range(2))
    assert once == again


def test_less_than_two_seconds_is_an_error_and_no_file(footage: Footage, tmp_path: Path) -> None:
    with pytest.raises(TooShort):
        short_clip(footage("too-short"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "error"), [("not-a-video", NotAVideo), ("audio-only", NotAVideo)])
def test_what_is_not_a_video_is_refused_in_one_sentence(
    name: str, error: type[Exception], footage: Footage
) -> None:
    with pytest.raises(error) as caught:
        probe(footage(name))
    assert "\n" not in str(caught.value)


def test_no_such_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        probe(tmp_path / "none.mp4")
    with pytest.raises(NotAFile):
        probe(tmp_path)


def test_odd_file_names_are_just_names(footage: Footage, tmp_path: Path) -> None:
    odd = tmp_path / "-vf 'a' %02d\n:ü.mp4"
    odd.symlink_to(footage("pattern-720p"))
    source = probe(odd)
    segment = segment_at(source, start_s=0, length_s=2.0, spec=SMALL)
    out = tmp_path / "-out %d 'ü'.mp4"
    assert check(clip(source, segment, out=out, spec=SMALL).path, spec=SMALL).ok


def test_a_missing_folder_is_named_and_nothing_is_left(footage: Footage, tmp_path: Path) -> None:
    source = probe(footage("pattern-720p"))
    with pytest.raises(OutputNotWritable, match="nowhere"):
        clip(source, segment_at(source, start_s=0), out=tmp_path / "nowhere" / "out.mp4")


def test_the_footage_itself_is_never_replaced(footage: Footage, tmp_path: Path) -> None:
    raw = tmp_path / "raw.mp4"
    raw.write_bytes(footage("pattern-720p").read_bytes())
    source = probe(raw)
    with pytest.raises(OutputNotWritable, match="own footage"):
        clip(source, segment_at(source, start_s=0), out=raw)
    assert raw.read_bytes() == footage("pattern-720p").read_bytes()


def test_a_full_disk_is_named_and_leaves_nothing(footage: Footage, tmp_path: Path) -> None:
    """A file-size limit stands in for the full disk: the write fails in the same place."""
    source = probe(footage("pattern-720p"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises((DiskFull, EncodeFailed)):
            clip(source, segment_at(source, start_s=0), out=tmp_path / "out.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_another_ffmpeg_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    executable.cache_clear()
    monkeypatch.setenv("SCREENTEST_FFMPEG", "/bin/true")
    assert executable() == "/bin/true"
    executable.cache_clear()
