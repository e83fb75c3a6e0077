"""Ends the process, after one clear error, when a decoder or a disk never returns."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import FAILED, INTERRUPTED, report_error, report_interrupted

_POLL_S = 2.0
_SUSPENDED_S = 5.0
# How long an interrupted command may take to end its children and close its files.
_INTERRUPT_GRACE_S = 30.0


@contextlib.contextmanager
def watchdog(call: Call) -> Iterator[None]:
    """Exit this process when reading footage is long past its deadline, or an interrupt has no effect.

    Loops end at their own deadlines; this is for the one call into a decoder that does not return.
    Nothing is lost: outputs appear by rename, and the registry is on disk.
    """
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(call, done), name="watchdog", daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(call: Call, done: threading.Event) -> None:
    polled_s = time.monotonic()
    while not done.wait(_POLL_S):
        slept_s, polled_s = time.monotonic() - polled_s, time.monotonic()
        if slept_s > _POLL_S + _SUSPENDED_S:
            continue  # the process was suspended: the reader extends its own deadline first
        if time.monotonic() - call.interrupts.came_s > _INTERRUPT_GRACE_S:
            try:
                report_interrupted(call)
            finally:
                os._exit(INTERRUPTED)
        deadline = sys.modules.get("screentest.prep.media.deadline")  # imported once footage is opened
        error = deadline.overdue() if deadline is not None else None
        if error is not None:
            try:
                report_error(call, type(error).__name__, error.message, spoken(error.remedies))
            finally:
                os._exit(FAILED)
