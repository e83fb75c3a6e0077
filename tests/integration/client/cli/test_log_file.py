"""--log-file: what happened stands there afterwards, and no secret does."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.conftest import Command, Footage

KEY = "wsk-0123456789abcdef"


def test_each_command_adds_what_it_was_asked_did_and_said(
    screentest: Command, footage: Footage, tmp_path: Path
) -> None:
    log = tmp_path / "screentest.log"
    raw = footage("face-short")
    assert screentest("pick", raw, "-q", "--log-file", log).err == ""
    screentest("--log-file", log, "pick", "nowhere.mov")
    text = log.read_text("utf-8")
    for wanted in (f"pick {raw}", "scan: started", "probe: ", "exit 0", "NotFound: ", "exit 1"):
        assert wanted in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_environment_names_it_for_all(
    screentest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENTEST_LOG_FILE", str(tmp_path / "all.log"))
    screentest("characters", "list")
    assert (tmp_path / "all.log").read_text("utf-8").count("exit 0") == 1


def test_no_secret_is_written_down(
    screentest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "screentest.log"
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    signed = f"https://host.example/raw.mov?X-Amz-Signature={'a' * 64}"
    screentest("probe", signed, "--log-file", log)
    screentest("characters", "show", f"no {KEY}", "--log-file", log)
    text = log.read_text("utf-8")
    assert text.count("exit 1") == 2
    assert KEY not in text
    assert "a" * 64 not in text


def test_a_log_that_cannot_be_written_is_told_before_anything_is_done(
    screentest: Command, face_clip: Path
) -> None:
    outcome = screentest("probe", face_clip, "--log-file", "no-such-folder/x.log", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "OutputNotWritable")
    assert outcome.out == ""
