"""What a sandbox tells its clients and its log."""

from __future__ import annotations

import json
import logging
import shlex
import subprocess
from pathlib import Path

import pytest

from screentest.client.sandbox.account import SandboxKeys, load_account
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.ports import Ports
from screentest.client.sandbox.serve import environment, environment_text, logging_to

PORTS = Ports(api=1001, s3=1002, behind=1007, filer=1003, master=1004, volume=1005, admin=1006)
ACCOUNT = SandboxKeys("key 'quoted' $HOME", "AK", "SK", "whsec_x")


@pytest.fixture
def account(tmp_path: Path) -> SandboxKeys:
    return load_account(DataFolder(tmp_path / "data").create())


def test_the_environment_has_what_every_client_reads(account: SandboxKeys) -> None:
    env = environment(PORTS, account)
    assert env["WAVESPEED_BASE_URL"] == "http://127.0.0.1:1001"
    assert env["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:1002"
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"] == "us-east-1"
    assert env["SCREENTEST_BUCKET"] == "clips"
    assert account.webhook_secret not in env.values()


def test_a_shell_reads_the_lines_as_they_are_meant() -> None:
    text = environment_text(environment(PORTS, ACCOUNT), as_json=False)
    script = f'{text}\nprintf %s "$WAVESPEED_API_KEY"'
    run = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=30)
    assert run.stdout.decode() == ACCOUNT.api_key
    assert all(shlex.split(line)[0] == "export" for line in text.splitlines())


def test_a_program_reads_one_line_of_json() -> None:
    text = environment_text(environment(PORTS, ACCOUNT), as_json=True)
    assert json.loads(text) == {"env": environment(PORTS, ACCOUNT)}
    assert "\n" not in text


@pytest.mark.parametrize("name", ["screentest.client.sandbox.work.worker", "uvicorn.error"])
def test_what_goes_wrong_in_the_servers_is_in_the_log_without_secrets(
    tmp_path: Path, account: SandboxKeys, name: str
) -> None:
    log = tmp_path / "api.log"
    with logging_to(log, account):
        logging.getLogger(name).warning("no %s at https://h/a?sig=SECRET", account.api_key)
    text = log.read_text(encoding="utf-8")
    assert f"WARNING {name}: no [redacted] at https://h/a?[redacted]" in text


def test_after_the_sandbox_nothing_more_is_written_to_its_log(
    tmp_path: Path, account: SandboxKeys
) -> None:
    log = tmp_path / "api.log"
    with logging_to(log, account):
        pass
    logging.getLogger("screentest.client.sandbox").warning("later")
    assert log.read_text(encoding="utf-8") == ""
