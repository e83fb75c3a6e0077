"""What several tests of the studio begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.prep.pipeline import choose


@pytest.fixture(scope="session")
def scans(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scans of the clip of a face, made once for all tests."""
    folder = tmp_path_factory.mktemp("scans")
    choose(face_clip, scans=folder)
    return folder
