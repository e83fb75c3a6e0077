"""Whole sandboxes as processes: what is told, what is kept, and that nothing outlives its parent."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from screentest.client.errors import SandboxError
from screentest.client.sandbox import data_folder, running_sandbox, started_sandbox
from screentest.client.sandbox.serve import serve
from tests.integration.sandbox_parts import (
    CHARACTERS,
    MakeClip,
    Sandbox,
    sandbox_up,
    until_gone,
    users_of,
)
from tests.waiting import HANG_S, until

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytest_plugins = ["tests.integration.sandbox_fixtures"]

NAMES = {
    "WAVESPEED_BASE_URL",
    "WAVESPEED_API_KEY",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "SCREENTEST_BUCKET",
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox_up(tmp_path_factory.mktemp("up") / "data") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def objects_at_first(sandbox: Sandbox) -> int:
    """How many objects the bucket held before any test put one there."""
    return s3_of(sandbox.env).list_objects_v2(Bucket=sandbox.env["SCREENTEST_BUCKET"])["KeyCount"]


def s3_of(env: dict[str, str]) -> S3Client:
    import boto3
    from botocore.config import Config

    session = boto3.Session(
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        region_name=env["AWS_REGION"],
    )
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return session.client("s3", endpoint_url=env["AWS_ENDPOINT_URL_S3"], config=config)


def api_of(env: dict[str, str]) -> httpx.Client:
    key = {"Authorization": f"Bearer {env['WAVESPEED_API_KEY']}"}
    return httpx.Client(
        base_url=env["WAVESPEED_BASE_URL"], headers=key, trust_env=False, timeout=HANG_S
    )


def ended(http: httpx.Client, task_id: str) -> dict[str, object]:
    def found() -> dict[str, object]:
        data = http.get(f"/api/v3/predictions/{task_id}/result").json()["data"]
        return dict(data) if data["status"] in ("completed", "failed") else {}

    return until(found)


def test_the_first_line_has_exactly_what_clients_read(sandbox: Sandbox) -> None:
    assert set(sandbox.env) == NAMES
    assert all(sandbox.env.values())


def test_a_presigned_object_becomes_a_character(sandbox: Sandbox, make_clip: MakeClip) -> None:
    s3, bucket = s3_of(sandbox.env), sandbox.env["SCREENTEST_BUCKET"]
    s3.put_object(Bucket=bucket, Key="joe.mp4", Body=make_clip().read_bytes())
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "joe.mp4"})
    with api_of(sandbox.env) as http:
        body = {"video": url, "name": "Joe"}
        task = http.post(f"/api/v3/{CHARACTERS}", json=body).json()["data"]
        assert ended(http, task["id"])["status"] == "completed"


def test_the_bucket_is_private(sandbox: Sandbox, stranger: httpx.Client) -> None:
    s3, bucket = s3_of(sandbox.env), sandbox.env["SCREENTEST_BUCKET"]
    s3.put_object(Bucket=bucket, Key="private.txt", Body=b"x")
    url = f"{sandbox.env['AWS_ENDPOINT_URL_S3']}/{bucket}"
    assert stranger.get(f"{url}/private.txt").status_code == 403
    assert stranger.get(f"{url}?list-type=2").status_code == 403
    assert stranger.put(f"{url}/new.txt", content=b"x").status_code == 403


def test_the_servers_behind_the_bucket_give_nobody_its_objects(
    sandbox: Sandbox, stranger: httpx.Client
) -> None:
    s3, bucket = s3_of(sandbox.env), sandbox.env["SCREENTEST_BUCKET"]
    s3.put_object(Bucket=bucket, Key="private.txt", Body=b"x")
    ports = json.loads((sandbox.data / "ports.json").read_text())
    filer = f"http://127.0.0.1:{ports['filer']}/buckets/{bucket}"
    assert stranger.get(f"{filer}/").status_code == 404
    assert stranger.get(f"{filer}/private.txt").status_code == 404
    assert stranger.post(f"{filer}/new.txt", files={"file": b"x"}).status_code == 404
    assert stranger.get(f"http://127.0.0.1:{ports['master']}/dir/assign").status_code == 404
    assert stranger.get(f"http://127.0.0.1:{ports['volume']}/1,0100000000").status_code == 401
    assert s3.get_object(Bucket=bucket, Key="private.txt")["Body"].read() == b"x"


def test_a_private_object_without_its_signature_fails_the_task_with_1402(sandbox: Sandbox) -> None:
    s3, bucket = s3_of(sandbox.env), sandbox.env["SCREENTEST_BUCKET"]
    s3.put_object(Bucket=bucket, Key="unsigned.mp4", Body=b"x")
    video = f"{sandbox.env['AWS_ENDPOINT_URL_S3']}/{bucket}/unsigned.mp4"
    with api_of(sandbox.env) as http:
        body = {"video": video, "name": "Joe"}
        task = http.post(f"/api/v3/{CHARACTERS}", json=body).json()["data"]
        assert ended(http, task["id"])["code"] == 1402


def test_the_bucket_begins_empty(objects_at_first: int) -> None:
    assert objects_at_first == 0


def test_a_second_run_serves_the_same_account_objects_and_tasks(tmp_path: Path) -> None:
    data, faults = tmp_path / "data", tmp_path / "faults.json"
    # With faults before it, S3 is reached through a proxy.
    faults.write_text('[{"match": "s3 GET /nothing", "drop": "before"}]')
    with sandbox_up(data, "--faults", str(faults)) as first:
        s3 = s3_of(first.env)
        s3.put_object(Bucket="clips", Key="kept", Body=b"kept")
        params = {"Bucket": "clips", "Key": "kept"}
        presigned = s3.generate_presigned_url("get_object", Params=params)
        with api_of(first.env) as http:
            body = {"video": "http://127.0.0.1:9/", "name": "Joe"}
            task = http.post(f"/api/v3/{CHARACTERS}", json=body).json()["data"]
            ended(http, task["id"])
        assert first.stop() == 0
    with sandbox_up(data) as second:
        assert second.env == first.env
        assert httpx.get(presigned, trust_env=False).content == b"kept"
        with api_of(second.env) as http:
            assert ended(http, task["id"])["code"] == 1402


def test_a_taken_port_does_not_stop_the_next_run(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with sandbox_up(data) as first:
        s3_of(first.env).put_object(Bucket="clips", Key="kept", Body=b"kept")
        first.stop()
    taken = ("127.0.0.1", httpx.URL(first.env["AWS_ENDPOINT_URL_S3"]).port)
    with socket.create_server(taken), sandbox_up(data) as second:
        assert second.env["AWS_ENDPOINT_URL_S3"] != first.env["AWS_ENDPOINT_URL_S3"]
        assert s3_of(second.env).get_object(Bucket="clips", Key="kept")["Body"].read() == b"kept"


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_stop_ends_everything(tmp_path: Path, name: signal.Signals) -> None:
    data = tmp_path / "data"
    with sandbox_up(data) as sandbox:
        sandbox.process.send_signal(name)
        assert sandbox.process.wait(HANG_S) == 0
        assert not users_of(data)
        assert sandbox.process.stdout is not None
        assert sandbox.process.stdout.read() == b""


def test_a_killed_sandbox_leaves_no_process_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with sandbox_up(data) as sandbox:
        assert users_of(data)
        sandbox.process.kill()
        sandbox.process.wait(HANG_S)
        until_gone(data)


def test_a_killed_sandbox_starts_again_at_once_with_its_objects(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with sandbox_up(data) as first:
        s3_of(first.env).put_object(Bucket="clips", Key="kept", Body=b"kept")
        first.process.kill()
        first.process.wait(HANG_S)
    with sandbox_up(data) as second:
        assert second.env["WAVESPEED_API_KEY"] == first.env["WAVESPEED_API_KEY"]
        assert s3_of(second.env).get_object(Bucket="clips", Key="kept")["Body"].read() == b"kept"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's parent-death signal")
def test_a_killed_supervisor_takes_the_s3_server_with_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with sandbox_up(data) as sandbox:
        children = Path(f"/proc/{sandbox.process.pid}/task/{sandbox.process.pid}/children")
        [supervisor] = map(int, children.read_text().split())
        os.kill(supervisor, signal.SIGKILL)
        assert sandbox.process.wait(HANG_S) == 1
        until_gone(data)


def test_a_second_sandbox_on_one_folder_is_refused_clearly(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="already serves") as refusal:
        serve(sandbox.data, home=tmp_path, as_json=True)
    assert "--data" in refusal.value.hint


def test_people_get_lines_to_paste_into_a_shell(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "screentest.client.sandbox", "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = b"".join(process.stdout.readline() for _ in NAMES).decode()
        process.terminate()
    script = f"{lines}\nexec env -0"
    shell = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, check=True)
    pairs = dict(line.split("=", 1) for line in shell.stdout.decode().split("\0") if "=" in line)
    assert set(pairs) >= NAMES


def test_people_are_told_how_to_end_it_and_stdout_stays_what_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "screentest.client.cli", "sandbox", "up"]
    command += ["--data", str(tmp_path / "data")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        assert process.stderr.readline() == "serving, Ctrl-C ends it\n"
        process.send_signal(signal.SIGINT)
        assert all(line.startswith("export ") for line in process.stdout.read().splitlines())


def test_other_commands_find_the_sandbox_of_their_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert running_sandbox(home) is None
    with sandbox_up(tmp_path / "data", "--home", str(home)) as sandbox:
        assert running_sandbox(home) == sandbox.env
        state = home / "sandbox.json"
        assert stat.S_IMODE(state.stat().st_mode) == 0o600
        sandbox.process.kill()
        sandbox.process.wait(HANG_S)
        assert state.read_bytes()
        assert running_sandbox(home) is None


def test_a_sandbox_for_one_command_ends_with_it(home: Path, stranger: httpx.Client) -> None:
    with started_sandbox(home) as env:
        assert set(env) == NAMES
        with api_of(dict(env)) as http:
            assert http.get("/api/v3/balance").status_code == 200
    with pytest.raises(httpx.ConnectError):
        stranger.get(env["WAVESPEED_BASE_URL"])
    until_gone(data_folder(home))


def test_a_sandbox_for_one_command_ends_when_the_command_is_killed(home: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from screentest.client.sandbox import started_sandbox\n"
        "with started_sandbox(Path(sys.argv[1])): print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.kill()
    until_gone(data_folder(home))


def test_two_commands_at_once_take_turns(home: Path) -> None:
    keys: list[str] = []

    def command() -> None:
        with started_sandbox(home) as env:
            keys.append(env["WAVESPEED_API_KEY"])

    threads = [threading.Thread(target=command) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_S)
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_wrong_setting_is_named_by_the_command_that_needs_the_sandbox(home: Path) -> None:
    data_folder(home).mkdir(parents=True)
    (data_folder(home) / "settings.json").write_text('{"outputz": 1}', encoding="utf-8")
    with pytest.raises(SandboxError, match="outputz"), started_sandbox(home):
        pass


def test_a_folder_named_client_where_the_command_runs_does_no_harm(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "__init__.py").write_text("raise SystemExit('wrong client')")
    monkeypatch.chdir(tmp_path)
    with started_sandbox(home) as env:
        assert env


def test_no_key_or_signature_is_in_any_log(sandbox: Sandbox, make_clip: MakeClip) -> None:
    data, s3 = sandbox.data, s3_of(sandbox.env)
    s3.put_object(Bucket="clips", Key="ann.mp4", Body=make_clip().read_bytes())
    params = {"Bucket": "clips", "Key": "ann.mp4"}
    url = s3.generate_presigned_url("get_object", Params=params)
    with api_of(sandbox.env) as http:
        for video in (url, url.replace("ann", "nosuch")):
            body = {"video": video, "name": "Ann"}
            task = http.post(f"/api/v3/{CHARACTERS}", json=body).json()["data"]
            ended(http, task["id"])
    written = [*(data / "logs").iterdir(), data / "journal.jsonl"]
    text = "".join(path.read_text(errors="replace") for path in written)
    secrets = [sandbox.env[n] for n in NAMES if "KEY" in n] + ["X-Amz-"]
    assert not [secret for secret in secrets if secret in text]
    assert len((data / "journal.jsonl").read_text().splitlines()) >= 4
    assert "Signature" not in json.dumps((data / "tasks.sqlite").read_bytes().decode("latin-1"))


def test_what_is_private_is_readable_by_its_owner_only(sandbox: Sandbox) -> None:
    children = Path(f"/proc/{sandbox.process.pid}/cmdline").read_bytes().split(b"\0")
    data = Path(children[children.index(b"--data") + 1].decode())
    for name in ("account.json", "s3-identities.json", "journal.jsonl", "tasks.sqlite"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600, name
