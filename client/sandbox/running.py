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
from screentest.client.sandbox.folder import DataFolder
from screentest.prep.core.locks import taken

START_WAIT_S = 90.0
_TURN_WAIT_S = 600.0
_END_WAIT_S = 10.0
_POLL_S = 0.05
_PROBE_WAIT_S = 1.0
_TOLD_AFTER_S = 1.0
_STATE = "sandbox.json"

Notify = Callable[[str], None]


def _ignore(_: str) -> None:
    pass


def data_folder(home: Path) -> Path:
    """Where the sandbox of a home keeps its data by default."""
    return home / "sandbox"


def running_sandbox(home: Path, *, notify: Notify = _ignore) -> Mapping[str, str] | None:
    """The environment of the sandbox that serves this home, None where none runs.

    Waits for one that is still starting, and says so through ``notify``. Raises SandboxError where
    it does not get ready.
    """
    path = home / _STATE
    deadline = time.monotonic() + START_WAIT_S
    waiting = False
    while path.exists():
        handle = taken(path, wait_s=0, shared=True)
        if handle is not None:
            os.close(handle)
            return None
        if env := _environment(path):
            return env
        if time.monotonic() >= deadline:
            raise SandboxError("The sandbox of this home does not get ready.", "Stop it and try again.")
        if not waiting:
            waiting = True
            notify("The sandbox of this home is still starting; waiting for it.")
        time.sleep(_POLL_S)
    return None


def _environment(path: Path) -> dict[str, str] | None:
    """What the owner wrote; None while it is incomplete."""
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
    def acquire(cls, home: Path) -> HomeState | None:
        """The home's state, still empty; None where another sandbox serves this home."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = taken(home / _STATE, wait_s=_PROBE_WAIT_S)
        if handle is None:
            return None
        os.fchmod(handle, 0o600)
        os.ftruncate(handle, 0)
        return cls(handle)

    def publish(self, env: Mapping[str, str], *, data: Path) -> None:
        """Tell other commands of this home how to reach the sandbox."""
        state = {"pid": os.getpid(), "data": str(data), "env": dict(env)}
        os.pwrite(self._handle, json.dumps(state).encode(), 0)

    def release(self) -> None:
        """Stop serving the home."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


@contextmanager
def started_sandbox(home: Path, *, notify: Notify = _ignore) -> Iterator[Mapping[str, str]]:
    """The environment of a sandbox that runs for this block, over the home's own sandbox data.

    Several commands at once take turns; ``notify`` gets a sentence where this one has to wait. Raises
    SandboxError where it does not start.
    """
    folder = DataFolder(data_folder(home)).create(elsewhere="Choose another home with SCREENTEST_HOME.")
    told = _is_served(folder)
    if told:
        notify(_waiting_words(folder))
    with (folder.logs / "sandbox.log").open("w+b") as log:
        child = _child(home, folder, log)
        try:
            yield _environment_of(child, log, folder, notify=_ignore if told else notify)
        finally:
            _end(child)


def _is_served(folder: DataFolder) -> bool:
    """Whether another process serves the folder at this moment."""
    handle = taken(folder.lock, wait_s=0, shared=True)
    if handle is not None:
        os.close(handle)
    return handle is None


def _waiting_words(folder: DataFolder) -> str:
    number = folder.served_by()
    who = f"Another command (process {number})" if number else "Another command"
    return (
        f"{who} is running the sandbox of this home; waiting for it to end. "
        "To share one sandbox between commands, start it with `screentest sandbox up`."
    )


def _child(home: Path, folder: DataFolder, log: IO[bytes]) -> subprocess.Popen[bytes]:
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


def _environment_of(
    child: subprocess.Popen[bytes], log: IO[bytes], folder: DataFolder, *, notify: Notify
) -> Mapping[str, str]:
    """The environment, which is the child's first line; waits for it.

    Of two commands that begin at one moment, neither sees the other before its child waits: ``notify``
    gets a sentence as soon as that shows.
    """
    assert child.stdout is not None  # noqa: S101
    deadline = time.monotonic() + _TURN_WAIT_S + START_WAIT_S
    told = False
    while not (ready := select.select([child.stdout], [], [], _TOLD_AFTER_S)[0]):
        if time.monotonic() >= deadline:
            break
        if not told and _is_served(folder) and folder.served_by() not in (None, os.getpid()):
            told = True
            notify(_waiting_words(folder))
    line = child.stdout.readline() if ready else b""
    if not line:
        raise _start_error(log)
    env: Mapping[str, str] = json.loads(line)["env"]
    return env


def _start_error(log: IO[bytes]) -> SandboxError:
    """The error object that the child wrote last."""
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    try:
        error = json.loads(lines[-1])["error"]
        return SandboxError(error["message"], error["hint"])
    except (LookupError, ValueError, TypeError):
        return SandboxError("The sandbox did not start.", f"Its log is {log.name}.")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close the child's standard input, which ends it; kill it where that takes too long."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(_END_WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
