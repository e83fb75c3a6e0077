"""An audit that overlooks something would make the whole torture worthless."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.videos import Video, VideoWish
from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.video_models import TEXT_MODEL
from screentest.client.sandbox.work.tasks import Task, TaskStore
from screentest.prep.core.files import sha256_of
from tests.torture.audit import Verdict, astray, audit
from tests.torture.books import (
    accepted_submits,
    broken_files,
    failed_tasks,
    left_files,
    needs,
    owners_of_tasks,
    paid_tasks,
    recorded_ids,
    starved_tasks,
    wrongly_deleted,
)
from tests.torture.strangers import PREFIX

ONCE = {"Joe": 1}
CHARACTERS, VIDEOS = f"/api/v3/{DEFAULT_MODEL}", f"/api/v3/{TEXT_MODEL}"


# What is billed and kept


def test_books_that_agree_are_clean() -> None:
    verdict = audit(ONCE, billed={"Joe": 1}, made={"char_1": "Joe"}, recorded={"Joe": {"char_1"}})
    assert verdict.clean


def test_a_second_accepted_submit_is_seen() -> None:
    made, recorded = {"char_1": "Joe", "char_2": "Joe"}, {"Joe": {"char_2"}}
    verdict = audit(ONCE, billed={"Joe": 2}, made=made, recorded=recorded)
    assert verdict.billed_twice == ("Joe",)


def test_a_second_bill_is_seen_though_both_that_were_paid_for_are_kept() -> None:
    made, recorded = {"t1": "take 1", "t2": "take 1"}, {"take 1": {"t1", "t2"}}
    verdict = audit({"take 1": 1}, billed={"take 1": 2}, made=made, recorded=recorded)
    assert verdict.billed_twice == ("take 1",)


def test_a_paid_id_that_nobody_kept_is_seen() -> None:
    verdict = audit(ONCE, billed={"Joe": 1}, made={"char_1": "Joe"}, recorded={})
    assert verdict.lost == ("Joe",)


def test_an_id_of_somebody_else_is_seen() -> None:
    made, recorded = {"char_1": "Joe", "char_2": "Ann"}, {"Joe": {"char_2"}, "Ann": {"char_2"}}
    billed = {"Joe": 1, "Ann": 1}
    verdict = audit(billed, billed=billed, made=made, recorded=recorded)
    assert verdict.made_up == ("Joe",)


def test_a_bill_for_an_order_that_was_not_renewed_is_seen() -> None:
    made = {"char_1": "Joe", "char_2": "Joe", "char_3": "Joe"}
    twice, renewed = {"Joe": {"char_1", "char_2"}}, {"Joe": 2}
    assert audit(renewed, billed={"Joe": 2}, made=made, recorded=twice).clean
    assert audit(renewed, billed={"Joe": 3}, made=made, recorded=twice).billed_twice == ("Joe",)


def test_an_id_that_nobody_billed_is_seen() -> None:
    twice = {"Joe": {"char_1", "char_2"}}
    made = {"char_1": "Joe", "char_2": "Joe"}
    assert audit(ONCE, billed={"Joe": 1}, made=made, recorded=twice).made_up == ("Joe",)


def test_a_strangers_character_is_nobodys_here() -> None:
    verdict = audit(ONCE, billed={}, made={}, recorded={"Joe": {"char_1"}})
    assert verdict.made_up == ("Joe",)


def test_an_order_that_came_to_nothing_is_seen() -> None:
    assert audit(ONCE, billed={}, made={}, recorded={}).unsettled == ("Joe",)


def test_a_paid_task_has_one_row() -> None:
    paid = {"t1": "Joe", "t2": "take 1", "t3": "take 2"}
    assert astray(paid, {"t1": 1, "t2": 2}) == ("take 1", "take 2")


def test_a_part_of_a_verdict_tells_its_own_faults() -> None:
    verdict = Verdict(lost=("Joe", "take 1"), broken=("take 1",), left=("/x.part",))
    assert verdict.about("Joe".__eq__) == Verdict(lost=("Joe",))
    assert not verdict.about("Ann".__eq__).lost
    assert (verdict.counts["lost"], verdict.clean, Verdict().clean) == (2, False, True)


# The service's books


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """The sandbox's books: of ours, two that failed and two that did not; and a stranger's."""
    path = tmp_path / "tasks.sqlite"
    rows: list[tuple[str, dict[str, Any], int, str]] = [
        ("t1", {"name": "Joe"}, 1402, "Failed: ConnectError."),
        ("t2", {"name": "Joe"}, 0, ""),
        ("t3", {"prompt": "The picture in the rain, take 1."}, 1402, "the URL answered with HTTP 404"),
        ("t4", {"prompt": "The picture in the rain, take 1."}, 0, ""),
        (f"{PREFIX}t5", {"name": "Joe"}, 1402, "the URL answered with HTTP 404"),
    ]
    with closing(TaskStore(path)) as store:
        for task_id, inputs, code, error in rows:
            task = Task(task_id, DEFAULT_MODEL, inputs, 0.0, 1.0, 1.0, None, (), 0, "", 0)
            store.add(task, funds_usd=1.0)
            if code:
                store.fail(task, code, error, at=2.0, inference_ms=1)
    return path


def test_what_failed_is_not_billed_and_strangers_are_not_counted(tasks: Path) -> None:
    assert failed_tasks(tasks) == {"Joe": 1, "take 1": 1}
    assert paid_tasks(tasks) == {"t2": "Joe", "t4": "take 1"}


def test_a_task_whose_file_had_left_the_bucket_is_seen(tasks: Path) -> None:
    assert starved_tasks(tasks) == ("take 1",)


def test_only_accepted_submits_count(tmp_path: Path) -> None:
    asked = {"prompt": "Ada in the rain, take 7."}
    lines = [
        {"method": "POST", "path": CHARACTERS, "status": 200, "body": {"name": "Joe"}},
        {"method": "POST", "path": VIDEOS, "status": 200, "body": asked},
        {"method": "POST", "path": VIDEOS, "status": 499, "body": asked},
        {"method": "POST", "path": CHARACTERS, "status": 401, "body": None},
        {"method": "POST", "path": "/api/v3/model/price", "status": 200, "body": asked},
        {"method": "POST", "path": "/api/v3/predictions", "status": 200, "body": {"page": 1}},
        {"method": "GET", "path": "/api/v3/balance", "status": 200, "body": None},
    ]
    journal = tmp_path / "journal.jsonl"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert accepted_submits(journal) == {"Joe": 1, "take 7": 1}


# The registry's books, and what lies on disk


def video(home: Path, prompt: str, task_id: str = "") -> Video:
    """A video's row: planned, or submitted with its task."""
    wish = VideoWish("sandbox", "acc", TEXT_MODEL, prompt, {"prompt": prompt}, 0.4)
    with Registry(home / FILE_NAME) as registry:
        row = registry.videos.record_wish(wish)
        if not task_id:
            return row
        row = registry.videos.mark_submitting(row)
        return registry.videos.mark_submitted(row, task_id=task_id, cost_usd=0.4)


def done(home: Path, row: Video, out: Path) -> None:
    with Registry(home / FILE_NAME) as registry:
        registry.videos.mark_done(row, path=str(out), sha256=sha256_of(out), has_nsfw=False)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A home with one video, which lies in ``videos`` and at the service in ``outputs``."""
    outs, outputs = tmp_path / "videos", tmp_path / "outputs"
    outs.mkdir()
    outputs.mkdir()
    for path in (outs / "take 1.mp4", outputs / "t1.mp4"):
        path.write_bytes(b"a video")
    done(tmp_path, video(tmp_path, "take 1.", "t1"), outs / "take 1.mp4")
    return tmp_path


def test_a_video_that_is_whole_is_found_well(kept: Path) -> None:
    assert recorded_ids(kept) == {"take 1": {"t1"}}
    assert owners_of_tasks(kept) == {"t1": 1}
    assert broken_files(kept, kept / "outputs") == left_files(kept, kept / "videos") == ()


@pytest.mark.parametrize("found", [b"a vid", None])
def test_a_video_that_is_not_what_was_paid_for_is_seen(kept: Path, found: bytes | None) -> None:
    path = kept / "videos" / "take 1.mp4"
    path.unlink() if found is None else path.write_bytes(found)
    assert broken_files(kept, kept / "outputs") == ("take 1",)


def test_a_file_that_the_row_tells_otherwise_is_seen(kept: Path) -> None:
    for path in (kept / "videos" / "take 1.mp4", kept / "outputs" / "t1.mp4"):
        path.write_bytes(b"another")
    assert broken_files(kept, kept / "outputs") == ("take 1",)


def test_drafts_and_files_on_no_record_are_seen(kept: Path) -> None:
    drafts = [kept / "clips.part", kept / "videos" / "take 2.mp4"]
    for path in drafts:
        path.touch()
    assert left_files(kept, kept / "videos") == tuple(sorted(map(str, drafts)))


def test_an_object_that_went_while_its_video_was_unfinished_is_seen(tmp_path: Path) -> None:
    row = video(tmp_path, "take 1.", "t1")
    before, key = needs(tmp_path), f"home/images/{row.identity[:32]}.png"
    assert wrongly_deleted([key, "home/other.png"], before, needs(tmp_path)) == (key,)
    out = tmp_path / "out.mp4"
    out.touch()
    done(tmp_path, row, out)
    assert wrongly_deleted([key], before, needs(tmp_path)) == ()
