"""The registry over its years: older files, copies, exports, damage."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from screentest.client.errors import RegistryDamaged, RegistryError
from screentest.client.registry.exchange import Added, csv_of, exported, imported, read_export
from screentest.client.registry.file.migrations import APPLICATION_ID, LATEST, MIGRATIONS, version_of
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.registrations import RegistrationLedger
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.videos import ShownCharacter, VideoLedger, VideoWish
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Candidate, Clip, Segment
from tests.conftest import Command

WISH = Wish("https://s/api/v3", "acc", "openai/sora-2/characters", "Joe", "/raw/joe.mov", "f00d", {})
CLIP = Clip(
    path="/home/clips/ab.mp4",
    sha256="ab" * 32,
    bytes=10,
    segment=Segment(8.0, 4.0, 0.9, "face", ("Best.",), (Candidate(1.0, 4.0, 0.5),)),
    model=WISH.model,
    width_px=1280,
    height_px=720,
    fps=Fraction(30000, 1001),
    frames=119,
    has_audio=True,
    upscaled=False,
    warnings=("careful",),
)


def submitting(ledger: RegistrationLedger, wish: Wish = WISH) -> Registration:
    record = ledger.mark_clipped(ledger.record_wish(wish), CLIP)
    return ledger.mark_submitting(ledger.mark_uploaded(record, bucket="b", key="clips/ab.mp4"))


def submitted(
    ledger: RegistrationLedger, wish: Wish = WISH, *, task_id: str = "task-1"
) -> Registration:
    return ledger.mark_submitted(submitting(ledger, wish), task_id=task_id, cost_usd=0.001)


def done(registry: Registry, wish: Wish = WISH, *, number: int = 1) -> Registration:
    record = submitted(registry.registrations, wish, task_id=f"task-{number}")
    return registry.registrations.mark_done(record, character_id=f"char_{number}")


# Older files


def version_1(path: Path) -> None:
    """A registry as the first release wrote it, with one finished and one lost registration."""
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for number, (name, state, character_id) in enumerate(
        [("Joe", "done", "char_1"), ("Ann", "unknown", None)], start=1
    ):
        db.execute(
            "INSERT INTO characters (identity, generation, state, service, account, model, name,"
            " source_path, source_fingerprint, overrides, task_id, character_id, created_at,"
            " updated_at) VALUES (?, 1, ?, 's', 'a', 'm', ?, '/r', 'f', '{}', ?, ?, ?, ?)",
            (
                f"id{number}",
                state,
                name,
                "task-1" if character_id else None,
                character_id,
                "2026-01-01T00:00:00.000Z",
                "2026-01-01T00:00:00.000Z",
            ),
        )
    db.execute("INSERT INTO tasks VALUES ('task-1', 1, '2026-01-01T00:00:00.000Z')")
    db.commit()
    db.close()


def test_a_registry_of_the_first_version_keeps_every_id(tmp_path: Path) -> None:
    path = tmp_path / "home" / FILE_NAME
    version_1(path)
    with Registry(path) as registry:
        rows = [(row.name, row.state, row.character_id) for row in registry.registrations.list_all()]
        assert rows == [("Joe", "done", "char_1"), ("Ann", "unknown", None)]
        assert registry.list_task_ids() == {"task-1"}
        joe = registry.registrations.find("Joe")
        assert (joe.consent, joe.deleted_at) == (None, None)


def test_an_upgraded_registry_is_a_new_one_in_everything(tmp_path: Path) -> None:
    old, new = tmp_path / "old" / FILE_NAME, tmp_path / "new" / FILE_NAME
    version_1(old)
    schemas = []
    for path in (old, new):
        Registry(path).close()
        with sqlite3.connect(path) as db:
            assert version_of(db) == LATEST
            rows = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            schemas.append([" ".join(sql.split()) for (sql,) in rows])
    assert schemas[0] == schemas[1]


# Export and import


def test_an_export_brings_everything_back_in_another_home(tmp_path: Path) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        first = one.registrations.record_consent(done(one), "signed 2026-01-01")
        one.registrations.mark_deleted(done(one, replace(WISH, name="Ann"), number=2))
        content = json.loads(json.dumps(exported(one)))
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        assert imported(content, two) == Added(characters=2, videos=0, known=0)
        assert two.registrations.find("Joe") == replace(
            first, row_id=two.registrations.find("Joe").row_id
        )
        assert [row.name for row in two.registrations.list_all()] == ["Joe"]
        assert two.registrations.find("Ann").deleted_at
        assert two.list_task_ids() == {"task-1", "task-2"}
        assert exported(two)["characters"] == content["characters"]


def video(registry: Registry, prompt: str) -> VideoLedger:
    ledger = registry.videos
    wish = VideoWish(WISH.service, "acc", "m", prompt, {"prompt": prompt, "duration": 4}, 0.4)
    ledger.mark_submitting(ledger.record_wish(wish))
    return ledger


def test_an_export_brings_every_video_back_in_another_home(tmp_path: Path) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        ledger = video(one, "Joe waves.")
        row = ledger.mark_submitted(ledger.list_all()[0], task_id="task-1", cost_usd=0.4)
        ledger.mark_done(row, path="/out.mp4", sha256="cd" * 32, has_nsfw=True)
        video(one, "Joe bows.").mark_failed(ledger.list_all()[1], RuntimeError("no"))
        video(one, "Joe runs.")
        content = json.loads(json.dumps(exported(one)))
        kept, spent_usd = ledger.list_all(), one.spent_usd
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        assert imported(content, two) == Added(characters=0, videos=3, known=0)
        assert two.videos.list_all() == kept
        assert two.spent_usd == spent_usd
        assert exported(two)["videos"] == content["videos"]
        assert imported(content, two) == Added(characters=0, videos=0, known=3)


def test_a_task_that_failed_is_not_up_for_adoption_in_another_home(tmp_path: Path) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one:
        row = one.registrations.mark_failed(submitted(one.registrations), RuntimeError("no"))
        one.registrations.mark_back(row, "clipped", note="again")
        content = json.loads(json.dumps(exported(one)))
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        imported(content, two)
        assert two.list_task_ids() == {"task-1"}


def test_an_import_changes_nothing_that_is_recorded(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        done(registry)
        content = json.loads(json.dumps(exported(registry)))
        content["characters"][0]["character_id"] = "char_other"
        assert imported(content, registry) == Added(characters=0, videos=0, known=1)
        assert registry.registrations.find("Joe").character_id == "char_1"


def test_a_broken_export_imports_nothing(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        done(registry)
        content = json.loads(json.dumps(exported(registry)))
    broken = {**content["characters"][0], "identity": "x", "state": "sold"}
    content["characters"].append(broken)
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        with pytest.raises(RegistryError, match="sold"):
            imported(content, two)
        assert not two.registrations.list_all()


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("videos", "created_at", "yesterday"),
        ("videos", "created_at", "2026-01-01T00:00:00"),
        ("videos", "submitting_at", "0001-01-01T00:00:00+05:00"),
        ("videos", "done_at", 5),
        ("videos", "inputs", None),
        ("videos", "prompt", {}),
        ("videos", "cost_usd", "much"),
        ("videos", "cost_usd", float("nan")),
        ("videos", "task_id", 2**70),
        ("videos", "state", "sold"),
        ("videos", "state", []),
        ("videos", "error", "no"),
        ("characters", "created_at", "yesterday"),
        ("characters", "deleted_at", 5),
        ("characters", "overrides", None),
        ("characters", "name", "\ud800"),
        ("characters", "name", {}),
        ("characters", "generation", 0),
        ("characters", "segment", {"start_s": "soon"}),
        ("characters", "clip_facts", {"fps": 0}),
        ("characters", "task_ids", [{}]),
        ("characters", "moves", [{"at": "now", "before": None, "after": "done", "note": ""}]),
        ("characters", "moves", [5]),
    ],
)
def test_an_entry_that_could_not_be_read_again_is_the_export_s_fault(
    tmp_path: Path, kind: str, name: str, value: object
) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        done(registry)
        video(registry, "Joe waves.")
        content = json.loads(json.dumps(exported(registry)))
    content[kind].append({**content[kind][0], "identity": "x", name: value})
    with Registry(tmp_path / "two" / FILE_NAME) as two:
        with pytest.raises(RegistryError, match="export holds an entry"):
            imported(content, two)
        assert exported(two)["characters"] == exported(two)["videos"] == []


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other"}', '{"format": "screentest-registry"}'])
def test_another_file_is_not_an_export(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(RegistryError):
        read_export(tmp_path / "x.json")


def test_an_export_of_a_newer_release_is_not_half_read(tmp_path: Path) -> None:
    newer = {"format": "screentest-registry", "version": LATEST + 1, "characters": []}
    (tmp_path / "x.json").write_text(json.dumps(newer))
    with pytest.raises(RegistryError, match="newer"):
        read_export(tmp_path / "x.json")


def test_a_spreadsheet_gets_one_line_each_and_no_formula(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        done(registry, replace(WISH, name="=1+1"))
        rows = list(csv.DictReader(io.StringIO(csv_of(exported(registry)))))
    assert [(row["name"], row["character_id"], row["start_s"]) for row in rows] == [
        ("'=1+1", "char_1", "8.0")
    ]


def test_a_spreadsheet_has_what_videos_cost_after_the_registrations(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        row = done(registry)
        shows = (ShownCharacter("=Joe", row.character, row.identity), ShownCharacter("Ann", "b", "c"))
        wish = VideoWish("https://s/api/v3", "acc", "m", "+1", {"prompt": "+1"}, 0.4, shows)
        asked = registry.videos.record_wish(wish)
        before = list(csv.DictReader(io.StringIO(csv_of(exported(registry)))))[1]
        assert (before["state"], before["cost_usd"], registry.spent_usd) == ("planned", "", 0.001)
        sent = registry.videos.mark_submitting(asked)
        registry.videos.mark_submitted(sent, task_id="video-1", cost_usd=0.4)
        text = csv_of(exported(registry))
    first, second = csv.DictReader(io.StringIO(text))
    assert text.startswith("name,character_id,state,model,service,cost_usd,source,")
    assert (first["kind"], first["name"], first["prompt"]) == ("registration", "Joe", "")
    told = [second[column] for column in ("kind", "name", "prompt", "cost_usd", "state", "start_s")]
    assert told == ["video", "'=Joe, Ann", "'+1", "0.4", "submitted", ""]


# Money and tombstones


def test_what_was_spent_counts_deleted_ones_and_videos_but_no_sandbox(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        registry.registrations.mark_deleted(done(registry))
        done(registry, replace(WISH, service="sandbox"), number=2)
        ledger = registry.videos
        wish = VideoWish(WISH.service, "acc", "m", "Joe", {"prompt": "Joe"}, 0.4)
        ledger.mark_submitted(
            ledger.mark_submitting(ledger.record_wish(wish)), task_id="task-9", cost_usd=0.4
        )
        assert registry.spent_usd == pytest.approx(0.401)


def test_a_task_belongs_to_one_thing_only(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        done(registry)
        ledger = registry.videos
        wish = VideoWish(WISH.service, "acc", "m", "Joe", {"prompt": "Joe"}, 0.4)
        record = ledger.mark_submitting(ledger.record_wish(wish))
        with pytest.raises(RegistryError, match="belongs to"):
            ledger.mark_submitted(record, task_id="task-1", cost_usd=0.4)


def test_a_lost_submit_cannot_be_deleted_away(tmp_path: Path) -> None:
    with Registry(tmp_path / "home" / FILE_NAME) as registry:
        record = submitting(registry.registrations)
        with pytest.raises(RegistryError, match="forgotten"):
            registry.registrations.mark_deleted(record)


# Damage


def test_a_damaged_registry_is_told_with_the_way_back_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "home" / FILE_NAME
    with Registry(path) as registry:
        done(registry)
    content = bytearray(path.read_bytes())
    content[100:2000] = b"\xff" * 1900
    path.write_bytes(bytes(content))
    with pytest.raises(RegistryDamaged) as caught:
        Registry(path)
    assert Remedy("import") in caught.value.remedies
    assert ".recover" in caught.value.hint
    assert path.read_bytes() == bytes(content)


# The commands


def test_the_commands_carry_a_registry_over(
    screentest: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registry(home / FILE_NAME) as registry:
        done(registry)
    assert screentest("characters", "consent", "Joe", "signed", "--json").result["consent"] == "signed"
    file = tmp_path / "export.json"
    file.write_text(screentest("characters", "export").out)
    monkeypatch.setenv("SCREENTEST_HOME", str(tmp_path / "other"))
    assert screentest("characters", "import", file, "--json").result == {
        "imported": 1,
        "videos": 0,
        "known": 0,
        "decisions": 0,
    }
    assert screentest("characters", "show", "Joe", "--json").result["consent"] == "signed"
    assert screentest("characters", "export", "--csv").out.startswith("name,character_id,")
    assert screentest("characters", "delete", "Joe", "--yes", "--json").result["deleted_at"]
    assert screentest("characters", "list", "--json").result["characters"] == []
    listed = screentest("characters", "list", "--deleted").out
    assert "deleted" in listed
    assert "USD 0.001 spent" in listed


@pytest.mark.parametrize("damage", ["[" * 100_000, '{"format": "screentest-registry", "x": '])
def test_a_file_that_is_not_an_export_is_one_error(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(damage)
    with pytest.raises(RegistryError, match="it is not JSON"):
        read_export(file)


@pytest.mark.parametrize("field", ["name", "source", "task_id", "task_ids", "consent", "error", "clip"])
def test_an_export_with_half_a_letter_imports_nothing_and_damages_nothing(
    field: str, tmp_path: Path
) -> None:
    with Registry(tmp_path / "one" / FILE_NAME) as one, Registry(tmp_path / "two" / FILE_NAME) as two:
        done(one)
        entry = json.loads(json.dumps(exported(one)["characters"]))[0]
        broken = {"task_ids": ["task-\ud800"], "error": {"type": "E", "message": "\ud800"}}
        entry |= {field: broken.get(field, "J\ud800")}
        with pytest.raises(RegistryError, match="cannot be read") as caught:
            imported({**exported(one), "characters": [entry]}, two)
        assert not isinstance(caught.value, RegistryDamaged)
        assert two.registrations.list_all() == ()
