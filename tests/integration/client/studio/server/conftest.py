"""A studio of a home with services, for files that want nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from screentest.client.config import Settings
from screentest.client.studio.server.studio import Studio
from tests.integration.client.studio.studio_parts import studio_over


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    with studio_over(settings.home, settings) as made:
        yield made
