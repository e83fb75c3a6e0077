"""What the tests of real footage share: folders, and each file scanned once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from screentest import pick, probe
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import Scan, Segment
from screentest.prep.picking.scans import kept_scan

Scanned = Callable[[Path], Scan]
Chosen = Callable[[Path], Segment | str]


@pytest.fixture(scope="session")
def kept_scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scans that are made once for all tests of a session and all of its workers."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "scans"


@pytest.fixture(scope="session")
def scanned(kept_scans: Path) -> Scanned:
    """The scan of a file, made once."""
    return lambda path: kept_scan(probe(path), SORA_2, folder=kept_scans)


@pytest.fixture(scope="session")
def chosen(scanned: Scanned) -> Chosen:
    """The choice from a file, or the name of the error."""

    def choose(path: Path) -> Segment | str:
        try:
            return pick(scanned(path))
        except ScreentestError as error:
            return type(error).__name__

    return choose


@pytest.fixture(scope="session")
def shared_cases(shared_footage: Path) -> Path:
    """The folder of inputs that were once got wrong, beside the footage; demanded as that is."""
    folder = shared_footage.parent / "cases"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no cases at {folder}")
        pytest.skip("no cases beside the footage")
    return folder
