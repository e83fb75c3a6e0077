"""When to ask again for a task's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Polled(Protocol):
    """A model whose tasks are waited for."""

    def poll_interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls: growing, then constant."""


@dataclass(frozen=True, slots=True)
class Polling:
    """Pauses between polls: ``first_s`` grows by ``growth`` up to ``most_s``."""

    first_s: float = 1.0
    growth: float = 1.25
    most_s: float = 5.0

    def interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls."""
        # A power that large is no float any more.
        return self.most_s if polls > 64 else min(self.most_s, self.first_s * self.growth**polls)


OF_A_CHARACTER = Polling()
OF_A_VIDEO = Polling(first_s=5.0, most_s=15.0)
"""At least 5 s apart, as the service asks for videos (documented, 2026)."""
