"""The last resort: what never comes back, a decoder or a disk, ends with its process, after one clear
error."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import FAILED, INTERRUPTED, tell, tell_interrupted

_LOOK_EVERY_S = 2.0
_OVERSLEPT_S = 5.0
# A command that was told to stop has children to end and files to close, but no more than that.
_PATIENCE_S = 30.0


@contextlib.contextmanager
def unstuck(call: Call) -> Iterator[None]:
    """Ends this process where a look at footage is long past its deadline, or an interrupt not heeded.

    Loops end at their deadlines by themselves; this is for the one call into a decoder that does not
    return. Nothing is lost with it: outputs appear by rename, and the registry is on disk.
    """
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(call, done), name="unstuck", daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(call: Call, done: threading.Event) -> None:
    looked_s = time.monotonic()
    while not done.wait(_LOOK_EVERY_S):
        slept_s, looked_s = time.monotonic() - looked_s, time.monotonic()
        if slept_s > _LOOK_EVERY_S + _OVERSLEPT_S:
            continue  # the process was stopped: the look's own check puts its deadline off first
        if time.monotonic() - call.interrupts.came_s > _PATIENCE_S:
            try:
                tell_interrupted(call)
            finally:
                os._exit(INTERRUPTED)
        footage = sys.modules.get("screentest.prep.media.deadline")  # imported once footage is opened
        error = footage.overdue() if footage is not None else None
        if error is not None:
            try:
                tell(call, type(error).__name__, error.message, spoken(error.remedies))
            finally:
                os._exit(FAILED)
