"""A span of footage: what leads up to it is decoded no further than needed, and changes nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from screentest import probe
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.media.frames import reading

FPS, START_S, END_S = 25, 1.21, 2.01
# Where the second half of a group of pictures begins, the first leads up to it.
CODECS = {
    "h264": ("libx264", "-preset", "fast", "-bf", "3", "-g", "100"),
    "hevc": ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:bframes=3"),
    "av1": ("libsvtav1", "-preset", "12"),
}


@pytest.fixture(scope="module", params=CODECS)
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spans") / f"{request.param}.mp4"
    moving = ["-f", "lavfi", "-i", f"testsrc2=size=160x96:rate={FPS}:duration=3", "-pix_fmt", "yuv420p"]
    command = [executable(), "-v", "error", *moving, "-c:v", *CODECS[request.param], str(path)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    return path


def seen(film: Path, start_s: float) -> dict[float, bytes]:
    """The pictures of a span up to ``END_S``, by time, those from ``START_S`` on."""
    with reading(probe(film)) as reader:
        frames = reader.span(start_s, END_S)
        return {f.t_s: reader.picture(f).tobytes() for f in frames if f.t_s >= START_S}


def test_a_span_shows_what_reading_from_the_beginning_shows(film: Path) -> None:
    found = seen(film, START_S)
    assert len(found) == round((END_S - START_S) * FPS)
    assert found == seen(film, 0.0)
