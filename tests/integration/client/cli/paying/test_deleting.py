"""characters delete: of one that is meant for sure, agreed to, and not under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.registry.locks import locked
from screentest.prep.stills.values import Still
from tests.conftest import Command
from tests.registry_parts import CLIP, FILE_NAME, WISH, Registry, brought, everyone

ANN = replace(WISH, name="Ann", source_fingerprint="a11")
KLING = replace(WISH, model="kwaivgi/kling-elements-advanced")
OTHER_JOE = replace(WISH, name=" JOE", source_fingerprint="cafe")


@pytest.fixture
def registry(home: Path) -> Iterator[Registry]:
    home.mkdir(mode=0o700)
    with Registry(home / FILE_NAME) as opened:
        yield opened


def living(registry: Registry) -> list[str | None]:
    return [row.character_id for row in everyone(registry) if row.deleted_at is None]


def test_nothing_is_deleted_without_agreeing(registry: Registry, screentest: Command) -> None:
    brought(registry, "done")
    refused = screentest("characters", "delete", "Joe", "--json")
    assert (refused.code, living(registry)) == (1, ["char_1"])
    assert "'Joe' (char_1)" in refused.error["message"]
    assert "--yes" in refused.error["hint"]


def test_what_is_deleted_is_named_by_its_id(registry: Registry, screentest: Command) -> None:
    brought(registry, "done")
    told = screentest("characters", "delete", "joe", "--yes")
    assert (told.code, living(registry)) == (0, [])
    assert "Joe (char_1) is deleted" in told.out


def test_of_several_with_a_name_none_is_deleted_until_it_is_said_which(
    registry: Registry, screentest: Command
) -> None:
    brought(registry, "done")
    brought(registry, "done", wish=OTHER_JOE, number=2)
    brought(registry, "done", wish=ANN, number=3)
    row = brought(registry, "failed", wish=replace(OTHER_JOE, source_fingerprint="beef"))
    refused = screentest("characters", "delete", "Joe", "--yes", "--json")
    assert len(living(registry)) == 4
    for word in ("3 characters", "char_1", "char_2", row.identity[:12]):
        assert word in refused.error["message"]
    assert "--all" in refused.error["hint"]
    assert screentest("characters", "delete", "char_2", "--yes", "--json").code == 0
    assert screentest("characters", "delete", row.identity[:12], "--yes").code == 0
    assert living(registry) == ["char_1", "char_3"]


def test_all_of_a_name_are_deleted_only_when_all_is_said(
    registry: Registry, screentest: Command
) -> None:
    brought(registry, "done")
    brought(registry, "done", wish=OTHER_JOE, number=2)
    brought(registry, "done", wish=ANN, number=3)
    result = screentest("characters", "delete", "Joe", "--all", "--yes", "--json").result
    assert {one["character_id"] for one in result["deleted"]} == {"char_1", "char_2"}
    assert living(registry) == ["char_3"]


@pytest.mark.parametrize("state", ["submitting", "unknown", "submitted"])
def test_what_is_under_way_is_refused_and_nothing_else_of_its_name_goes(
    registry: Registry, screentest: Command, state: str
) -> None:
    brought(registry, "done")
    brought(registry, state, wish=OTHER_JOE, number=2)
    refused = screentest("characters", "delete", "Joe", "--all", "--yes", "--json")
    assert (refused.code, len(living(registry))) == (1, 2)
    assert state in refused.error["message"]
    assert "reconcile" in refused.error["hint"]


def test_what_a_run_works_on_is_refused(registry: Registry, screentest: Command, home: Path) -> None:
    row = brought(registry, "clipped")
    with locked(home / "locks", row.identity, what="it"):
        refused = screentest("characters", "delete", "Joe", "--yes", "--json")
    assert refused.error["type"] == "HeldElsewhere"
    assert len(living(registry)) == 1


def test_a_clip_goes_with_the_last_that_was_made_from_it(
    registry: Registry, screentest: Command, home: Path
) -> None:
    path = home / "clip.mp4"
    path.write_bytes(b"clip")
    clip = replace(CLIP, path=str(path))
    brought(registry, "done", clip=clip)
    brought(registry, "done", wish=ANN, number=2, clip=clip)
    screentest("characters", "delete", "Joe", "--yes")
    assert path.exists()
    screentest("characters", "delete", "Ann", "--yes", "--keep-clip")
    assert path.exists()
    brought(registry, "done", number=3, clip=clip)
    screentest("characters", "delete", "char_3", "--yes")
    assert not path.exists()


def test_nobody_of_that_name_is_told(registry: Registry, screentest: Command) -> None:
    brought(registry, "done", wish=ANN)
    refused = screentest("characters", "delete", "Joe", "--yes", "--json")
    assert refused.error["type"] == "UnknownCharacter"


@pytest.mark.parametrize("typed", ["ann", " ANN "])
def test_a_name_is_found_however_it_is_typed_and_of_two_neither(
    registry: Registry, screentest: Command, typed: str
) -> None:
    brought(registry, "done", wish=ANN)
    assert screentest("characters", "show", typed, "--json").result["name"] == "Ann"
    other = replace(ANN, name=typed.strip(), model="m", source_fingerprint="b0b")
    brought(registry, "done", wish=other, number=2)
    assert screentest("characters", "show", "Ann", "--json").error["type"] == "SeveralMeant"


def test_a_character_goes_with_all_its_registrations_and_says_what_they_cost(
    registry: Registry, screentest: Command
) -> None:
    brought(registry, "done")
    brought(registry, "done", wish=KLING, number=2)
    brought(registry, "done", wish=ANN, number=3)
    refused = screentest("characters", "delete", "Joe", "--json")
    for word in ("char_1", "char_2", WISH.model, KLING.model, "USD 0.001"):
        assert word in refused.error["message"]
    assert living(registry) == ["char_1", "char_2", "char_3"]
    gone = screentest("characters", "delete", "Joe", "--yes", "--json").result["deleted"]
    assert {one["character_id"] for one in gone} == {"char_1", "char_2"}
    assert living(registry) == ["char_3"]
    assert registry.spent_usd == pytest.approx(0.003)


def test_one_registration_of_a_character_can_be_deleted_by_its_id(
    registry: Registry, screentest: Command
) -> None:
    brought(registry, "done")
    brought(registry, "done", wish=KLING, number=2)
    assert screentest("characters", "delete", "char_1", "--yes").code == 0
    assert living(registry) == ["char_2"]


def test_a_character_with_something_under_way_is_not_deleted(
    registry: Registry, screentest: Command
) -> None:
    brought(registry, "done")
    brought(registry, "submitted", wish=KLING, number=2)
    refused = screentest("characters", "delete", "Joe", "--yes", "--json")
    assert refused.error["type"] == "RegistryError"
    assert len(living(registry)) == 2


def test_stills_go_along_though_a_clip_was_made_before_them(
    registry: Registry, screentest: Command, home: Path
) -> None:
    files = [home / name for name in ("clip.mp4", "still.jpg")]
    for file in files:
        file.write_bytes(b"a face")
    row = brought(registry, "clipped", clip=replace(CLIP, path=str(files[0])))
    row = registry.registrations.mark_back(row, "planned", note="by stills now")
    still = Still(str(files[1]), "frontal", 1.0, 0.0, 0.0, 600, 600, 0.9, "/raw.mov", "5" * 64, 9)
    registry.registrations.mark_with_stills(row, [still])
    assert screentest("characters", "delete", "Joe", "--yes").code == 0
    assert not any(file.exists() for file in files)
