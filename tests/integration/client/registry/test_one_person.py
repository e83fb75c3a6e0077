"""A name in either Unicode form is one person: new rows, rows of earlier releases, imported ones."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.registry.exchange import Added, exported, imported
from screentest.client.registry.file.migrations import APPLICATION_ID, MIGRATIONS
from screentest.client.registry.identity import Wish
from tests.registry_parts import FILE_NAME, Registry, brought, everyone
from tests.registry_parts import WISH as PLAIN_WISH

NFD = "Jose\N{COMBINING ACUTE ACCENT}"
NFC = "Jos\N{LATIN SMALL LETTER E WITH ACUTE}"
MOMENT = "2026-01-01T00:00:00.000Z"
WISH = replace(PLAIN_WISH, account="default")
KEY = "0123456789abcdef"
"""What earlier releases took for the account."""
TYPED = replace(WISH, name=NFD)
WISHED = replace(WISH, name=NFC)


def as_typed(wish: Wish) -> str:
    """The identity as earlier releases made it, of the name as it was typed."""
    parts = {
        "account": KEY,
        "model": wish.model,
        "name": wish.name,
        "overrides": {},
        "service": wish.service,
        "source": wish.source_fingerprint,
    }
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def earlier(path: Path, *rows: tuple[Wish, str]) -> None:
    """A registry of the third version with a row for each wish, at that state."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statements in MIGRATIONS[:3]:
            for statement in statements:
                db.execute(statement)
        db.execute("PRAGMA user_version = 3")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, (wish, state) in enumerate(rows, start=1):
            paid = state == "done"
            db.execute(
                "INSERT INTO characters (identity, generation, state, service, account, model, name,"
                " source_path, source_fingerprint, overrides, task_id, character_id, created_at,"
                " updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, '/r', ?, '{}', ?, ?, ?, ?)",
                (
                    as_typed(wish),
                    state,
                    wish.service,
                    KEY,
                    wish.model,
                    wish.name,
                    wish.source_fingerprint,
                    f"task-{number}" if paid else None,
                    f"char_{number}" if paid else None,
                    MOMENT,
                    MOMENT,
                ),
            )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.mark.parametrize(("first", "second"), [(TYPED, WISHED), (WISHED, TYPED)])
def test_the_other_form_finds_what_is_registered(path: Path, first: Wish, second: Wish) -> None:
    with Registry(path) as registry:
        row = brought(registry, "done", wish=first)
        assert registry.registrations.record_wish(second) == row
        assert registry.registrations.find(second.name) == row
        assert registry.registrations.list_named(second.name) == (row,)


@pytest.mark.parametrize("state", ["done", "unknown", "failed", "planned"])
def test_a_row_of_an_earlier_release_is_found_by_either_form(path: Path, state: str) -> None:
    earlier(path, (TYPED, state))
    with Registry(path) as registry:
        [row] = everyone(registry)
        assert registry.registrations.record_wish(WISHED) == row
        assert registry.registrations.record_wish(TYPED) == row


def test_rows_that_become_the_same_keep_both_ids(path: Path) -> None:
    earlier(path, (TYPED, "done"), (WISHED, "done"))
    with Registry(path) as registry:
        rows = everyone(registry)
        assert {row.character_id for row in rows} == {"char_1", "char_2"}
        assert {row.identity for row in rows} == {WISHED.identity}
        assert sorted(row.generation for row in rows) == [1, 2]
        assert registry.registrations.record_wish(TYPED).state == "done"


def test_of_two_that_are_under_way_neither_is_lost(path: Path) -> None:
    earlier(path, (WISHED, "unknown"), (TYPED, "unknown"))
    with Registry(path) as registry:
        kept, other = everyone(registry)
        assert (kept.identity, other.identity) == (WISHED.identity, as_typed(TYPED))
        assert len(registry.registrations.list_unfinished()) == 2
        assert registry.registrations.record_wish(TYPED) == kept


def test_rows_in_ascii_stay_as_they_are(path: Path) -> None:
    earlier(path, (WISH, "done"), (replace(WISH, name="Ann"), "unknown"))
    with Registry(path) as registry:
        assert [row.identity for row in everyone(registry)] == [
            WISH.identity,
            replace(WISH, name="Ann").identity,
        ]


def test_an_export_of_an_earlier_release_becomes_the_same_person(tmp_path: Path) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        brought(one, "done", wish=TYPED)
        content = json.loads(json.dumps(exported(one)))
    content["version"] = 3
    content["characters"][0] |= {"identity": as_typed(TYPED), "account": KEY}
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        assert imported(content, two) == Added(characters=1, videos=0, known=0)
        assert two.registrations.record_wish(WISHED).character_id == "char_1"
