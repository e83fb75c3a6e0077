"""Running a child with a deadline and progress, which dies with this process; how many threads work.

What works on several threads asks here. What is begun ``on_one_thread`` takes one core, but for what
ffmpeg's own stages overlap: it decodes, filters and encodes in threads of its own. What is found in
footage is the same either way. The clip looks the same and has other bytes, as x264 shares pictures out
among its threads; so it has on machines of fewer or more cores.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

_STOP_GRACE_S = 5.0
_LOOK_EVERY_S = 1.0

Lines = Callable[[bytes], None]
Given = ParamSpec("Given")
Result = TypeVar("Result")


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
    """What is begun in the block works on this thread alone: where each core has a process of its own,
    more of them only get in each other's way.
    """
    before = _has_one_thread.set(True)
    try:
        yield
    finally:
        _has_one_thread.reset(before)


def has_one_thread() -> bool:
    """Whether this thread is to do all work itself."""
    return _has_one_thread.get()


def pool_of(most: int, *, name: str) -> Executor:
    """``most`` threads, called ``name``; on one thread nobody: what is submitted is done at once, here.

    Ctrl-C is no result of work that is done here: ``submit`` lets it through.
    """
    return _Inline() if has_one_thread() else ThreadPoolExecutor(most, thread_name_prefix=name)


class _Inline(Executor):
    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        done: Future[Result] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # whoever asks for the result gets it, as from another thread
            done.set_exception(error)
        return done
