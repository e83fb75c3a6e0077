"""Real parts for the sandbox's tests: the API in a thread, whole sandboxes in processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.sandbox.account import Folder, load_account
from client.sandbox.api import api_up, listening
from client.sandbox.faults import Fault, FaultBook
from client.sandbox.settings import Settings

CHARACTERS = "openai/sora-2/characters"
TEXT_TO_VIDEO = "openai/sora-2/text-to-video"
QUICK = Settings(queue_s=0.0, character_s=0.0, video_s=0.0)

MakeClip = Callable[..., Path]


@dataclass(slots=True)
class Service:
    """The API as a caller sees it."""

    http: httpx.Client
    folder: Folder
    origin: str

    def submit(self, model: str, **body: Any) -> dict[str, Any]:
        reply = self.http.post(f"/api/v3/{model}", json=body)
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"])

    def result(self, task_id: str) -> dict[str, Any]:
        return dict(self.http.get(f"/api/v3/predictions/{task_id}/result").json()["data"])

    def ended(self, task_id: str, *, wait_s: float = 30.0) -> dict[str, Any]:
        deadline = time.monotonic() + wait_s
        while (task := self.result(task_id))["status"] not in ("completed", "failed"):
            assert time.monotonic() < deadline, f"still {task['status']}"
            time.sleep(0.05)
        return task

    def uploaded(self, path: Path) -> str:
        """The URL of a file put on the service's own file server."""
        ticket = {"filename": path.name, "size": path.stat().st_size, "content_type": "video/mp4"}
        data = self.http.post("/api/v3/media/uploads", json=ticket).json()["data"]
        upload = data["upload"]
        reply = httpx.put(upload["url"], content=path.read_bytes(), headers=upload["headers"])
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
def serving(path: Path, settings: Settings = QUICK, *faults: Fault) -> Iterator[Service]:
    """The API stand-in alone, over a real socket."""
    folder = Folder(path).made()
    account = load_account(folder)
    listener = listening(0)
    assert listener is not None
    key = {"Authorization": f"Bearer {account.api_key}"}
    with (
        listener,
        api_up(folder, settings, account, listener, faults=FaultBook(faults)) as origin,
        httpx.Client(base_url=origin, headers=key, trust_env=False) as http,
    ):
        yield Service(http, folder, origin)


@dataclass(slots=True)
class Sandbox:
    """A whole sandbox in its own process, and the environment it told."""

    process: subprocess.Popen[bytes]
    env: dict[str, str]
    data: Path

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def sandbox_up(data: Path, *more: str) -> Iterator[Sandbox]:
    """``sandbox up`` over a folder; ended with the block if it still runs."""
    command = [sys.executable, "-m", "client.sandbox", "--data", str(data), "--json", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield Sandbox(process, json.loads(line)["env"], data)
        finally:
            process.terminate()
            process.wait(20)


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


def gone_within(folder: Path, wait_s: float) -> bool:
    """Whether nobody works in the folder any more before the time is up."""
    deadline = time.monotonic() + wait_s
    while users_of(folder):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True
