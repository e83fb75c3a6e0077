"""The command on a computer whose wall clock is ahead, and that may die at a moment of its own work.

Arguments: the seconds that the clock is ahead; a moment as ``STAGE:EVENT:SECONDS``, or "" to live; the
command's words. An event is one of a watcher's: started, advanced or ended. Only what registry and
sessions are told of the time is changed: S3 refuses signatures of a wrong clock. Videos are asked for
often, as those of the sandbox take no minutes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from screentest.client.cli import main
from screentest.client.registry import registry
from screentest.client.remote.models.polling import Polling
from screentest.prep.core.progress import Passing

AHEAD = timedelta(seconds=float(sys.argv[1]))
POLLED_EVERY_S = 0.3


class Stepped(datetime):
    """A datetime whose now is not."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + AHEAD


def often(self: Polling, polls: int) -> float:
    return POLLED_EVERY_S


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(stage: str, event: str, after_s: float) -> None:
    """Have this process killed so long after the first such event of the stage."""
    told: Callable[..., None] = getattr(Passing, event)

    def dying(watcher: Passing, name: str, *said: object) -> None:
        told(watcher, name, *said)
        if name == stage and after_s > 0:
            threading.Timer(after_s, die).start()
        elif name == stage:
            die()

    setattr(Passing, event, dying)


if __name__ == "__main__":
    registry.datetime = Stepped  # type: ignore[attr-defined]
    Polling.interval_s = often  # type: ignore[method-assign]
    if sys.argv[2]:
        stage, event, after_s = sys.argv[2].split(":")
        die_at(stage, event, float(after_s))
    main(sys.argv[3:])
