"""What a card says of a film in a person's words. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ScoreMeaning:
    """What a score means: in a word, and in a sentence that says where that comes from."""

    word: str
    sentence: str


_FROM: Final = (0.145, 0.29, 0.68)
_JUDGED: Final = "Judged blind by eye, {} of the windows with a face that score {} were usable."
_VERDICTS: Final = (
    ScoreMeaning("poor", _JUDGED.format("none", "below 0.15")),
    ScoreMeaning("doubtful", _JUDGED.format("68 %", "0.15 to 0.29")),
    ScoreMeaning("good", _JUDGED.format("92 %", "0.29 to 0.68")),
    ScoreMeaning("very good", _JUDGED.format("all", "above 0.68")),
)


def verdict(score: float) -> ScoreMeaning:
    """What a score means. The shares are those of ``prep.scoring.scale``."""
    return _VERDICTS[bisect_right(_FROM, score)]


def place_in_line(place: int) -> str:
    """How many films are looked at before one that waits. ``place``: 1 for the next one."""
    if place == 1:
        return "next in line"
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending} in line"


def without_name(message: str, title: str) -> str:
    """A sentence about a file without the name that stands above it already: the useful half."""
    for before in (f"{title}: ", f"{title} "):
        if message.startswith(before):
            rest = message[len(before) :]
            return rest[:1].upper() + rest[1:]
    return message
