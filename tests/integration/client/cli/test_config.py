"""`config init` at a terminal, proven at the sandbox; then the file that it wrote is enough."""

from __future__ import annotations

import json
import stat
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from screentest.client.cli.running.settings import user_file
from tests.conftest import Command
from tests.integration.client.cli.terminal import COMMAND, on_a_terminal

ASKED = (b"API key", b"Bucket", b"Region")


@pytest.fixture
def sandbox_env(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of a sandbox that runs; what leads to it is set, but for key and bucket."""
    up = [*COMMAND, "sandbox", "up", "--json"]
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        environ: dict[str, str] = json.loads(running.stdout.readline())["env"]
        for name, value in environ.items():
            if name not in ("WAVESPEED_API_KEY", "SCREENTEST_BUCKET"):
                monkeypatch.setenv(name, value)
        yield environ
        running.terminate()


def answered(*answers: str, more: tuple[str, ...] = ()) -> tuple[str, int]:
    typed = [(asked, f"{one}\n".encode()) for asked, one in zip(ASKED, answers, strict=True)]
    return on_a_terminal("config", "init", *more, typed=typed)


def test_what_is_answered_is_proven_and_kept_for_its_owner_alone(
    sandbox_env: dict[str, str], screentest: Command
) -> None:
    key, bucket = sandbox_env["WAVESPEED_API_KEY"], sandbox_env["SCREENTEST_BUCKET"]
    said, code = answered(key, bucket, "us-east-1")
    assert code == 0, said
    assert key not in said
    assert stat.S_IMODE(user_file().stat().st_mode) == 0o600
    assert tomllib.loads(user_file().read_text("utf-8")) == {
        "api-key": key,
        "bucket": bucket,
        "region": "us-east-1",
    }
    assert screentest("doctor", "--json").result["ok"] is True
    shown = screentest("config", "show", "--json")
    rows = {row["name"]: (row["value"], row["from"]) for row in shown.result["settings"]}
    assert rows["api-key"] == ("set", "user file")
    assert rows["bucket"] == (bucket, "user file")
    assert key not in shown.out


def test_what_does_not_work_is_told_and_not_written(sandbox_env: dict[str, str]) -> None:
    said, code = answered("wsk-no-such-key", sandbox_env["SCREENTEST_BUCKET"], "")
    assert code == 1
    assert "Nothing was written." in said
    assert not user_file().exists()


def test_a_file_that_is_there_stays_without_a_word(screentest: Command) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text('bucket = "mine"\n')
    outcome = screentest("config", "init")
    assert (outcome.code, "--overwrite" in outcome.err) == (1, True)
    assert user_file().read_text() == 'bucket = "mine"\n'


def test_without_a_terminal_it_tells_how(screentest: Command, tmp_path: Path) -> None:
    outcome = screentest("config", "init", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "ConfigError")
    assert str(user_file()) in outcome.error["hint"]
    assert "chmod 600" in outcome.error["hint"]
