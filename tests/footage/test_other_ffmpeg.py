"""The oldest ffmpeg that is supported, 5.1 as Debian 12 ships it, makes the same clips."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from screentest import check, clip, probe
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.clipping.ffmpeg import executable
from tests.footage.test_every_file import CLIPS, Case, middle, moments_around, require_same

KINDS = {
    "anim-bbb-intro-vp8.webm",
    "animal-kitten-rot180-vfr.mp4",
    "anim-sintel-trailer-720p.mp4",
    "cut-hamilton-stage.mp4",
    "der-4audio-tracks.mkv",
    "der-hdr10-pq-face.mp4",
    "der-interlaced-mpeg2-pal.mpg",
    "der-prores-proxy-720p.mov",
    "der-rot90-upright-face.mp4",
    "der-truncated-60pct-faststart.mp4",
    "face-asl-book.mkv",
    "face-cap13-webcam.mp4",
    "face-makeup-occluded.avi",
    "fmt-alpha-vp9.webm",
    "fmt-attached-pic.mp4",
    "fmt-av1.mkv",
    "fmt-bbb-starttime10s.mp4",
    "fmt-bbb-vp9-sar64-45.mp4",
    "fmt-failing-audio.mp4",
    "fmt-yuv422p.mp4",
    "multi-intel-classroom.gif",
}


@pytest.fixture
def oldest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Debian's ffmpeg in place of the wheel's; skipped where there is none of version 5."""
    found = shutil.which("ffmpeg")
    said = subprocess.run([found, "-version"], capture_output=True, check=True) if found else None
    if found is None or said is None or not said.stdout.startswith(b"ffmpeg version 5."):
        pytest.skip("no ffmpeg 5 here")
    monkeypatch.setenv("SCREENTEST_FFMPEG", found)
    executable.cache_clear()
    yield
    executable.cache_clear()


@pytest.mark.parametrize("case", [c for c in CLIPS if c.file in KINDS], ids=lambda case: case.file)
@pytest.mark.usefixtures("oldest")
def test_the_oldest_ffmpeg_shows_what_the_footage_shows(
    case: Case, shared_footage: Path, tmp_path: Path
) -> None:
    raw = shared_footage / case.file
    source = probe(raw)
    made = clip(source, middle(source), out=tmp_path / "out.mp4")
    assert [(r.rule, r.found) for r in check(made.path).rules if not r.ok] == []
    start_s = planned_clip(source, middle(source)).start_s
    number = made.frames // 2
    t_s = start_s + number / float(made.fps)
    require_same(case, made, number, moments_around(raw, source, t_s, made))
