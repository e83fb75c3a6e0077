"""An audit that overlooks something would make the whole torture worthless."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from screentest.client.sandbox.work.tasks import Task, TaskStore
from tests.torture.audit import accepted_submits, audit, failed_tasks
from tests.torture.strangers import MODEL, PREFIX

PATH = "/api/v3/openai/sora-2/characters"


def test_books_that_agree_are_clean() -> None:
    verdict = audit(["Joe"], billed={"Joe": 1}, made={"char_1": "Joe"}, recorded={"Joe": {"char_1"}})
    assert verdict.clean


def test_a_second_accepted_submit_is_seen() -> None:
    made, recorded = {"char_1": "Joe", "char_2": "Joe"}, {"Joe": {"char_2"}}
    verdict = audit(["Joe"], billed={"Joe": 2}, made=made, recorded=recorded)
    assert verdict.billed_twice == ("Joe",)


def test_a_paid_id_that_nobody_kept_is_seen() -> None:
    verdict = audit(["Joe"], billed={"Joe": 1}, made={"char_1": "Joe"}, recorded={})
    assert verdict.lost == ("Joe",)


def test_an_id_of_somebody_else_is_seen() -> None:
    made, recorded = {"char_1": "Joe", "char_2": "Ann"}, {"Joe": {"char_2"}, "Ann": {"char_2"}}
    verdict = audit(["Joe", "Ann"], billed={"Joe": 1, "Ann": 1}, made=made, recorded=recorded)
    assert verdict.made_up == ("Joe",)


def test_a_bill_for_an_order_that_was_not_renewed_is_seen() -> None:
    made = {"char_1": "Joe", "char_2": "Joe", "char_3": "Joe"}
    twice = {"Joe": {"char_1", "char_2"}}
    assert audit(["Joe"], billed={"Joe": 2}, made=made, recorded=twice).clean
    assert audit(["Joe"], billed={"Joe": 3}, made=made, recorded=twice).billed_twice == ("Joe",)


def test_an_id_that_nobody_billed_is_seen() -> None:
    twice = {"Joe": {"char_1", "char_2"}}
    verdict = audit(["Joe"], billed={"Joe": 1}, made={"char_1": "Joe", "char_2": "Joe"}, recorded=twice)
    assert verdict.made_up == ("Joe",)


def test_a_strangers_character_is_nobodys_here() -> None:
    verdict = audit(["Joe"], billed={}, made={}, recorded={"Joe": {"char_1"}})
    assert verdict.made_up == ("Joe",)


def test_what_failed_is_not_billed_and_strangers_are_not_counted(tmp_path: Path) -> None:
    with closing(TaskStore(tmp_path / "tasks.sqlite")) as store:
        for task_id, code in (("t1", 1402), ("t2", 0), (f"{PREFIX}t3", 1402)):
            task = Task(task_id, MODEL, {"name": "Joe"}, 0.0, 1.0, 1.0, None, (), 0, "", 0)
            store.add(task, funds_usd=1.0)
            if code:
                store.fail(task, code, "gone", at=2.0, inference_ms=1)
    assert failed_tasks(tmp_path / "tasks.sqlite") == {"Joe": 1}


def test_an_order_that_came_to_nothing_is_seen() -> None:
    assert audit(["Joe"], billed={}, made={}, recorded={}).unsettled == ("Joe",)


def test_only_accepted_submits_of_characters_count(tmp_path: Path) -> None:
    lines = [
        {"method": "POST", "path": PATH, "status": 200, "body": {"name": "Joe"}},
        {"method": "POST", "path": PATH, "status": 499, "body": {"name": "Joe"}},
        {"method": "POST", "path": PATH, "status": 401, "body": None},
        {"method": "POST", "path": "/api/v3/predictions", "status": 200, "body": {"page": 1}},
        {"method": "GET", "path": "/api/v3/balance", "status": 200, "body": None},
    ]
    journal = tmp_path / "journal.jsonl"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert accepted_submits(journal) == {"Joe": 1}
