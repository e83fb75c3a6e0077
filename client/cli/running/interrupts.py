"""Ctrl-C and SIGTERM: both end a command the same way, wherever it is at that moment."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

# How soon a deferred signal is tried again, and how long it can be deferred at most.
_RETRY_S = 0.002
_DEFER_S = 10.0
_IMPORTING = "<frozen importlib"
# Interrupted here, a child or a thread would run on without an owner.
_UNINTERRUPTIBLE = {
    ("subprocess", "_execute_child"),
    ("threading", "start"),
    ("concurrent.futures.thread", "submit"),
    # Locks are taken here, and would stay taken.
    ("concurrent.futures._base", "__enter__"),
    ("threading", "__enter__"),
}


class Interrupts:
    """Whether a signal asked this command to stop. ``came_s``: monotonic time of the first, or inf.

    The exception alone is not enough: it may surface as another error, and a Ctrl-C in a terminal also
    ends the child that the command waits for.
    """

    def __init__(self) -> None:
        self.came_s = math.inf
        self._is_deferred = False
        self._is_over = False

    @property
    def came(self) -> bool:
        return self.came_s < math.inf

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal came.

        A library that calls back from C may have swallowed the one raised when it came.
        """
        if self.came:
            self._is_deferred = False
            raise KeyboardInterrupt

    def over(self) -> None:
        """Ignore signals from now on: the command has ended and reports how."""
        self._is_over = True

    def _handle(self, sent: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt, but not inside code that must finish first."""
        if self._is_over or (sent == signal.SIGALRM and not self._is_deferred):
            return
        now_s = time.monotonic()
        self.came_s = min(self.came_s, now_s)
        self._is_deferred = now_s - self.came_s < _DEFER_S and _must_finish(frame)
        if self._is_deferred:
            signal.setitimer(signal.ITIMER_REAL, _RETRY_S)
            return
        raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible(interrupts: Interrupts) -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: children stopped, partial files removed.

    A Ctrl-C that the caller ignores, as shells do for what runs in the background, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handled = [signal.SIGTERM, signal.SIGALRM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        handled.append(signal.SIGINT)
    before = {name: signal.signal(name, interrupts._handle) for name in handled}
    try:
        with _heard_by_the_main_thread():
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for name, handler in before.items():
            signal.signal(name, handler)


@contextlib.contextmanager
def _heard_by_the_main_thread() -> Iterator[None]:
    """A signal interrupts what the main thread waits for, whichever thread the kernel gave it to.

    Python's handlers run in the main thread alone, and a signal that comes to another one does not wake
    it: a Ctrl-C would be lost on a command that waits for a lock (seen with CPython 3.11).
    """
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    waker = threading.Thread(target=_wake_main_thread, args=(ours,), name="signals", daemon=True)
    waker.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(theirs)  # which ends the thread
        waker.join()
        os.close(ours)


def _wake_main_thread(numbers: int) -> None:
    while came := os.read(numbers, 64):
        if {signal.SIGINT, signal.SIGTERM} & set(came):
            # One that means nothing where nothing is deferred.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)


def _must_finish(frame: FrameType | None) -> bool:
    """Whether an import is running, or the start of a child or a thread.

    An import interrupted at the wrong moment keeps its lock for ever, and every thread that imports
    something waits for it, also at the end of the process (seen with CPython 3.11).
    """
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORTING):
            return True
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) in _UNINTERRUPTIBLE:
            return True
        frame = frame.f_back
    return False
