"""An audit that overlooks something would make the whole torture worthless."""

from __future__ import annotations

import json
from pathlib import Path

from tests.torture.audit import accepted_submits, audit

PATH = "/api/v3/openai/sora-2/characters"


def test_books_that_agree_are_clean() -> None:
    verdict = audit(["Joe"], accepted={"Joe": 1}, made={"char_1": "Joe"}, recorded={"Joe": "char_1"})
    assert verdict.clean


def test_a_second_accepted_submit_is_seen() -> None:
    made, recorded = {"char_1": "Joe", "char_2": "Joe"}, {"Joe": "char_2"}
    verdict = audit(["Joe"], accepted={"Joe": 2}, made=made, recorded=recorded)
    assert verdict.billed_twice == ("Joe",)


def test_a_paid_id_that_nobody_kept_is_seen() -> None:
    verdict = audit(["Joe"], accepted={"Joe": 1}, made={"char_1": "Joe"}, recorded={})
    assert verdict.lost == ("Joe",)


def test_an_id_of_somebody_else_is_seen() -> None:
    made, recorded = {"char_1": "Joe", "char_2": "Ann"}, {"Joe": "char_2", "Ann": "char_2"}
    verdict = audit(["Joe", "Ann"], accepted={"Joe": 1, "Ann": 1}, made=made, recorded=recorded)
    assert verdict.made_up == ("Joe",)


def test_an_order_that_came_to_nothing_is_seen() -> None:
    assert audit(["Joe"], accepted={}, made={}, recorded={}).unsettled == ("Joe",)


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
