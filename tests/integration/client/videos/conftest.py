"""A session with the sandbox, and somebody whose clip is kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest import probe
from screentest.client.config import Settings
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.tasks.session import Session, opened
from screentest.prep.core.values import Clip
from tests.integration.inline_parts import Cast
from tests.registry_parts import WISH, brought


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    with opened(settings) as session:
        yield session


@pytest.fixture
def cast(session: Session, made: Clip, face_clip: Path) -> Cast:
    """Registers somebody elsewhere, with a clip that is kept under the home."""
    clips = session.settings.home / "clips"
    clips.mkdir(mode=0o700, exist_ok=True)
    path = shutil.copy(made.path, clips / f"{made.sha256}.mp4")
    clip = replace(made, path=str(path), segment=replace(made.segment, subject="face"))
    fingerprint = probe(face_clip).fingerprint

    def registered(name: str) -> Registration:
        wish = Wish("elsewhere", "acc", WISH.model, name, str(face_clip), fingerprint, {"start_s": 1.0})
        return brought(session.registry, "failed", wish=wish, clip=clip)

    return registered
