"""Real parts for the sandbox's tests: the API in a thread, whole sandboxes in processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest

from screentest.client.sandbox.account import REGION, load_account
from screentest.client.sandbox.api.server import open_listener, running_api
from screentest.client.sandbox.faults import Fault, FaultPlan
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.ports import LOOPBACK, choose_ports
from screentest.client.sandbox.s3.fault_proxy import fault_proxy
from screentest.client.sandbox.s3.seaweedfs import S3Server, start_s3_server
from screentest.client.sandbox.serve import environment
from screentest.client.sandbox.settings import SandboxSettings
from screentest.prep.core.locks import taken
from tests.waiting import HANG_S, until

CHARACTERS = "openai/sora-2/characters"
TEXT_TO_VIDEO = "openai/sora-2/text-to-video"
QUICK = SandboxSettings(queue_s=0.0, character_s=0.0, video_s=0.0, strict=True)

MakeClip = Callable[..., Path]


@dataclass(slots=True)
class Service:
    """The API as a caller sees it."""

    http: httpx.Client
    folder: DataFolder
    origin: str

    def submit(self, model: str, **body: Any) -> dict[str, Any]:
        reply = self.http.post(f"/api/v3/{model}", json=body)
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"])

    def result(self, task_id: str) -> dict[str, Any]:
        return dict(self.http.get(f"/api/v3/predictions/{task_id}/result").json()["data"])

    def ended(self, task_id: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            task = self.result(task_id)
            return task if task["status"] in ("completed", "failed") else None

        task = until(found)
        assert task is not None
        return task

    def uploaded(self, path: Path) -> str:
        """The URL of a file put on the service's own file server."""
        announced = {"filename": path.name, "size": path.stat().st_size, "content_type": "video/mp4"}
        data = self.http.post("/api/v3/media/uploads", json=announced).json()["data"]
        upload = data["upload"]
        reply = httpx.put(
            upload["url"], content=path.read_bytes(), headers=upload["headers"], timeout=HANG_S
        )
        assert reply.status_code == 200, reply.text
        return str(data["download_url"])

    def character(self, clip: Path, name: str) -> str:
        """The id of a new character."""
        task = self.submit(CHARACTERS, video=self.uploaded(clip), name=name)
        return str(self.ended(task["id"])["outputs"][0]["id"])

    def journal(self) -> list[dict[str, Any]]:
        text = self.folder.journal.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


@contextmanager
def serving(
    path: Path,
    settings: SandboxSettings = QUICK,
    *faults: Fault,
    now: Callable[[], float] = time.time,
) -> Iterator[Service]:
    """The API stand-in alone, over a real socket. ``now``: its clock."""
    folder = DataFolder(path).create()
    account = load_account(folder)
    listener = open_listener(0)
    assert listener is not None
    key = {"Authorization": f"Bearer {account.api_key}"}
    with (
        listener,
        running_api(folder, settings, account, listener, faults=FaultPlan(faults), now=now) as origin,
        httpx.Client(base_url=origin, headers=key, trust_env=False, timeout=HANG_S) as http,
    ):
        yield Service(http, folder, origin)


@contextmanager
def s3_up(path: Path) -> Iterator[S3Server]:
    """The sandbox's S3 server alone, ready."""
    folder = DataFolder(path).create()
    lock = taken(folder.s3_lock, wait_s=0)
    assert lock is not None
    s3_server = start_s3_server(folder, choose_ports(folder.ports), load_account(folder), lock=lock)
    os.close(lock)
    try:
        assert s3_server.wait_ready(), s3_server.log.read_text()
        yield s3_server
    finally:
        s3_server.stop()


@contextmanager
def sandbox_on(
    s3_server: S3Server, path: Path, settings: SandboxSettings = QUICK, *faults: Fault
) -> Iterator[dict[str, str]]:
    """The environment of a sandbox with an API, a history, faults and a bucket of its own.

    Only the S3 server is shared.
    """
    folder = DataFolder(path).create()
    listener = open_listener(0)
    assert listener is not None
    book = FaultPlan(faults)
    with ExitStack() as stack:
        stack.enter_context(listener)
        ports = replace(s3_server.ports, api=listener.getsockname()[1])
        env = environment(ports, s3_server.account) | {"SCREENTEST_BUCKET": new_bucket(s3_server)}
        if book.targets("s3"):
            ports = replace(ports, s3=stack.enter_context(fault_proxy(ports.s3, faults=book)))
            env |= {"AWS_ENDPOINT_URL_S3": f"http://{LOOPBACK}:{ports.s3}"}
        stack.enter_context(running_api(folder, settings, s3_server.account, listener, faults=book))
        yield env


def new_bucket(s3_server: S3Server) -> str:
    """The name of an empty bucket."""
    name = f"bucket-{uuid4().hex[:12]}"
    with closing(s3_client(s3_server)) as client:
        client.create_bucket(Bucket=name)
    return name


def s3_client(s3_server: S3Server) -> Any:
    """boto3's own client of the server, which whoever asks closes."""
    return boto3.client(
        "s3",
        endpoint_url=s3_server.endpoint,
        aws_access_key_id=s3_server.account.access_key_id,
        aws_secret_access_key=s3_server.account.secret_access_key,
        region_name=REGION,
    )


@dataclass(slots=True)
class Sandbox:
    """A whole sandbox in its own process, and the environment it told."""

    process: subprocess.Popen[bytes]
    env: dict[str, str]
    data: Path

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(HANG_S)


@contextmanager
def sandbox_up(data: Path, *more: str) -> Iterator[Sandbox]:
    """``sandbox up`` over a folder; ended with the block if it still runs."""
    command = [sys.executable, "-m", "screentest.client.sandbox", "--data", str(data), "--json", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield Sandbox(process, json.loads(line)["env"], data)
        finally:
            process.terminate()
            process.wait(HANG_S)


def users_of(folder: Path) -> list[int]:
    """Processes that work in a folder or below it."""
    if not Path("/proc/self").exists():
        pytest.skip("needs /proc to see who works where")
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                inside = (entry / "cwd").readlink().is_relative_to(folder)
            except OSError:
                continue
            found += [int(entry.name)] if inside else []
    return found


def until_gone(folder: Path) -> None:
    """Returns once nobody works in the folder any more."""
    until(lambda: not users_of(folder))
