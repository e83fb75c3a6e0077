"""What the tests of paid tasks share: both kinds, a scripted service, an open session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.tasks.session import Session
from tests.integration.paid_parts import (
    BOTH,
    NAMES,
    Both,
    Scripted,
    session_of,
)


@pytest.fixture(params=BOTH, ids=NAMES)
def both(request: pytest.FixtureRequest) -> Both:
    assert isinstance(request.param, Both)
    return request.param


@pytest.fixture
def service() -> Scripted:
    return Scripted()


@pytest.fixture
def session(service: Scripted, tmp_path: Path) -> Iterator[Session]:
    with Registry(tmp_path / FILE_NAME, now=lambda: service.now) as registry:
        yield session_of(registry, service, tmp_path)
