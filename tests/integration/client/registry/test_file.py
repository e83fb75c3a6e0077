"""The registry over a real file: nothing lost, nothing owned twice, nothing overwritten."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from screentest.client.errors import (
    HeldElsewhere,
    RegistryDamaged,
    RegistryError,
    Rejected,
    ReplyLost,
    UnknownCharacter,
)
from screentest.client.registry import exchange
from screentest.client.registry.file.migrations import LATEST
from screentest.client.registry.identity import Wish
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.values import Candidate, Clip, Segment
from tests.waiting import HANG_S

WISH = Wish("sandbox", "acc", "openai/sora-2/characters", "Joe", "/raw/joe.mov", "f00d", {})
SEGMENT = Segment(8.0, 4.0, 0.9, "face", ("Best.",), (Candidate(1.0, 4.0, 0.5),))
CLIP = Clip(
    path="/home/clips/ab.mp4",
    sha256="ab",
    bytes=10,
    segment=SEGMENT,
    model=WISH.model,
    width_px=1280,
    height_px=720,
    fps=Fraction(30000, 1001),
    frames=119,
    has_audio=True,
    upscaled=False,
    warnings=("careful",),
)
LOST = ReplyLost("The reply was lost.")


class Now:
    """A wall clock that is a minute later each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 2, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / FILE_NAME


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    with Registry(path, now=Now()) as registry:
        yield registry


def submitting(registry: Registry, wish: Wish = WISH, *, again: bool = False) -> Registration:
    ledger = registry.registrations
    record = ledger.mark_clipped(ledger.record_wish(wish, again=again), CLIP)
    return ledger.mark_submitting(ledger.mark_uploaded(record, bucket="b", key="clips/ab.mp4"))


def done(
    registry: Registry, wish: Wish = WISH, *, number: int = 1, again: bool = False
) -> Registration:
    record = submitting(registry, wish, again=again)
    record = registry.registrations.mark_submitted(record, task_id=f"task-{number}", cost_usd=0.001)
    return registry.registrations.mark_done(record, character_id=f"char_{number}")


def test_everything_about_a_character_is_kept(registry: Registry, path: Path) -> None:
    made = done(registry)
    with Registry(path) as later:
        kept = later.registrations.find("Joe")
    assert kept == made
    assert kept.clip == CLIP
    assert (kept.task_id, kept.character_id, kept.cost_usd) == ("task-1", "char_1", 0.001)


def test_file_and_folder_are_their_owners_only(registry: Registry, path: Path) -> None:
    done(registry)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_write_survives_a_power_cut(path: Path) -> None:
    with Registry(path) as registry:
        modes = [
            registry.database.run(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]


def test_a_second_run_finds_the_finished_row(registry: Registry) -> None:
    finished = done(registry)
    assert registry.registrations.record_wish(WISH) == finished


def test_a_second_run_goes_on_with_the_row_under_way(registry: Registry) -> None:
    assert (
        registry.registrations.record_wish(WISH).row_id
        == registry.registrations.record_wish(WISH).row_id
    )


def test_again_makes_a_new_row_and_keeps_the_old_one(registry: Registry) -> None:
    first = done(registry)
    second = done(registry, number=2, again=True)
    assert second.generation == 2
    assert registry.registrations.find("Joe") == second
    assert registry.registrations.find("char_1") == first


def test_again_goes_on_with_an_unfinished_again(registry: Registry) -> None:
    done(registry)
    first, second = (registry.registrations.record_wish(WISH, again=True) for _ in range(2))
    assert first == second


def test_an_unfinished_again_does_not_hide_the_id(registry: Registry) -> None:
    first = done(registry)
    registry.registrations.record_wish(WISH, again=True)
    assert registry.registrations.record_wish(WISH) == first
    assert registry.registrations.find("Joe") == first


def test_another_wish_is_another_row(registry: Registry) -> None:
    other = replace(WISH, overrides={"start_s": 8.0})
    assert (
        registry.registrations.record_wish(WISH).row_id
        != registry.registrations.record_wish(other).row_id
    )


def test_an_unknown_name_is_told(registry: Registry) -> None:
    with pytest.raises(UnknownCharacter, match="Ann"):
        registry.registrations.find("Ann")


def test_a_lost_reply_is_never_submitted_again_by_itself(registry: Registry) -> None:
    record = registry.registrations.mark_unknown(submitting(registry), LOST)
    with pytest.raises(RegistryError, match="cannot go"):
        registry.registrations.mark_submitting(record)


def test_a_row_that_moved_meanwhile_is_not_overwritten(registry: Registry) -> None:
    stale = submitting(registry)
    registry.registrations.mark_submitted(stale, task_id="task-1", cost_usd=0.001)
    with pytest.raises(RegistryError, match="meanwhile"):
        registry.registrations.mark_unknown(stale, LOST)


def test_no_task_belongs_to_two_rows(registry: Registry) -> None:
    done(registry)
    other = submitting(registry, replace(WISH, name="Ann"))
    with pytest.raises(RegistryError, match="another registration"):
        registry.registrations.mark_submitted(other, task_id="task-1", cost_usd=0.001)
    assert registry.registrations.find("Ann").state == "submitting"


def test_a_failed_rows_task_stays_its_own(registry: Registry) -> None:
    record = registry.registrations.mark_submitted(
        submitting(registry), task_id="task-1", cost_usd=0.001
    )
    record = registry.registrations.mark_failed(record, Rejected("no"))
    record = registry.registrations.mark_back(record, "clipped", note="tried again")
    assert record.task_id is None
    assert registry.list_task_ids() == {"task-1"}


def test_a_failed_row_says_why_and_costs_nothing(registry: Registry) -> None:
    record = registry.registrations.mark_failed(submitting(registry), Rejected("bad clip"))
    assert (record.error_type, record.error, record.cost_usd) == ("Rejected", "bad clip", None)


def test_only_lost_submits_of_the_same_account_are_rivals(registry: Registry) -> None:
    mine = registry.registrations.mark_unknown(submitting(registry), LOST)
    submitting(registry, replace(WISH, name="Ann"))
    submitting(registry, replace(WISH, name="Bo", account="other"))
    done(registry, replace(WISH, name="Cy"))
    assert [rival.name for rival in registry.registrations.list_rivals(mine)] == ["Ann"]


def test_the_whole_history_can_be_told(registry: Registry) -> None:
    history = registry.registrations.history_of(done(registry))
    moves = [move["after"] for move in history["moves"]]  # type: ignore[attr-defined]
    assert moves == ["planned", "clipped", "uploaded", "submitting", "submitted", "done"]


def test_an_export_is_json_with_everything(registry: Registry) -> None:
    done(registry)
    exported = json.loads(json.dumps(exchange.exported(registry)))
    (character,) = exported["characters"]
    assert character["character_id"] == "char_1"
    assert character["segment"]["start_s"] == 8.0
    assert character["clip_facts"]["fps"] == pytest.approx(29.97, abs=0.01)


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\7" * 5000]
)
def test_a_damaged_file_is_told_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(RegistryDamaged) as caught:
        Registry(path)
    assert path.read_bytes() == content
    assert ".recover" in caught.value.hint


def test_a_damaged_page_is_told(registry: Registry, path: Path) -> None:
    done(registry)
    registry.close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 3] = os.urandom(4096)
    path.write_bytes(content)
    with pytest.raises(RegistryDamaged):
        Registry(path)


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    with pytest.raises(RegistryError, match="another program"):
        Registry(path)


def test_a_newer_releases_file_is_left_alone(path: Path) -> None:
    Registry(path).close()
    with sqlite3.connect(path) as later:
        later.execute(f"PRAGMA user_version = {LATEST + 1}")
    later.close()
    with pytest.raises(RegistryError, match="newer"):
        Registry(path)


def test_a_registry_that_cannot_be_opened_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(RegistryError, match="cannot be opened"):
        Registry(path)


def test_many_processes_can_open_a_new_registry_at_once(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from screentest.client.registry.registry import Registry\n"
        "Registry(Path(sys.argv[1])).close()"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(4)]
    assert [run.wait(HANG_S) for run in runs] == [0, 0, 0, 0]


def test_two_processes_cannot_work_on_the_same_thing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from screentest.client.registry.locks import locked\n"
        "with locked(Path(sys.argv[1]), 'abc', what='Joe'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(HeldElsewhere, match=str(other.pid)), locked(tmp_path, "abc", what="Joe"):
            pass
        other.kill()
        other.wait(10)
    with locked(tmp_path, "abc", what="Joe"):
        pass


def test_a_lock_of_one_thing_leaves_others_free(tmp_path: Path) -> None:
    with locked(tmp_path, "abc", what="Joe"), locked(tmp_path, "xyz", what="Ann"):
        pass
