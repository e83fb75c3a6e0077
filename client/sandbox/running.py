"""Which sandbox serves a home: the one that runs, or one started for a single command.

The running one holds a lock on the home's state file and writes its environment into it. The lock
dies with its owner, so a file left behind by a crash is known to be stale.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from screentest.client.errors import SandboxError
from screentest.client.sandbox.account import Folder
from screentest.client.sandbox.locks import taken

START_WAIT_S = 90.0
_TURN_WAIT_S = 600.0
_END_WAIT_S = 10.0
_LOOK_S = 0.05
_PROBE_WAIT_S = 1.0
_STATE = "sandbox.json"

Told = Callable[[str], None]


def _told_nobody(_: str) -> None:
    pass


def data_folder(home: Path) -> Path:
    """Where the sandbox of a home keeps its data unless told otherwise."""
    return home / "sandbox"


def running_sandbox(home: Path, *, told: Told = _told_nobody) -> Mapping[str, str] | None:
    """The environment of the sandbox that serves this home, None where none runs.

    One that is still starting is waited for, after ``told`` was given a sentence about it. Raises
    SandboxError where it does not get ready.
    """
    path = home / _STATE
    deadline = time.monotonic() + START_WAIT_S
    waits = False
    while path.exists():
        handle = taken(path, wait_s=0, shared=True)
        if handle is not None:
            os.close(handle)
            return None
        if env := _environment(path):
            return env
        if time.monotonic() >= deadline:
            raise SandboxError("The sandbox of this home does not get ready.", "Stop it.")
        if not waits:
            waits = True
            told("The sandbox of this home is still starting: waiting for it.")
        time.sleep(_LOOK_S)
    return None


def _environment(path: Path) -> dict[str, str] | None:
    """What the owner wrote, None while it is not all there."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {str(name): str(value) for name, value in state["env"].items()}


class HomeState:
    """The home's state file, held by the one sandbox that serves the home."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def taken(cls, home: Path) -> HomeState | None:
        """The home's state, empty as yet; None where another sandbox serves this home."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = taken(home / _STATE, wait_s=_PROBE_WAIT_S)
        if handle is None:
            return None
        os.fchmod(handle, 0o600)
        os.ftruncate(handle, 0)
        return cls(handle)

    def announce(self, env: Mapping[str, str], *, data: Path) -> None:
        """Tell other commands of this home how to reach the sandbox."""
        state = {"pid": os.getpid(), "data": str(data), "env": dict(env)}
        os.pwrite(self._handle, json.dumps(state).encode(), 0)

    def release(self) -> None:
        """The home is served no more."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


@contextmanager
def started_sandbox(home: Path, *, told: Told = _told_nobody) -> Iterator[Mapping[str, str]]:
    """The environment of a sandbox that runs for this block, over the home's own sandbox data.

    Several commands at once take turns; ``told`` gets a sentence where this one has to wait. Raises
    SandboxError where it does not start.
    """
    folder = Folder(data_folder(home)).made(elsewhere="Choose another home with SCREENTEST_HOME.")
    if _is_served(folder):
        told(
            "Another command runs the sandbox of this home: waiting until it ends. "
            "`screentest sandbox up` starts one that several commands share."
        )
    with (folder.logs / "sandbox.log").open("w+b") as log:
        child = _child(home, folder, log)
        try:
            yield _first_line(child, log)
        finally:
            _end(child)


def _is_served(folder: Folder) -> bool:
    """Whether another process serves the folder at this moment."""
    handle = taken(folder.lock, wait_s=0, shared=True)
    if handle is not None:
        os.close(handle)
    return handle is None


def _child(home: Path, folder: Folder, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """The sandbox as a child that ends when its standard input does.

    ``-P`` keeps the caller's working folder, where anything may lie, off the import path.
    """
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "screentest.client.sandbox", "--child", "--json"),
            *("--data", str(folder.path), "--home", str(home)),
            *("--wait-s", str(_TURN_WAIT_S)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
    )


def _first_line(child: subprocess.Popen[bytes], log: IO[bytes]) -> Mapping[str, str]:
    """The environment in the child's first line, waited for."""
    assert child.stdout is not None  # noqa: S101
    ready, _, _ = select.select([child.stdout], [], [], _TURN_WAIT_S + START_WAIT_S)
    line = child.stdout.readline() if ready else b""
    if not line:
        raise _why(log)
    env: Mapping[str, str] = json.loads(line)["env"]
    return env


def _why(log: IO[bytes]) -> SandboxError:
    """The child's own last words, which are an error object."""
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    try:
        error = json.loads(lines[-1])["error"]
        return SandboxError(error["message"], error["hint"])
    except (LookupError, ValueError, TypeError):
        return SandboxError("The sandbox did not start.", f"Its log is {log.name}.")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close the child's standard input, which ends it; make sure of it."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(_END_WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
