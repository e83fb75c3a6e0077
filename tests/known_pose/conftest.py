"""Films of a known pose, drawn once per session, and their scans."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from screentest import scan
from screentest.prep.core.values import Scan
from tests.known_pose.film import Film, made
from tests.known_pose.films import FILMS

Shown = Callable[[str], Path]
Scanned = Callable[[str], tuple[Film, Scan]]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The path of a film by its name in ``FILMS``."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def shown(name: str) -> Path:
        found = FILMS[name]
        path = base / "known-pose" / f"{name}.mp4"
        return made(found.film, path, fps=found.fps, gop_s=found.gop_s)

    return shown


@pytest.fixture(scope="session")
def scanned(film: Shown) -> Scanned:
    """A film with its true poses, and what scan saw of it."""

    @cache
    def by_name(name: str) -> tuple[Film, Scan]:
        return FILMS[name].film, scan(film(name))

    return by_name
