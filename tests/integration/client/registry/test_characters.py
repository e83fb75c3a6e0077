"""Whose a registration is: one person at several models is one character, two people are two."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.errors import SeveralMeant
from screentest.client.registry.exchange import exported, imported
from screentest.client.registry.file.migrations import APPLICATION_ID, MIGRATIONS
from screentest.client.registry.identity import Wish
from screentest.prep.stills.values import Still
from tests.registry_parts import FILE_NAME, WISH, Registry, brought, deleted, everyone, noted

KLING = replace(WISH, model="kwaivgi/kling-elements-advanced", overrides={"description": "A man."})
WAN = replace(WISH, model="alibaba/wan-3.0/reference-to-video")
STILL = Still("/5.jpg", "frontal", 1.5, 0.0, 2.5, 600, 700, 0.9, "/raw/joe.mov", "5" * 64, 9)
MOMENT = "2026-01-01T00:00:00.000Z"
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "José") for form in ("NFC", "NFD"))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry(tmp_path / FILE_NAME) as registry:
        yield registry


def test_the_same_person_at_another_model_is_the_same_character(registry: Registry) -> None:
    first = brought(registry, "done", number=1)
    second = brought(registry, "done", wish=KLING, number=2)
    assert first.character == second.character
    assert registry.registrations.list_of(first.character_no) == (first, second)
    [character] = registry.characters.list_all()
    assert (character.number, character.key, character.name) == (1, first.character, "Joe")


@pytest.mark.parametrize(
    "other",
    [
        replace(WISH, name="Ann"),
        replace(WISH, source_fingerprint="beef"),
        replace(WISH, overrides={"person": 2.0}),
        replace(WISH, overrides={"start_s": 12.0}),
    ],
    ids=["name", "footage", "person", "window"],
)
def test_somebody_else_is_another_character(registry: Registry, other: object) -> None:
    rows = [brought(registry, "done"), brought(registry, "done", wish=other, number=2)]  # type: ignore[arg-type]
    assert len({row.character for row in rows}) == 2


def test_a_word_for_what_it_is_makes_nobody_else_of_it(registry: Registry) -> None:
    first = brought(registry, "done")
    named = replace(KLING, overrides={"subject": "animal"})
    assert brought(registry, "done", wish=named, number=2).character == first.character


def test_a_name_typed_otherwise_is_the_same_character(registry: Registry) -> None:
    composed, decomposed = replace(WISH, name="José"), replace(KLING, name="José")
    rows = [
        brought(registry, "done", wish=composed),
        brought(registry, "done", wish=decomposed, number=2),
    ]
    assert len({row.character for row in rows}) == 1


def test_one_that_is_made_again_stays_the_same_character(registry: Registry) -> None:
    first = deleted(registry, brought(registry, "done"))
    assert brought(registry, "done", number=2).character == first.character


def test_other_footage_can_be_the_same_character_where_its_owner_says_so(registry: Registry) -> None:
    first = brought(registry, "done")
    other = replace(KLING, source_fingerprint="beef", character_no=first.character_no)
    assert brought(registry, "done", wish=other, number=2).character == first.character


def test_one_name_for_two_characters_is_ambiguous_and_for_two_models_is_not(registry: Registry) -> None:
    brought(registry, "done")
    latest = brought(registry, "done", wish=KLING, number=2)
    assert registry.registrations.find_one("joe") == latest
    brought(registry, "done", wish=replace(WISH, source_fingerprint="beef"), number=3)
    with pytest.raises(SeveralMeant, match="2 characters are called 'joe'"):
        registry.registrations.find_one("joe")


def test_a_note_of_consent_is_the_character_s(registry: Registry) -> None:
    first = noted(registry, brought(registry, "done"), "signed")
    assert brought(registry, "done", wish=KLING, number=2).consent == "signed"
    assert noted(registry, first, "").consent is None
    assert [row.consent for row in everyone(registry)] == [None, None]


def test_others_take_the_window_of_the_first_from_the_newest_footage(registry: Registry) -> None:
    first = brought(registry, "done")
    brought(registry, "done", wish=KLING, number=2)
    assert registry.registrations.find_origin(first.character_no) == first
    newer = replace(WAN, source_fingerprint="beef", character_no=first.character_no)
    begun = brought(registry, "planned", wish=newer)
    assert registry.registrations.find_origin(first.character_no) is None
    made = registry.registrations.mark_clipped(begun, first.clip) if first.clip else None
    assert registry.registrations.find_origin(first.character_no) == made


def test_what_an_order_made_does_not_change_what_the_order_finds(registry: Registry) -> None:
    stills = registry.registrations.mark_with_stills(brought(registry, "planned", wish=KLING), [STILL])
    place = (WISH.service, WISH.account, WISH.model)
    assert registry.registrations.find_origin(stills.character_no, besides=place) is None
    own = brought(registry, "clipped")
    assert own.character_no == stills.character_no
    assert registry.registrations.find_origin(stills.character_no, besides=place) is None
    assert registry.registrations.find_origin(stills.character_no) == own


def test_a_further_note_of_consent_stands_beside_the_first(registry: Registry) -> None:
    row = noted(registry, brought(registry, "done"), "signed 2026-01-03, folder 7")
    row = registry.registrations.add_consent(row, "agreed to Kling by mail")
    assert row.consent == "signed 2026-01-03, folder 7; agreed to Kling by mail"
    assert registry.registrations.add_consent(row, "agreed to Kling by mail").consent == row.consent


# Models that are sent a reference with every video


def test_a_kept_reference_is_done_without_task_id_or_cost(registry: Registry) -> None:
    row = registry.registrations.mark_kept(brought(registry, "clipped", wish=WAN))
    assert (row.state, row.task_id, row.character_id, row.cost_usd) == ("done", None, None, None)
    assert not registry.registrations.list_unfinished()
    assert registry.registrations.record_wish(WAN) == row


def test_stills_are_kept_instead_of_a_clip(registry: Registry) -> None:
    row = registry.registrations.mark_with_stills(brought(registry, "planned", wish=WAN), [STILL])
    assert (row.state, row.clip, row.stills) == ("clipped", None, (STILL,))
    assert registry.registrations.mark_kept(row).stills == (STILL,)


# Other computers


def test_characters_come_along_with_an_export(registry: Registry, tmp_path: Path) -> None:
    noted(registry, brought(registry, "done"), "signed")
    brought(registry, "done", wish=KLING, number=2)
    kept = registry.registrations.mark_with_stills(brought(registry, "planned", wish=WAN), [STILL])
    registry.registrations.mark_kept(kept)
    content = exported(registry)
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        assert imported(content, two).characters == 3
        assert imported(content, two).characters == 0
        assert exported(two)["characters"] == content["characters"]
        assert two.characters.list_all() == registry.characters.list_all()


def test_an_import_joins_the_character_that_is_here(registry: Registry, tmp_path: Path) -> None:
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        noted(two, brought(two, "done", wish=KLING, number=2), "signed there")
        content = exported(two)
    content = json.loads(json.dumps(content))
    for entry in content["characters"]:
        del entry["character"]
    noted(registry, brought(registry, "done"), "signed here")
    imported(content, registry)
    [character] = registry.characters.list_all()
    assert character.consent == "signed here; signed there"


@pytest.mark.parametrize("wish", [KLING, WISH], ids=["another model", "the very same"])
def test_the_same_person_of_two_homes_is_one_character(
    registry: Registry, tmp_path: Path, wish: Wish
) -> None:
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        brought(two, "done", wish=wish, number=2)
        content = exported(two)
    brought(registry, "done")
    imported(content, registry)
    assert len(registry.characters.list_all()) == 1
    assert len({row.character for row in everyone(registry)}) == 1
    assert registry.registrations.find_one("Joe").state == "done"


# Registries from before characters were told apart


def version_5(path: Path, *rows: tuple[str, str, str, str, str | None]) -> None:
    """A registry of the fifth version: name, model, footage, overrides and note of each row."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statements in MIGRATIONS[:5]:
            for statement in statements:
                db.execute(statement)
        db.execute("PRAGMA user_version = 5")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, row in enumerate(rows):
            db.execute(
                "INSERT INTO characters (identity, generation, state, service, account, source_path,"
                " task_id, character_id, created_at, updated_at, name, model, source_fingerprint,"
                " overrides, consent)"
                " VALUES (?, 1, 'done', 's', 'a', '/r', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (f"id-{number}", f"task-{number}", f"char_{number}", *[MOMENT] * 2, *row),
            )


def test_what_was_registered_before_is_gathered_into_characters(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    version_5(
        path,
        (COMPOSED, "sora", "f00d", "{}", None),
        (DECOMPOSED, "kling", "f00d", '{"description": "A man."}', "signed"),
        (COMPOSED, "sora", "f00d", '{"fit": "crop"}', "signed too"),
        (COMPOSED, "sora", "beef", "{}", None),
        (COMPOSED, "sora", "f00d", '{"person": 2.0}', None),
        ("Ann", "sora", "f00d", "{", "hers"),
    )
    with Registry(path) as registry:
        numbers = dict(registry.database.run("SELECT row_id, character_no FROM registrations"))
        assert numbers == {1: 1, 2: 1, 3: 1, 4: 4, 5: 5, 6: 6}
        notes = {one.number: one.consent for one in registry.characters.list_all()}
        assert notes == {1: "signed too; signed", 4: None, 5: None, 6: "hers"}
