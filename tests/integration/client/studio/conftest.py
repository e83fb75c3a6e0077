"""What several tests of the studio begin with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from screentest.client.studio.server.studio import Studio
from screentest.prep.pipeline import choose
from tests.integration.client.studio.studio_parts import page_of


@pytest.fixture(scope="session")
def scans(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scans of the clip of a face, made once for all tests."""
    folder = tmp_path_factory.mktemp("scans")
    choose(face_clip, scans=folder)
    return folder


@pytest.fixture
def scanned(scans: Path, home: Path) -> None:
    """The test's home has the scans of the clip of a face already."""
    shutil.copytree(scans, home / "scans")


@pytest.fixture
def client(studio: Studio) -> Iterator[httpx.Client]:
    """Asks the pages of the module's own studio."""
    with page_of(studio) as client:
        yield client
