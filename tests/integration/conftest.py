"""What tests over real parts share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from screentest import clip, probe, segment_at
from screentest.prep.core.values import Clip, Scan
from screentest.prep.pipeline import scanned


@pytest.fixture(scope="session")
def made(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A conforming clip of a real face, 2 s from 1 s on, encoded once; leave its file as it is."""
    source = probe(face_clip)
    out = tmp_path_factory.mktemp("made") / "clip.mp4"
    return clip(source, segment_at(source, start_s=1.0, length_s=2.0), out=out)


@pytest.fixture(scope="session")
def _looked(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scan, Path]:
    kept = tmp_path_factory.mktemp("looked")
    return scanned(face_clip, scans=kept), kept


@pytest.fixture
def face_scan(_looked: tuple[Scan, Path]) -> Scan:
    """What a whole look at the real webcam clip finds, looked at once."""
    return _looked[0]


@pytest.fixture
def face_scans(_looked: tuple[Scan, Path], tmp_path: Path) -> Path:
    """A folder of kept scans that holds the one of the real webcam clip."""
    return Path(shutil.copytree(_looked[1], tmp_path / "face-scans"))
