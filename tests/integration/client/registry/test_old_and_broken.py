"""The registry's file over the years: each old version, a power cut halfway, damage, no rights."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.errors import RegistryDamaged, RegistryError
from screentest.client.registry.file.migrations import (
    APPLICATION_ID,
    LATEST,
    MIGRATIONS,
    migrate,
    version_of,
)
from screentest.prep.core.errors import ScreentestError
from tests.permissions import bound_by_permissions
from tests.registry_parts import (
    FILE_NAME,
    WISH,
    Registry,
    brought,
    everyone,
    spent_usd,
    steps,
    tasks,
    video_brought,
)

CHARACTERS_APART = 6
"""The first version that tells characters from their registrations."""
MOMENT = "2026-01-01T00:00:00.000Z"
OLD_ROWS = (("Joe", "done", "char_1"), ("Ann", "unknown", None), ("Bo", "failed", None))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


def at_version(path: Path, version: int) -> None:
    """A registry as the release of that version left it, with three registrations."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, (name, state, character_id) in enumerate(OLD_ROWS, start=1):
            task_id = "task-1" if character_id else None
            if version < CHARACTERS_APART:
                table, own = "characters", ""
            else:
                table, own = "registrations", "character_no, "
                db.execute(
                    "INSERT INTO characters VALUES (?, ?, ?, NULL, ?)", (number, name, name, MOMENT)
                )
            db.execute(
                f"INSERT INTO {table} ({own}identity, generation, state, service, account, model, name,"
                " source_path, source_fingerprint, overrides, task_id, character_id, cost_usd,"
                f" created_at, updated_at) VALUES ({'?, ' * bool(own)}?, 1, ?, 'https://s', 'a', 'm',"
                " ?, '/r', 'f', '{}', ?, ?, ?, ?, ?)",
                (
                    *([number] if own else []),
                    f"id{number}",
                    state,
                    name,
                    task_id,
                    character_id,
                    0.001 if task_id else None,
                    MOMENT,
                    MOMENT,
                ),
            )
            db.execute(
                "INSERT INTO moves (row_id, at, after, note) VALUES (?, ?, 'planned', '')",
                (number, MOMENT),
            )
        db.execute("INSERT INTO tasks VALUES ('task-1', 1, ?)", (MOMENT,))


# Old versions


@pytest.mark.parametrize("version", range(1, LATEST + 1))
def test_each_old_version_keeps_every_id_task_and_cost(path: Path, version: int) -> None:
    at_version(path, version)
    with Registry(path) as registry:
        rows = everyone(registry)
        assert [(row.name, row.state, row.character_id) for row in rows] == list(OLD_ROWS)
        assert tasks(registry) == {"task-1"}
        assert spent_usd(registry) == pytest.approx(0.001)
        assert [steps(registry, row) for row in rows] == [["planned"]] * 3
        assert all(row.deleted_at is None and row.consent is None for row in rows)
    with closing(sqlite3.connect(path)) as db:
        assert version_of(db) == LATEST


@pytest.mark.parametrize("version", range(1, LATEST + 1))
def test_each_old_version_can_be_worked_with(path: Path, version: int) -> None:
    at_version(path, version)
    with Registry(path) as registry:
        brought(registry, "done", number=7)
        video_brought(registry, "done", number=8)
    with Registry(path) as registry:
        assert {"task-1", "task-7", "video-8"} <= tasks(registry)
        assert len(everyone(registry)) == 4


@pytest.mark.parametrize("version", range(1, LATEST + 1))
def test_each_old_version_ends_with_the_schema_of_a_new_file(path: Path, version: int) -> None:
    at_version(path, version)
    new = path.with_name("new.sqlite3")
    schemas = []
    for one in (path, new):
        Registry(one).close()
        with closing(sqlite3.connect(one)) as db:
            found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            schemas.append({name: " ".join(sql.split()) for name, sql in found})
    assert schemas[0] == schemas[1]


@pytest.mark.parametrize("version", range(LATEST))
def test_a_power_cut_halfway_through_an_update_loses_nothing(path: Path, version: int) -> None:
    if version:
        at_version(path, version)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        for statement in MIGRATIONS[version][:-1]:
            db.execute(statement)
        # Closed with the transaction open, as a process that dies leaves it.
    with Registry(path) as registry:
        assert len(everyone(registry)) == (3 if version else 0)


def test_a_step_that_fails_is_taken_back_whole(path: Path) -> None:
    at_version(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # A column that the next step adds is there already: its later statements never run.
        db.execute("ALTER TABLE characters ADD COLUMN deleted_at TEXT")
        with pytest.raises(sqlite3.OperationalError):
            migrate(db)
        assert version_of(db) == 1
        columns = {row[1] for row in db.execute("PRAGMA table_info(characters)")}
    assert "consent" not in columns


def test_an_update_runs_once_whoever_comes_first(path: Path) -> None:
    at_version(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db)
        folder = db.execute("SELECT folder FROM home").fetchall()
        migrate(db)
        assert db.execute("SELECT folder FROM home").fetchall() == folder
        assert len(folder) == 1


def test_two_homes_never_share_a_folder_in_a_bucket(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two"):
        with Registry(tmp_path / name / FILE_NAME) as registry:
            folders.append(registry.folder)
    assert folders[0] != folders[1]


def test_a_home_keeps_its_folder_in_the_bucket(path: Path) -> None:
    folders = set()
    for _ in range(3):
        with Registry(path) as registry:
            folders.add(registry.folder)
    assert len(folders) == 1


# Files that are not ours, or not whole


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE notes (text TEXT)")
        db.execute("INSERT INTO notes VALUES ('keep me')")
        db.commit()


def other_program_with_our_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE characters (row_id INTEGER)")
        db.execute("PRAGMA application_id = 7")
        db.commit()


def newer_release(path: Path) -> None:
    Registry(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {LATEST + 1}")
        db.commit()


def text_file(path: Path) -> None:
    path.write_text("Dear diary, this is not a database. " * 100)


def half_a_file(path: Path) -> None:
    with Registry(path) as registry:
        for number in range(20):
            brought(registry, "done", number=number)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def zeros_inside(path: Path) -> None:
    with Registry(path) as registry:
        for number in range(20):
            brought(registry, "done", number=number)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\0" * 8192)


@pytest.mark.parametrize(
    "made",
    [other_program, other_program_with_our_table, newer_release, text_file, half_a_file, zeros_inside],
)
def test_a_file_that_cannot_be_used_is_left_as_it_is(path: Path, made: Callable[[Path], None]) -> None:
    made(path)
    before = path.read_bytes()
    with pytest.raises(RegistryError) as caught:
        Registry(path)
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("made", [text_file, half_a_file, zeros_inside])
def test_damage_is_told_as_damage_with_the_ways_back(path: Path, made: Callable[[Path], None]) -> None:
    made(path)
    with pytest.raises(RegistryDamaged) as caught:
        Registry(path)
    assert "import" in caught.value.hint
    assert ".recover" in caught.value.hint


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("overrides", "{"),
        ("created_at", "yesterday"),
        ("clip", '{"fps": "fast"}'),
        ("segment", "[]"),
        ("clip", '{"fps": "25", "warnings": [], "colour": 1}'),
    ],
)
def test_a_row_that_something_else_wrote_is_told_and_not_called_damage(
    path: Path, column: str, value: str
) -> None:
    with Registry(path) as registry:
        brought(registry, "done")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE registrations SET {column} = ?", (value,))
        db.commit()
    with Registry(path) as registry, pytest.raises(RegistryError, match=FILE_NAME) as caught:
        everyone(registry)
    assert not isinstance(caught.value, RegistryDamaged)
    assert "cannot be read" in caught.value.message


def test_a_page_that_breaks_while_the_registry_is_open_is_told_as_damage(path: Path) -> None:
    with Registry(path) as registry:
        for number in range(60):
            brought(registry, "done", wish=replace(WISH, name=f"Joe {number}"), number=number)
        registry.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\7" * (path.stat().st_size - 4096))
    with pytest.raises(RegistryDamaged), Registry(path) as registry:
        everyone(registry)


def test_an_empty_file_is_a_new_registry(path: Path) -> None:
    path.touch()
    with Registry(path) as registry:
        assert everyone(registry) == ()


def test_a_registry_behind_a_link_is_the_one_that_is_written(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / FILE_NAME
    Registry(real).close()
    path.symlink_to(real)
    with Registry(path) as registry:
        brought(registry, "done")
    assert path.is_symlink()
    with Registry(real) as registry:
        assert len(everyone(registry)) == 1


def test_a_copied_home_has_every_row(path: Path, tmp_path: Path) -> None:
    with Registry(path) as registry:
        brought(registry, "done")
    shutil.copytree(tmp_path, tmp_path / "copy")
    with Registry(tmp_path / "copy" / FILE_NAME) as registry:
        assert [row.character_id for row in everyone(registry)] == ["char_1"]


# Rights and room


@pytest.mark.parametrize("sealed", ["file", "folder"])
def test_a_registry_that_may_not_be_written_is_told_before_any_bill(path: Path, sealed: str) -> None:
    with Registry(path) as registry:
        brought(registry, "done")
    target = path if sealed == "file" else path.parent
    mode = stat.S_IMODE(target.stat().st_mode)
    target.chmod(mode & ~0o222)
    try:
        with bound_by_permissions(), pytest.raises(ScreentestError) as caught:
            Registry(path)
    finally:
        target.chmod(mode)
    assert not isinstance(caught.value, RegistryDamaged)
    with Registry(path) as registry:
        assert len(everyone(registry)) == 1


def test_nobody_else_may_read_what_is_recorded(path: Path) -> None:
    before = os.umask(0)
    try:
        with Registry(path) as registry:
            brought(registry, "planned", wish=WISH)
            modes = {
                one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.glob("*.sqlite3*")
            }
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}


# Transactions


def test_a_change_that_fails_halfway_is_taken_back(path: Path) -> None:
    def spoil(registry: Registry) -> None:
        with registry.database.transaction():
            registry.database.run("UPDATE registrations SET name = 'Ann'")
            raise KeyboardInterrupt

    with Registry(path) as registry:
        brought(registry, "done")
        with pytest.raises(KeyboardInterrupt):
            spoil(registry)
        assert [row.name for row in everyone(registry)] == ["Joe"]
        brought(registry, "done", number=2)


def test_a_change_that_sqlite_refuses_is_an_error_of_ours(path: Path) -> None:
    def spoil(registry: Registry) -> None:
        with registry.database.transaction():
            registry.database.run("UPDATE registrations SET state = 'sold'")

    with Registry(path) as registry:
        brought(registry, "done")
        with pytest.raises(RegistryError, match="refused"):
            spoil(registry)
        assert [row.state for row in everyone(registry)] == ["done"]


@pytest.mark.parametrize(
    "change",
    ["state = 'done', character_id = NULL", "state = 'submitted', task_id = NULL", "generation = 0"],
)
def test_the_file_itself_refuses_a_row_that_would_lose_an_id(path: Path, change: str) -> None:
    with Registry(path) as registry:
        brought(registry, "done")
    with closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(f"UPDATE registrations SET {change}")
