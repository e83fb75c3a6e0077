"""`characters show --id`: what another program needs, or a failure that says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Command
from tests.registry_parts import FILE_NAME, Registry, brought


def test_the_id_stands_alone_on_stdout(home: Path, screentest: Command) -> None:
    home.mkdir()
    with Registry(home / FILE_NAME) as registry:
        brought(registry, "done")
    assert screentest("characters", "show", "Joe", "--id").out == "char_1\n"
    assert screentest("characters", "show", "Joe", "--id", "--json").result == {
        "character_id": "char_1"
    }


@pytest.mark.parametrize("state", ["planned", "submitted", "failed"])
def test_without_an_id_nothing_is_printed_and_the_state_is_told(
    home: Path, screentest: Command, state: str
) -> None:
    home.mkdir()
    with Registry(home / FILE_NAME) as registry:
        brought(registry, state)
    outcome = screentest("characters", "show", "Joe", "--id")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"it is at {state}" in outcome.err
