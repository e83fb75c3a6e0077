"""Waiting in tests: for what is to happen, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

HANG_S = 300.0
"""Ends a test that hangs. No test fails by it because the machine is busy."""
_LOOK_S = 0.02


def until(look: Callable[[], Found]) -> Found:
    """What ``look`` returns, once that is something."""
    deadline = time.monotonic() + HANG_S
    while not (found := look()):
        assert time.monotonic() < deadline, "what was waited for never came"
        time.sleep(_LOOK_S)
    return found


class WallClock:
    """Unix seconds, from now on, that pass when told."""

    def __init__(self) -> None:
        self.now_s = time.time()

    def __call__(self) -> float:
        return self.now_s
