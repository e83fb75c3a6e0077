"""Pictures that change their form on the way: each is looked at in its own, and no window joins two."""

from __future__ import annotations

import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from screentest import pick, probe, scan
from screentest.prep.core.shots import shots_of
from tests.conftest import FIXTURES, Footage


@pytest.mark.parametrize(
    ("name", "aspects"),
    [
        ("turned-midway", [16 / 9, 9 / 16]),
        ("wider-midway", [4 / 3, 16 / 9]),
        ("hlg-midway", [4 / 3, 4 / 3]),
        ("woven-later", [4 / 3, 4 / 3]),
    ],
)
def test_a_change_of_form_parts_two_shots_at_its_very_first_picture(
    name: str, aspects: list[float], footage: Footage
) -> None:
    scanned = scan(probe(footage(name)))
    assert scanned.cuts_s == pytest.approx([3.0])
    assert [shot.aspect for shot in shots_of(scanned)] == pytest.approx(aspects, rel=0.01)
    found = pick(scanned)
    assert found.end_s <= 3.001 or found.start_s >= 2.999


def test_a_container_without_an_index_is_looked_at_from_end_to_end(tmp_path: Path) -> None:
    """FFmpeg tells of keyframes that it read while it looked for the length: the last ones."""
    raw = FIXTURES / "cap13_edit2.mp4"
    made = tmp_path / "long.ts"
    many = ["-stream_loop", "4", "-i", os.fspath(raw), "-c", "copy", "-f", "mpegts", os.fspath(made)]
    subprocess.run([get_ffmpeg_exe(), "-v", "error", *many], check=True)
    source = probe(made)
    assert source.duration_s > 140
    times_s = [source.video_start_s, *(s.t_s for s in scan(source).signals), source.end_s]
    assert max(later - sooner for sooner, later in pairwise(times_s)) < 8
