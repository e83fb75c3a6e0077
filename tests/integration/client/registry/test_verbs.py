"""A name says whether it reads or writes: a read changes nothing, a write is whole or not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.errors import Rejected
from screentest.client.registry.accounts import AccountLedger, KnownKey
from screentest.client.registry.characters import CharacterLedger
from screentest.client.registry.decisions import Decision, DecisionLedger, Step
from screentest.client.registry.encoding import video_json
from screentest.client.registry.exchange import exported, imported
from screentest.client.registry.identity import AskedFor, Wish
from screentest.client.registry.ledger import Ledger
from screentest.client.registry.registrations import RegistrationLedger
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.videos import VideoLedger, VideoWish, stored_video
from screentest.prep.stills.values import Still
from tests.integration.paid_parts import CLIP, REGISTRATIONS, SETTINGS, VIDEOS

STILL = Still("/s.jpg", "frontal", 1.0, 0.0, 0.0, 600, 600, 0.9, "/ann.mov", "5" * 64, 9)
READING = ("find", "list", "is", "of", "every")
WRITING = ("record", "mark", "add", "decide", "undo")
WISH = Wish("s", "a", "m", "Ann", "/ann.mov", "f00d", {})
VIDEO_WISH = VideoWish("s", "a", "m", "Ann waves.", {"prompt": "Ann waves."}, 0.4)

Call = Callable[[Registry], object]

READS: dict[tuple[type, str], Call] = {
    (Ledger, "find_row"): lambda r: r.registrations.find_row(1),
    (Ledger, "find_under_way"): lambda r: r.registrations.find_under_way("x"),
    (Ledger, "list_unfinished"): lambda r: r.videos.list_unfinished(),
    (Ledger, "list_rivals"): lambda r: r.videos.list_rivals(r.videos.list_all()[0]),
    (RegistrationLedger, "list_all"): lambda r: r.registrations.list_all(deleted=True),
    (RegistrationLedger, "list_named"): lambda r: r.registrations.list_named("Joe"),
    (RegistrationLedger, "list_meant"): lambda r: r.registrations.list_meant("Joe"),
    (RegistrationLedger, "list_needing"): lambda r: r.registrations.list_needing(
        "ab", besides=r.registrations.find("Joe")
    ),
    (RegistrationLedger, "list_with_clip"): lambda r: r.registrations.list_with_clip("ab"),
    (RegistrationLedger, "list_with_object"): lambda r: r.registrations.list_with_object("b"),
    (RegistrationLedger, "find"): lambda r: r.registrations.find("Joe"),
    (RegistrationLedger, "find_done"): lambda r: r.registrations.find_done("x"),
    (RegistrationLedger, "task_ids_of"): lambda r: r.registrations.task_ids_of(
        r.registrations.find("Joe")
    ),
    (RegistrationLedger, "moves_of"): lambda r: r.registrations.moves_of(r.registrations.find("Joe")),
    (RegistrationLedger, "history_of"): lambda r: r.registrations.history_of(
        r.registrations.find("Joe")
    ),
    (RegistrationLedger, "find_one"): lambda r: r.registrations.find_one("Joe"),
    (RegistrationLedger, "list_of"): lambda r: r.registrations.list_of(1),
    (RegistrationLedger, "list_of_footage"): lambda r: r.registrations.list_of_footage("f00d"),
    (RegistrationLedger, "find_origin"): lambda r: r.registrations.find_origin(1),
    (CharacterLedger, "list_all"): lambda r: r.characters.list_all(),
    (CharacterLedger, "find_key"): lambda r: r.characters.find_key("x"),
    (CharacterLedger, "find_same"): lambda r: r.characters.find_same("J", footage="f", overrides="{}"),
    (CharacterLedger, "find"): lambda r: r.characters.find(1),
    (VideoLedger, "list_all"): lambda r: r.videos.list_all(),
    (Ledger, "is_unfinished"): lambda r: r.videos.is_unfinished("x"),
    (Ledger, "is_known"): lambda r: r.videos.is_known("x"),
    (RegistrationLedger, "list_begun"): lambda r: r.registrations.list_begun("x"),
    (VideoLedger, "find_done"): lambda r: r.videos.find_done("x"),
    (VideoLedger, "list_done"): lambda r: r.videos.list_done("x"),
    (VideoLedger, "list_fetched"): lambda r: r.videos.list_fetched(),
    (AccountLedger, "list_all"): lambda r: r.accounts.list_all(),
    (AccountLedger, "list_keys"): lambda r: r.accounts.list_keys(),
    (AccountLedger, "list_with_key"): lambda r: r.accounts.list_with_key("s", "k"),
    (AccountLedger, "keys_of"): lambda r: r.accounts.keys_of("s", "a"),
    (AccountLedger, "names_of"): lambda r: r.accounts.names_of([("s", "k")]),
    (DecisionLedger, "of"): lambda r: r.decisions.of("f00d"),
    (DecisionLedger, "every"): lambda r: list(r.decisions.every()),
    (DecisionLedger, "find_window_since"): lambda r: r.decisions.find_window_since("f00d"),
    (DecisionLedger, "list_steps"): lambda r: r.decisions.list_steps(),
    (Registry, "list_task_ids"): lambda r: r.list_task_ids(),
    (Registry, "folder"): lambda r: r.folder,
    (Registry, "spent_usd"): lambda r: r.spent_usd,
    (Registry, "practised_usd"): lambda r: r.practised_usd,
    (Ledger, "course"): lambda r: r.registrations.course,
}


def video_columns(registry: Registry) -> dict[str, object]:
    entry = video_json(registry.videos.list_all()[0])
    return stored_video({**entry, "identity": "x", "task_id": "task-7", "state": "done"})


def character_columns(registry: Registry) -> dict[str, object]:
    row = registry.registrations.find("Joe")
    named = ("service", "account", "model", "name", "source_path", "source_fingerprint")
    same = {name: getattr(row, name) for name in named}
    times = dict.fromkeys(("created_at", "updated_at"), "2026-02-01T00:00:00.000Z")
    empty = {"task_id": None, "deleted_at": None, "character": "", "consent": "signed"}
    wish = {"identity": "x", "generation": 1, "state": "planned", "overrides": "{}"}
    return {**same, **times, **empty, **wish}


WRITES: dict[tuple[type, str], Call] = {
    (Ledger, "mark_submitting"): lambda r: r.videos.mark_submitting(VIDEOS.begun(r, "a")),
    (Ledger, "mark_submitted"): lambda r: r.registrations.mark_submitted(
        REGISTRATIONS.lost(r, "a"), task_id="task-8", cost_usd=1.0
    ),
    (Ledger, "mark_failed"): lambda r: r.videos.mark_failed(VIDEOS.submitting(r, "b"), Rejected("n")),
    (Ledger, "mark_unknown"): lambda r: r.videos.mark_unknown(VIDEOS.submitting(r, "c"), Rejected("n")),
    (Ledger, "mark_ready"): lambda r: r.registrations.mark_ready(REGISTRATIONS.lost(r, "d"), note="n"),
    (CharacterLedger, "add_for"): lambda r: r.characters.add_for(
        {**character_columns(r), "name": "Bo"}
    ),
    (CharacterLedger, "record_for"): lambda r: r.characters.record_for(
        r.registrations.find("Joe"), {**character_columns(r), "name": "Bo"}
    ),
    (CharacterLedger, "record_consent"): lambda r: r.characters.record_consent(1, "signed"),
    (RegistrationLedger, "record_wish"): lambda r: r.registrations.record_wish(WISH),
    (RegistrationLedger, "record_choice"): lambda r: r.registrations.record_choice(
        r.registrations.record_wish(WISH), replace(WISH, name="Bo", asked=AskedFor("Ann", {}))
    ),
    (RegistrationLedger, "mark_clipped"): lambda r: r.registrations.mark_clipped(
        REGISTRATIONS.planned(r, "e", SETTINGS), CLIP
    ),
    (RegistrationLedger, "mark_uploaded"): lambda r: r.registrations.mark_uploaded(
        r.registrations.mark_clipped(REGISTRATIONS.planned(r, "f", SETTINGS), CLIP), bucket="b", key="k"
    ),
    (RegistrationLedger, "mark_with_stills"): lambda r: r.registrations.mark_with_stills(
        REGISTRATIONS.planned(r, "k", SETTINGS), [STILL]
    ),
    (RegistrationLedger, "mark_kept"): lambda r: r.registrations.mark_kept(
        r.registrations.mark_clipped(REGISTRATIONS.planned(r, "l", SETTINGS), CLIP)
    ),
    (RegistrationLedger, "mark_back"): lambda r: r.registrations.mark_back(
        REGISTRATIONS.begun(r, "g"), "planned", note="n"
    ),
    (RegistrationLedger, "mark_done"): lambda r: REGISTRATIONS.done(
        r, REGISTRATIONS.submitted(r, "h", "t-h")
    ),
    (RegistrationLedger, "mark_object_deleted"): lambda r: r.registrations.mark_object_deleted(
        r.registrations.find("Joe")
    ),
    (RegistrationLedger, "mark_deleted"): lambda r: r.registrations.mark_deleted(
        REGISTRATIONS.begun(r, "i")
    ),
    (RegistrationLedger, "add_consent"): lambda r: r.registrations.add_consent(
        r.registrations.find("Joe"), "signed"
    ),
    (RegistrationLedger, "record_error"): lambda r: r.registrations.record_error(
        r.registrations.list_all()[-1], ValueError("why")
    ),
    (RegistrationLedger, "record_consent"): lambda r: r.registrations.record_consent(
        r.registrations.find("Joe"), "signed"
    ),
    (RegistrationLedger, "add_imported"): lambda r: r.registrations.add_imported(
        character_columns(r), moves=[], task_ids=["task-6"]
    ),
    (VideoLedger, "record_wish"): lambda r: r.videos.record_wish(VIDEO_WISH),
    (VideoLedger, "mark_done"): lambda r: VIDEOS.done(r, VIDEOS.submitted(r, "j", "t-j")),
    (AccountLedger, "record_key"): lambda r: r.accounts.record_key("s", "a", "k"),
    (AccountLedger, "record_name"): lambda r: r.accounts.record_name("default", "mine"),
    (AccountLedger, "add_imported"): lambda r: r.accounts.add_imported(
        [KnownKey("s", "a", "k", "2026-02-01T00:00:00.000Z")]
    ),
    (VideoLedger, "mark_fetched"): lambda r: r.videos.mark_fetched(
        VIDEOS.submitted(r, "m", "t-m"), sha256="ab" * 32
    ),
    (VideoLedger, "record_likeness"): lambda r: r.videos.record_likeness(
        r.videos.list_all()[0], {"Joe": {"verdict": "same"}}
    ),
    (VideoLedger, "add_imported"): lambda r: r.videos.add_imported(video_columns(r)),
    (DecisionLedger, "decide"): lambda r: r.decisions.decide("f00d", skip=True),
    (DecisionLedger, "undo"): lambda r: r.decisions.undo("f00d"),
    (DecisionLedger, "mark_seen"): lambda r: r.decisions.mark_seen("f00d", "/elsewhere.mov"),
    (DecisionLedger, "add_imported"): lambda r: r.decisions.add_imported(
        Step("f00d", Decision(person=2, at=r.now()))
    ),
}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry with something of each kind in it."""
    with Registry(tmp_path / FILE_NAME) as registry:
        REGISTRATIONS.done(registry, REGISTRATIONS.submitted(registry, "Joe", "task-1"))
        VIDEOS.submitted(registry, "Joe waves.", "task-2")
        registry.decisions.decide("f00d", footage="/ann.mov", person=1)
        yield registry


KINDS = [
    Registry,
    Ledger,
    CharacterLedger,
    RegistrationLedger,
    VideoLedger,
    AccountLedger,
    DecisionLedger,
]
TOLD = ("characters", "videos", "decisions")


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_") and name != "close"}


def is_property(kind: type, name: str) -> bool:
    return isinstance(vars(kind)[name], property)


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_says_whether_it_reads_or_writes(kind: type) -> None:
    for name in public(kind):
        reads = name.split("_")[0] in READING or name.endswith("_of") or is_property(kind, name)
        writes = name.split("_")[0] in WRITING
        assert reads != writes, name


@pytest.mark.parametrize("kind", KINDS)
def test_no_verb_is_left_out_here(kind: type) -> None:
    assert {name for owner, name in [*READS, *WRITES] if owner is kind} == public(kind)


def changes(registry: Registry) -> int:
    connection = registry.database._connection
    assert isinstance(connection, sqlite3.Connection)
    return connection.total_changes


@pytest.mark.parametrize("verb", READS.values(), ids=[name for _, name in READS])
def test_what_reads_leaves_the_file_as_it_was(verb: Call, registry: Registry) -> None:
    before = changes(registry), [exported(registry)[name] for name in TOLD]
    verb(registry)
    assert (changes(registry), [exported(registry)[name] for name in TOLD]) == before


@pytest.mark.parametrize("verb", WRITES.values(), ids=[name for _, name in WRITES])
def test_what_writes_is_one_transaction(verb: Call, registry: Registry) -> None:
    said: list[str] = []
    registry.database._connection.set_trace_callback(said.append)
    before = changes(registry)
    verb(registry)
    assert changes(registry) > before
    inside = False
    for words in (statement.split()[0].upper() for statement in said):
        inside = words == "BEGIN" or (inside and words != "COMMIT")
        assert inside or words not in ("INSERT", "UPDATE", "DELETE"), said
    assert not inside


@pytest.mark.parametrize("verb", WRITES.values(), ids=[name for _, name in WRITES])
def test_what_writes_is_undone_with_the_transaction_around_it(verb: Call, registry: Registry) -> None:
    before = [exported(registry)[name] for name in TOLD]

    def interrupted() -> None:
        with registry.database.transaction():
            verb(registry)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [exported(registry)[name] for name in TOLD] == before


def test_an_import_that_fails_in_its_videos_adds_no_character(
    registry: Registry, tmp_path: Path
) -> None:
    content = exported(registry)
    with Registry(tmp_path / "other" / FILE_NAME) as other:
        row = REGISTRATIONS.submitting(other, "Ann")
        # The exported video's task is a character's here.
        other.registrations.mark_submitted(row, task_id="task-2", cost_usd=1.0)
        with pytest.raises(Exception, match="belongs to another"):
            imported(content, other)
        assert [row.name for row in other.registrations.list_all()] == ["Ann"]
