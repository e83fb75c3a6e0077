"""An account is not its key: a new key finds what is paid for, in rows of every release and copy."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.config import Secret, Settings
from screentest.client.errors import HeldElsewhere, RegistryError
from screentest.client.registry.accounts import Taken
from screentest.client.registry.exchange import Added, exported, imported
from screentest.client.registry.file.migrations import APPLICATION_ID, MIGRATIONS
from screentest.client.registry.identity import Wish
from screentest.client.registry.locks import locked
from screentest.client.registry.videos import VideoWish
from screentest.client.tasks.account import told_to, with_account
from screentest.prep.core.encoding import Json
from screentest.prep.core.progress import SILENT, Noted
from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registry,
    brought,
    every_video,
    everyone,
    video_brought,
)

SERVICE = WISH.service
OLD_KEY, NEW_KEY = Secret("key-old"), Secret("key-new")
MINE = replace(WISH, account="default")
VIDEO_MINE = replace(VIDEO_WISH, account="default")


def settings(key: Secret = NEW_KEY, *, name: str | None = None, service: str = SERVICE) -> Settings:
    return Settings(Path("/home"), service, key, "b", sandbox=False, account_name=name)


def hash_of(key: Secret) -> str:
    return settings(key).key_hash


def identity_by_key(wish: Wish, key_hash: str) -> str:
    """The identity as earlier releases made it, with the key's hash for the account."""
    parts = {
        "account": key_hash,
        "model": wish.model,
        "name": wish.name,
        "overrides": {},
        "service": wish.service,
        "source": wish.source_fingerprint,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def video_by_key(wish: VideoWish, key_hash: str) -> str:
    parts = [wish.service, key_hash, wish.model, dict(wish.inputs)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def earlier(
    path: Path,
    *rows: tuple[Wish, Secret, str, str],
    videos: Sequence[tuple[VideoWish, Secret, str]] = (),
    version: int = 4,
) -> None:
    """A registry of an earlier version: a row for each wish, key, state and day of the submit."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, (wish, key, state, day) in enumerate(rows, start=1):
            paid, by_key = state == "done", hash_of(key)
            at = f"2026-{day}T00:00:00.000Z"
            db.execute(
                "INSERT INTO characters (identity, generation, state, service, account, model, name,"
                " source_path, source_fingerprint, overrides, task_id, character_id, submitting_at,"
                " created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, '/r', ?, '{}', ?, ?, ?, ?, ?)",
                (
                    *(identity_by_key(wish, by_key), state, wish.service, by_key, wish.model),
                    *(wish.name, wish.source_fingerprint),
                    *((f"task-{number}", f"char_{number}") if paid else (None, None)),
                    *(at, "2026-01-01T00:00:00.000Z", at),
                ),
            )
        for number, (video, key, state) in enumerate(videos, start=1):
            at, inputs = f"2026-01-0{number}T00:00:00.000Z", json.dumps(dict(video.inputs))
            db.execute(
                "INSERT INTO videos (identity, state, service, account, model, prompt, inputs,"
                " cost_usd, task_id, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0.4, ?, ?, ?)",
                (
                    *(video_by_key(video, hash_of(key)), state, video.service, hash_of(key)),
                    *(video.model, video.prompt, inputs),
                    *(f"video-{number}" if state == "done" else None, at, at),
                ),
            )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    with Registry(path) as opened:
        yield opened


def taken(registry: Registry, wanted: Settings) -> tuple[str, list[Taken]]:
    """The account that a run works for, and what it says."""
    said: list[Taken] = []
    return with_account(wanted, registry, told=said.append).account, said


def done_with(registry: Registry, wish: Wish, key: Secret, number: int) -> None:
    row = brought(registry, "uploaded", wish=wish)
    row = registry.registrations.mark_submitting(row, key_hash=hash_of(key))
    row = registry.registrations.mark_submitted(row, task_id=f"task-{number}", cost_usd=0.001)
    registry.registrations.mark_done(row, character_id=f"char_{number}")
    registry.accounts.record_key(wish.service, wish.account, hash_of(key))


# A key that changes


def test_a_new_key_is_said_once_and_finds_what_is_paid_for(registry: Registry) -> None:
    assert taken(registry, settings(OLD_KEY)) == ("default", [])
    done_with(registry, MINE, OLD_KEY, 1)
    row = registry.registrations.find("Joe")
    account, said = taken(registry, settings(NEW_KEY))
    assert [one.account for one in said] == ["default"]
    assert registry.registrations.record_wish(replace(WISH, account=account)) == row
    for key in (NEW_KEY, OLD_KEY):
        assert taken(registry, settings(key)) == ("default", [])


def test_what_nobody_hears_is_said_the_next_time(registry: Registry) -> None:
    done_with(registry, MINE, OLD_KEY, 1)
    assert told_to(Noted(SILENT)) is None
    assert with_account(settings(NEW_KEY), registry, told=told_to(SILENT)).account == "default"
    assert len(taken(registry, settings(NEW_KEY))[1]) == 1
    assert taken(registry, settings(NEW_KEY))[1] == []


def test_a_key_whose_account_is_named_afterwards_is_no_longer_the_first_ones(
    registry: Registry,
) -> None:
    taken(registry, settings(OLD_KEY))
    taken(registry, settings(NEW_KEY))
    assert taken(registry, settings(NEW_KEY, name="studio")) == ("studio", [])
    assert taken(registry, settings(NEW_KEY)) == ("studio", [])
    assert registry.accounts.keys_of(SERVICE, "default") == (hash_of(OLD_KEY),)


def test_a_key_that_paid_in_an_account_stays_its_key(registry: Registry) -> None:
    taken(registry, settings(OLD_KEY))
    row = brought(registry, "uploaded", wish=MINE)
    row = registry.registrations.mark_submitting(row, key_hash=hash_of(OLD_KEY))
    account, said = taken(registry, settings(OLD_KEY, name="studio"))
    assert (account, len(said)) == ("studio", 1)
    assert taken(registry, settings(OLD_KEY)) == ("default", [])


def test_a_key_that_the_service_refused_is_not_one_to_compare_with(registry: Registry) -> None:
    taken(registry, settings(OLD_KEY))
    row = registry.registrations.mark_submitting(
        brought(registry, "uploaded", wish=MINE), key_hash=hash_of(OLD_KEY)
    )
    registry.registrations.mark_ready(row, note="bad key")
    assert taken(registry, settings(NEW_KEY)) == ("default", [])


# Registries of earlier releases


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("state", ["done", "unknown", "failed", "planned"])
def test_the_same_command_finds_the_row_of_an_earlier_release(
    path: Path, state: str, version: int
) -> None:
    earlier(path, (WISH, OLD_KEY, state, "02-01"), version=version)
    with Registry(path) as registry:
        [row] = everyone(registry)
        account, said = taken(registry, settings(OLD_KEY))
        assert (account, said, row.key_hash) == ("default", [], hash_of(OLD_KEY))
        assert registry.registrations.record_wish(replace(WISH, account=account)) == row
        # And with a key that came after: that is what an account is not.
        assert taken(registry, settings(NEW_KEY))[0] == "default"


def test_the_key_that_paid_last_is_the_default_accounts(path: Path) -> None:
    ann = replace(WISH, name="Ann")
    earlier(path, (ann, NEW_KEY, "done", "03-01"), (WISH, OLD_KEY, "done", "02-01"))
    with Registry(path) as registry:
        assert taken(registry, settings(NEW_KEY)) == ("default", [])
        other, said = taken(registry, settings(OLD_KEY))
        assert (other, said) == (f"key-{hash_of(OLD_KEY)[:8]}", [])
        joe, kept_ann = registry.registrations.find("Joe"), registry.registrations.find("Ann")
        assert registry.registrations.record_wish(replace(WISH, account=other)) == joe
        assert registry.registrations.record_wish(replace(ann, account="default")) == kept_ann


def test_each_service_has_a_default_account_of_its_own(path: Path) -> None:
    elsewhere = replace(WISH, service="sandbox")
    earlier(path, (WISH, OLD_KEY, "done", "02-01"), (elsewhere, NEW_KEY, "done", "03-01"))
    with Registry(path) as registry:
        assert [row.account for row in everyone(registry)] == ["default", "default"]
        assert registry.accounts.keys_of(SERVICE, "default") == (hash_of(OLD_KEY),)


def test_a_video_of_an_earlier_release_is_not_paid_for_again(path: Path) -> None:
    waves, bows = VIDEO_WISH, replace(VIDEO_WISH, inputs={"prompt": "Joe bows."})
    earlier(path, videos=[(waves, OLD_KEY, "done"), (bows, OLD_KEY, "unknown")])
    with Registry(path) as registry:
        done, lost = every_video(registry)
        assert done.identity == replace(waves, account="default").identity
        assert registry.videos.record_wish(replace(bows, account="default")) == lost
        assert (done.account, lost.key_hash) == ("default", hash_of(OLD_KEY))


# Renaming


def test_two_accounts_that_are_one_keep_every_id(registry: Registry) -> None:
    other = replace(WISH, account="key-0123abcd")
    done_with(registry, MINE, NEW_KEY, 1)
    done_with(registry, other, OLD_KEY, 2)
    brought(registry, "unknown", wish=replace(MINE, name="Ann"))
    brought(registry, "unknown", wish=replace(other, name="Ann"))
    video = video_brought(registry, "unknown", wish=replace(VIDEO_WISH, account=other.account))
    account, count = registry.accounts.record_name("key-0123abcd", "default")
    assert (account.name, count, account.videos) == ("default", 3, 1)
    assert set(account.keys) == {hash_of(OLD_KEY), hash_of(NEW_KEY)}
    assert {row.account for row in everyone(registry)} == {"default"}
    joes = [row for row in everyone(registry) if row.name == "Joe"]
    assert {row.character_id for row in joes} == {"char_1", "char_2"}
    assert [row.identity for row in joes] == [MINE.identity] * 2
    assert registry.registrations.record_wish(MINE).state == "done"
    assert len(registry.registrations.list_unfinished()) == 2
    assert registry.videos.record_wish(VIDEO_MINE).row_id == video.row_id


def test_only_what_a_key_paid_for_goes_where_only_that_is_meant(registry: Registry) -> None:
    done_with(registry, MINE, OLD_KEY, 1)
    done_with(registry, replace(MINE, name="Ann"), NEW_KEY, 2)
    registry.accounts.record_name("default", "studio", key_hash=hash_of(NEW_KEY)[:6])
    assert registry.registrations.find("Joe").account == "default"
    assert registry.registrations.find("Ann").account == "studio"
    assert registry.accounts.keys_of(SERVICE, "studio") == (hash_of(NEW_KEY),)
    with pytest.raises(RegistryError, match="0 keys"):
        registry.accounts.record_name("default", "studio", key_hash="zz")


def test_an_account_that_is_not_there_or_not_clear_stays(registry: Registry) -> None:
    brought(registry, "done", wish=MINE)
    brought(registry, "done", wish=replace(MINE, service="sandbox"), number=2)
    with pytest.raises(RegistryError, match="No account 'nobody'"):
        registry.accounts.record_name("nobody", "studio")
    with pytest.raises(RegistryError, match="Several services"):
        registry.accounts.record_name("default", "studio")
    registry.accounts.record_name("default", "studio", service="sandbox")
    assert [row.account for row in everyone(registry)] == ["default", "studio"]


def test_what_a_run_works_on_is_not_renamed_away(registry: Registry) -> None:
    row = brought(registry, "submitting", wish=MINE)
    with (
        locked(registry.path.parent / "locks", row.identity, what="Joe"),
        pytest.raises(HeldElsewhere),
    ):
        registry.accounts.record_name("default", "studio")
    assert registry.registrations.find("Joe").account == "default"


# Export and import


def carried(content: Json, registry: Registry) -> Added:
    return imported(json.loads(json.dumps(content)), registry)


def test_an_export_carries_accounts_and_which_key_paid(tmp_path: Path) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        done_with(one, replace(MINE, account="studio"), NEW_KEY, 1)
        content, kept = exported(one), everyone(one)
    assert NEW_KEY.reveal() not in json.dumps(content)
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        assert carried(content, two) == Added(characters=1, videos=0, known=0)
        assert everyone(two) == kept
        assert taken(two, settings(NEW_KEY)) == ("studio", [])


def by_key(content: Json, key: Secret) -> Json:
    """An export as an earlier release wrote it."""
    made = json.loads(json.dumps(content))
    for entry in made["characters"]:
        wish = replace(MINE, name=entry["name"], service=entry["service"])
        entry |= {"account": hash_of(key), "identity": identity_by_key(wish, hash_of(key))}
    for entry in made["videos"]:
        video = replace(VIDEO_WISH, inputs=entry["inputs"])
        entry |= {"account": hash_of(key), "identity": video_by_key(video, hash_of(key))}
    return {name: part for name, part in made.items() if name != "keys"} | {"version": 4}


def test_an_export_of_an_earlier_release_goes_where_its_key_belongs(tmp_path: Path) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        brought(one, "done", wish=MINE)
        video_brought(one, "submitted", wish=VIDEO_MINE)
        content = by_key(exported(one), OLD_KEY)
    with Registry(tmp_path / "new" / FILE_NAME) as new:
        assert carried(content, new) == Added(characters=1, videos=1, known=0)
        assert taken(new, settings(OLD_KEY)) == ("default", [])
        assert new.registrations.record_wish(MINE).character_id == "char_1"
        assert new.videos.record_wish(VIDEO_MINE).task_id == "video-1"
    with Registry(tmp_path / "known" / FILE_NAME) as known:
        known.accounts.record_key(SERVICE, "studio", hash_of(OLD_KEY))
        carried(content, known)
        assert {row.account for row in everyone(known)} == {"studio"}
    with Registry(tmp_path / "other" / FILE_NAME) as other:
        taken(other, settings(NEW_KEY))
        carried(content, other)
        assert {row.account for row in everyone(other)} == {f"key-{hash_of(OLD_KEY)[:8]}"}
        assert taken(other, settings(OLD_KEY))[1] == []


def test_an_import_says_which_accounts_it_took_for_the_same(tmp_path: Path, registry: Registry) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        done_with(one, MINE, OLD_KEY, 1)
        content = exported(one)
    taken(registry, settings(NEW_KEY))
    assert carried(content, registry).other_keys == (f"'default' at {SERVICE}",)
    assert carried(content, registry).other_keys == ()


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"service": SERVICE, "account": "a", "key_hash": 7, "known_at": "2026-02-01T00:00:00.000Z"},
        {"service": SERVICE, "account": "a", "key_hash": "k", "known_at": "yesterday"},
        {"service": SERVICE, "account": "a", "key_hash": "k", "known_at": "2026-02-01T00:00:00"},
    ],
)
def test_a_key_that_is_none_is_refused(registry: Registry, key: Json) -> None:
    content = {**exported(registry), "keys": [key]}
    with pytest.raises(RegistryError, match="export holds an entry"):
        carried(content, registry)


def test_an_id_that_only_the_export_has_ends_the_row_that_waits_for_it(
    tmp_path: Path, registry: Registry
) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        brought(one, "done")
        content = exported(one)
    row = brought(registry, "submitted")
    assert carried(content, registry) == Added(characters=1, videos=0, known=0)
    ended = registry.registrations.find_row(row.row_id)
    assert (ended.state, ended.character_id, ended.cost_usd) == ("done", "char_1", 0.001)
    assert carried(content, registry) == Added(characters=0, videos=0, known=1)


def test_an_id_that_another_account_has_too_is_not_dropped(tmp_path: Path, registry: Registry) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        brought(one, "done", wish=MINE, number=9)
        content = json.loads(json.dumps(exported(one)))
    content["characters"][0]["character_id"] = "char_2"
    brought(registry, "done", wish=MINE, number=1)
    brought(registry, "done", wish=replace(MINE, account="studio"), number=2)
    assert carried(content, registry) == Added(characters=1, videos=0, known=0)
    mine = {row.character_id for row in everyone(registry) if row.account == "default"}
    assert mine == {"char_1", "char_2"}


def test_an_id_of_a_task_that_failed_here_is_not_dropped(tmp_path: Path, registry: Registry) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        brought(one, "done")
        content = exported(one)
    ledger = registry.registrations
    row = ledger.mark_failed(brought(registry, "submitted"), RegistryError("no longer known"))
    row = ledger.mark_uploaded(ledger.mark_back(row, "clipped", note="again"), bucket="b", key="k")
    row = ledger.mark_submitted(ledger.mark_submitting(row), task_id="task-2", cost_usd=0.001)
    ledger.mark_done(row, character_id="char_2")
    assert carried(content, registry) == Added(characters=1, videos=0, known=0)
    assert {one.character_id for one in everyone(registry)} == {"char_1", "char_2"}
