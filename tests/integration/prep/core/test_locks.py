"""One file lock for registry, sandbox and half-written files, held by real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from screentest.prep.core.locks import TRY_EVERY_S, taken, try_lock

_HOLD = (
    "import sys; from pathlib import Path; from screentest.prep.core.locks import taken\n"
    "handle = taken(Path(sys.argv[1]), shared=sys.argv[2] == 'shared')\n"
    "print('held' if handle is not None else 'refused', flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.lock"


@contextmanager
def another(path: Path, kind: str = "alone") -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock until the block ends, or until it is killed there."""
    command = [sys.executable, "-c", _HOLD, str(path), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process


class Time:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


def free(path: Path, *, shared: bool = False) -> bool:
    handle = taken(path, shared=shared)
    if handle is not None:
        os.close(handle)
    return handle is not None


def test_two_processes_cannot_hold_one_lock(path: Path) -> None:
    with another(path):
        assert taken(path) is None


def test_one_process_cannot_hold_a_lock_twice(path: Path) -> None:
    first = taken(path)
    assert first is not None
    assert taken(path) is None, "two threads of one process exclude each other as well"
    os.close(first)


def test_a_killed_process_leaves_its_lock_free(path: Path) -> None:
    with another(path) as process:
        process.kill()
        process.wait(10)
        assert free(path)


def test_a_closed_descriptor_leaves_the_lock_free(path: Path) -> None:
    handle = taken(path)
    assert handle is not None
    os.close(handle)
    with another(path):
        pass


def test_the_file_stays_so_that_nobody_waits_for_a_deleted_one(path: Path) -> None:
    assert free(path)
    assert path.exists()


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    assert free(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_several_share_what_is_shared(path: Path) -> None:
    with another(path, "shared"):
        assert free(path, shared=True)


def test_nobody_holds_alone_what_others_share(path: Path) -> None:
    with another(path, "shared"):
        assert not free(path)


def test_nobody_shares_what_another_holds_alone(path: Path) -> None:
    with another(path):
        assert not free(path, shared=True)


def test_a_held_lock_is_waited_for_as_long_as_was_said(path: Path) -> None:
    time = Time()
    with another(path):
        assert taken(path, wait_s=1.0, clock=time.clock, sleep=time.sleep) is None
    assert sum(time.slept) == pytest.approx(1.0, abs=2 * TRY_EVERY_S)


def test_a_lock_that_comes_free_meanwhile_is_taken(path: Path) -> None:
    time = Time()
    with another(path) as process:

        def freed(seconds: float) -> None:
            time.sleep(seconds)
            process.kill()
            process.wait(10)

        handle = taken(path, wait_s=60.0, clock=time.clock, sleep=freed)
        assert handle is not None
        os.close(handle)
    assert len(time.slept) == 1


def test_a_free_lock_is_never_waited_for(path: Path) -> None:
    time = Time()
    handle = taken(path, wait_s=60.0, clock=time.clock, sleep=time.sleep)
    assert handle is not None
    os.close(handle)
    assert not time.slept


def test_waiting_that_is_interrupted_leaves_nothing_open(path: Path) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with another(path):
        before = set(Path("/proc/self/fd").iterdir())
        with pytest.raises(KeyboardInterrupt):
            taken(path, wait_s=60.0, sleep=interrupted)
        assert set(Path("/proc/self/fd").iterdir()) == before


def test_a_child_that_runs_another_program_does_not_keep_the_lock(path: Path) -> None:
    handle = taken(path)
    assert handle is not None
    with subprocess.Popen(["sleep", "60"]) as child:
        os.close(handle)
        assert free(path)
        child.kill()


def test_an_inherited_descriptor_keeps_the_lock(path: Path) -> None:
    handle = taken(path)
    assert handle is not None
    with subprocess.Popen(["sleep", "60"], pass_fds=[handle]) as child:
        os.close(handle)
        assert not free(path), "a server that was handed the lock holds it on"
        child.kill()
        child.wait(10)
        assert free(path)


def test_a_folder_that_does_not_exist_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        taken(tmp_path / "missing" / "some.lock")


def test_an_open_folder_can_be_locked(tmp_path: Path) -> None:
    handles = [os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY) for _ in range(2)]
    assert [try_lock(handle) for handle in handles] == [True, False]
    for handle in handles:
        os.close(handle)
