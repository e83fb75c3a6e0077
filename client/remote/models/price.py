"""What a task costs, as a rule: by the task, by the second of video, or by every second it handles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["task", "output_s", "total_s"]
"""One task; a second of the video that is made; a second of the references and of that video."""

_UNITS: Mapping[Unit, str] = {
    "task": "",
    "output_s": " per s of video",
    "total_s": " per s of references and video",
}


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A list price.

    ``rates``: value of the key ``by`` of a body -> USD per unit, the default first; ("", rate) where
    nothing chooses. ``seconds``: the key of the video's length. ``asks``: it is not documented, so the
    service is asked before each submit.
    """

    unit: Unit
    rates: tuple[tuple[str, float], ...]
    by: str = ""
    seconds: str = "duration"
    asks: bool = False

    def usd(self, body: Mapping[str, object], *, reference_s: Sequence[float] = ()) -> float:
        """USD of one task with this body.

        ``reference_s``: lengths of the clips that it sends, seconds; each is rounded up, as the
        service bills whole seconds.
        """
        return round(self.rate(body) * self._units(body, reference_s), 6)

    def rate(self, body: Mapping[str, object]) -> float:
        """USD per unit."""
        return dict(self.rates).get(_as_text(body.get(self.by)), self.rates[0][1])

    @property
    def words(self) -> str:
        """The rule in words, such as "USD 0.05-0.2 per s of video"."""
        usd = sorted({rate for _, rate in self.rates})
        amount = f"{usd[0]:g}" if len(usd) == 1 else f"{usd[0]:g}-{usd[-1]:g}"
        return f"USD {amount}{_UNITS[self.unit]}"

    def _units(self, body: Mapping[str, object], reference_s: Sequence[float]) -> int:
        if self.unit == "task":
            return 1
        duration = body.get(self.seconds)
        output_s = math.ceil(duration) if isinstance(duration, int | float) else 0
        if self.unit == "output_s":
            return output_s
        return output_s + sum(map(math.ceil, reference_s))


def _as_text(value: object) -> str:
    """A body's value as the rates name it: JSON's own words for true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
