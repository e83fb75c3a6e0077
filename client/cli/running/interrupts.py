"""Ctrl-C and SIGTERM: both end a command the same way, wherever it is at that moment."""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

# How soon a signal that was put off is tried again, and how long it can be put off at most.
_AGAIN_S = 0.002
_PUT_OFF_S = 10.0
_IMPORTING = "<frozen importlib"
# Broken off here, a child or a thread runs on that nobody knows of.
_UNBROKEN = {
    ("subprocess", "_execute_child"),
    ("threading", "start"),
    ("concurrent.futures.thread", "submit"),
    # Locks are taken here, and would stay taken.
    ("concurrent.futures._base", "__enter__"),
    ("threading", "__enter__"),
}


class Interrupts:
    """Whether this command was told to stop. ``came_s``: when first, by the monotonic clock, or inf.

    The exception alone does not tell: what it breaks off may come out as another error, and a Ctrl-C in
    a terminal also ends the child that the command waits for.
    """

    def __init__(self) -> None:
        self.came_s = math.inf
        self._is_put_off = False
        self._is_over = False

    @property
    def came(self) -> bool:
        return self.came_s < math.inf

    def heed(self) -> None:
        """Raises KeyboardInterrupt once a signal came.

        A library that calls back from C may have swallowed the one that was raised at the time.
        """
        if self.came:
            self._is_put_off = False
            raise KeyboardInterrupt

    def over(self) -> None:
        """The command has ended and tells how: a signal is too late, and changes nothing."""
        self._is_over = True

    def _handle(self, sent: int, frame: FrameType | None) -> None:
        """Raises KeyboardInterrupt, but not in the middle of what has to be finished first."""
        if self._is_over or (sent == signal.SIGALRM and not self._is_put_off):
            return
        now_s = time.monotonic()
        self.came_s = min(self.came_s, now_s)
        self._is_put_off = now_s - self.came_s < _PUT_OFF_S and _must_be_finished(frame)
        if self._is_put_off:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
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
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for name, handler in before.items():
            signal.signal(name, handler)


def _must_be_finished(frame: FrameType | None) -> bool:
    """Whether an import is under way, or the start of a child or a thread.

    Broken off at the wrong moment, an import keeps its lock for ever, and every thread that imports
    something waits for it, at the end of the process as well (seen with CPython 3.11).
    """
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORTING):
            return True
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) in _UNBROKEN:
            return True
        frame = frame.f_back
    return False
