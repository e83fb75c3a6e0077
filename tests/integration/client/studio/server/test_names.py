"""The name that a press registers: the one that is decided, whatever the file is called."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from screentest.client.config import Settings
from screentest.client.studio.server.studio import Studio
from tests.integration.client.studio.studio_parts import looked, registered, tasks

pytest_plugins = ["tests.integration.register_fixtures"]
pytestmark = pytest.mark.usefixtures("scanned")


def test_a_file_whose_name_a_model_refuses_is_registered_by_the_name_that_was_typed(
    studio: Studio, client: httpx.Client, face_clip: Path, tmp_path: Path, settings: Settings
) -> None:
    (film,) = studio.add([str(shutil.copy(face_clip, tmp_path / f"{'j' * 200}.mp4"))])
    film = looked(studio, film.key)
    client.post(f"/film/{film.key}/register", data={"name": film.name})
    refusal = registered(studio, film.key).refusal
    assert refusal is not None
    assert refusal.error_type == "InvalidName"
    assert tasks(settings) == 0

    name = f"Joe {uuid4().hex[:8]}"
    client.post(f"/film/{film.key}/register", data={"name": name})
    row = registered(studio, film.key).row
    assert row is not None
    assert (row.state, row.name) == ("done", name)
