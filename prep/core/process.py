"""Running a child with a deadline and progress, which dies with this process; how many threads work."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_STOP_GRACE_S = 5.0
_LOOK_EVERY_S = 1.0

Lines = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended. ``words``: all it wrote to stderr; ``timed_out``: it was stopped."""

    code: int
    words: str
    timed_out: bool


def run(
    command: Sequence[str],
    *,
    timeout_s: float,
    on_line: Lines | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Ended:
    """Runs ``command`` to its end or until ``timeout_s`` is over.

    ``on_line`` gets each line of its stdout as it comes. Whatever interrupts the wait, Ctrl-C
    included, the child is stopped before this returns.
    """
    deadline = clock() + timeout_s
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
        try:
            in_time = _follow(process, deadline, clock, on_line or (lambda _: None))
        finally:
            _stop(process)
        words.seek(0)
        said = words.read().decode("utf-8", "replace")
    return Ended(process.returncode, said, timed_out=not in_time)


def _follow(
    process: subprocess.Popen[bytes], deadline: float, clock: Callable[[], float], on_line: Lines
) -> bool:
    """Whether the child ended before the deadline. Sleeps until it writes or ends."""
    assert process.stdout is not None  # noqa: S101  (Popen was given a pipe)
    pipe = process.stdout.fileno()
    waiting = b""
    while (left_s := deadline - clock()) > 0:
        if not select.select([pipe], [], [], min(left_s, _LOOK_EVERY_S))[0]:
            continue
        piece = os.read(pipe, 65_536)
        *lines, waiting = (waiting + piece).split(b"\n")
        for line in lines:
            on_line(line)
        if not piece:  # closed: the child is ending
            return _ended(process, left_s)
    return False


def _ended(process: subprocess.Popen[bytes], timeout_s: float) -> bool:
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()


def die_with_parent() -> None:
    """PR_SET_PDEATHSIG, in the child: a killed parent leaves no child behind.

    The signal comes when the *thread* that started the child ends; that thread waits for it here.
    """
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


_has_one_thread: ContextVar[bool] = ContextVar("has_one_thread", default=False)


@contextmanager
def on_one_thread() -> Iterator[None]:
    """What is begun in the block works on one thread: where each core has a process of its own, more
    of them only get in each other's way.
    """
    before = _has_one_thread.set(True)
    try:
        yield
    finally:
        _has_one_thread.reset(before)


def threads(most: int) -> int:
    """How many threads may work at once: ``most`` where one alone has the machine."""
    return 1 if _has_one_thread.get() else most


def threads_of_ffmpeg() -> Mapping[str, int]:
    """What ffmpeg is told of threads, for an input or an output; as many as it likes for nothing."""
    return {"threads": 1} if _has_one_thread.get() else {}
