"""The journal on disk: one whole line per request, nothing secret, only its owner's to read."""

from __future__ import annotations

import json
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from screentest.client.sandbox.api.journal import Journal

SECRET = "whsec_abc"


def written(path: Path, body: object, *, at: str = "/api/v3/x") -> dict[str, Any]:
    with closing(Journal(path, secrets=[SECRET])) as journal:
        journal.write(1.23456789, "POST", at, 200, body)
    return dict(json.loads(path.read_text(encoding="utf-8").splitlines()[-1]))


@pytest.mark.parametrize(
    "body",
    [
        {"video": "https://s3.example/a.mp4?X-Amz-Signature=SECRET"},
        {"video": "https://me:SECRET@host/a.mp4"},
        {"note": ["see https://h/?t=SECRET", {"deep": "Bearer SECRET"}]},
        {"api_key": "SECRET"},
        {"authorization": {"value": "SECRET"}},
        {"https://h/?t=SECRET": 1},
    ],
)
def test_no_credential_of_a_body_is_written(tmp_path: Path, body: object) -> None:
    assert "SECRET" not in json.dumps(written(tmp_path / "journal.jsonl", body))


def test_the_accounts_own_secrets_are_hidden_wherever_they_stand(tmp_path: Path) -> None:
    line = written(tmp_path / "journal.jsonl", {SECRET: f"use {SECRET}"}, at=f"/api/v3/{SECRET}")
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("body", [None, [1], "text", 7])
def test_a_body_that_is_not_an_object_is_null(tmp_path: Path, body: object) -> None:
    assert written(tmp_path / "journal.jsonl", body)["body"] is None


def test_a_name_with_a_line_break_stays_on_its_line(tmp_path: Path) -> None:
    line = written(tmp_path / "journal.jsonl", {"name": "Joe\nJane\u2028"})
    assert line["body"] == {"name": "Joe\nJane\u2028"}
    assert line["t"] == 1.234568


def test_a_second_run_appends(tmp_path: Path) -> None:
    for _ in range(2):
        written(tmp_path / "journal.jsonl", {})
    assert len((tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_only_the_owner_may_read_the_journal(tmp_path: Path) -> None:
    written(tmp_path / "journal.jsonl", {})
    assert stat.S_IMODE((tmp_path / "journal.jsonl").stat().st_mode) == 0o600


def test_lines_of_several_threads_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with closing(Journal(path, secrets=[])) as journal:

        def write(number: int) -> None:
            for _ in range(50):
                journal.write(0.0, "POST", f"/{number}", 200, {"text": str(number) * 2000})

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 200
    assert all(set(line["body"]["text"]) == set(line["path"][1:]) for line in lines)
