"""Quality and cost: what the encoder takes away, and how soon a cut in a long file begins."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from pathlib import Path

import pytest

from fixtures.generate import read_counter
from screentest import clip, probe, segment_at
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.clipping.ffmpeg import arguments, executable
from screentest.prep.core.values import Source
from tests.clips import SMALL, first_luma
from tests.conftest import Footage

MIN_VMAF = 95.0
MAX_BYTES = 25_000_000
_NOWHERE = ("-f", "null", "-")
_LOSSY_ONLY = ("-crf", "-preset", "-profile:v", "-bsf:v", "-movflags", "-empty_hdlr_name")


def lossless(words: list[str]) -> list[str]:
    """The same command, into FFV1 in Matroska."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word not in _LOSSY_ONLY:
            kept.append({"libx264": "ffv1", "mp4": "matroska"}.get(word, word))
        skip = word in _LOSSY_ONLY
    return kept


def test_the_encoder_takes_away_nothing_that_shows(face_clip: Path, tmp_path: Path) -> None:
    source = probe(face_clip)
    segment = segment_at(source, start_s=1.0, length_s=2.0)
    made = clip(source, segment, out=tmp_path / "out.mp4")
    reference = tmp_path / "reference.mkv"
    words = lossless(arguments(planned_clip(source, segment), reference))
    subprocess.run([executable(), *words], check=True, capture_output=True, timeout=120)
    graph = "[0:v]setpts=N/TB/25[a];[1:v]setpts=N/TB/25[b];[a][b]libvmaf=n_subsample=5"
    told = subprocess.run(
        [executable(), "-hide_banner", "-i", made.path, "-i", reference, "-lavfi", graph, *_NOWHERE],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    (score,) = re.findall(r"VMAF score: ([\d.]+)", told.stderr)
    assert float(score) >= MIN_VMAF
    assert made.bytes <= MAX_BYTES


@pytest.mark.parametrize("kind", ["mp4", "ts"])
def test_a_cut_late_in_a_three_hour_file_begins_at_once(
    kind: str, footage: Footage, tmp_path: Path
) -> None:
    """In CPU time, as a multiple of the same cut at the beginning: machines differ."""
    repeats = 10_800 // 6
    listing = tmp_path / "list.txt"
    listing.write_text(f"file '{footage('counter-open-gop')}'\n" * repeats)
    long = tmp_path / f"three-hours.{kind}"
    subprocess.run(
        [executable(), "-v", "error", "-f", "concat", "-safe", "0", "-i", listing, "-c", "copy", long],
        check=True,
        timeout=120,
    )
    source = probe(long)
    assert source.duration_s > 10_700
    early_s, late_s = (_spent_s(source, at, tmp_path) for at in (0.0, 10_700.0))
    assert late_s < 4 * early_s
    first = read_counter(first_luma(tmp_path / "out.mp4"))
    assert first == 10_700 * 25 % 150


def _spent_s(source: Source, start_s: float, folder: Path) -> float:
    segment = segment_at(source, start_s=start_s, length_s=2.0, spec=SMALL)
    started = time.process_time() + _children_s()
    clip(source, segment, out=folder / "out.mp4", spec=SMALL)
    return time.process_time() + _children_s() - started


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
