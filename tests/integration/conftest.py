"""What tests over real parts share."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import clip, probe, scan, segment_at
from screentest.prep.core.values import Clip, Scan


@pytest.fixture(scope="session")
def made(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A conforming clip of a real face, 2 s from 1 s on, encoded once; leave its file as it is."""
    source = probe(face_clip)
    out = tmp_path_factory.mktemp("made") / "clip.mp4"
    return clip(source, segment_at(source, start_s=1.0, length_s=2.0), out=out)


@pytest.fixture(scope="session")
def face_scan(face_clip: Path) -> Scan:
    """What a whole look at the real webcam clip finds, looked at once."""
    return scan(probe(face_clip))
