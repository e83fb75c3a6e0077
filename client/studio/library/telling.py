"""How far something in the background is, told to whoever asked; it ends when the studio does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Telling:
    """A watcher. ``told``: called with each stage and how much of it is done, in [0, 1]; ``pause``:
    raises Cancelled where the studio closes. Nothing is stopped between a submit and its record.
    """

    told: Callable[[str, float], None]
    pause: Callable[[float], None]

    def started(self, stage: str) -> None:
        self.pause(0.0)
        self.told(stage, 0.0)

    def advanced(self, stage: str, fraction: float) -> None:
        self.pause(0.0)
        self.told(stage, fraction)

    def ended(self, stage: str, summary: str) -> None: ...

    def warned(self, message: str) -> None: ...
