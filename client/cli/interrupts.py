"""Ctrl-C and SIGTERM: both end a command the same way, wherever it is at that moment."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Interrupts:
    """Whether this command was told to stop.

    The exception alone does not tell: one raised in the middle of an import can come out as another
    (Python 3.11 makes a RuntimeError of what is raised in ``__set_name__``).
    """

    def __init__(self) -> None:
        self.came = False

    def _handle(self, _signal: int, _frame: FrameType | None) -> None:
        self.came = True
        raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[Interrupts]:
    """SIGTERM ends a command as Ctrl-C does: children stopped, partial files removed.

    A Ctrl-C that the caller ignores, as shells do for what runs in the background, stays ignored.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    handled = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        handled.append(signal.SIGINT)
    before = {name: signal.signal(name, interrupts._handle) for name in handled}
    try:
        yield interrupts
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        _forget_interrupt()


def _forget_interrupt() -> None:
    """Let the process leave with its own exit code.

    Where a KeyboardInterrupt left an ``exec`` (dataclasses use it), CPython 3.11 notes that, and at the
    end dies of SIGINT whatever code was asked for; the next ``exec`` that ends well clears the note.
    """
    exec("")  # noqa: S102  (a constant)
