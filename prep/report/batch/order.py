"""Which rows a page shows, in which order, and which of them with pictures: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from screentest.prep.report.batch.row import Rank, rank_of
from screentest.prep.report.batch.spool import SpoolPlace

_COMMON_FROM: Final = 3
_MOST_TEXTS: Final = 2_000
_UNNUMBERED: Final = -1


@dataclass(frozen=True, slots=True)
class PageRoom:
    """How much a page holds: ``rows`` of ``words_bytes`` together, and ``pictures_bytes`` beside them.

    No limit depends on another, so that a row which is over one stays so whatever comes later.
    """

    rows: int = 5_000
    words_bytes: int = 9_000_000
    pictures_bytes: int = 20_000_000


ROOM: Final = PageRoom()


@dataclass(frozen=True, slots=True)
class SpooledRow:
    """What is remembered of a row that lies on disk. ``warnings``: by the numbers of ``Warned``."""

    number: int
    status: str
    score: float
    warnings: tuple[int, ...]
    place: SpoolPlace
    words_bytes: int
    picture_bytes: int

    def rank(self, common: Collection[int]) -> Rank:
        """Its rank, where the warnings in ``common`` say nothing of it alone."""
        is_warned = any(one not in common for one in self.warnings)
        return rank_of(self.status, self.score, is_warned=is_warned)


@dataclass(slots=True)
class Warned:
    """How often each warning was said;
    of thousands of different ones the first are numbered.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    said: Counter[int] = field(default_factory=Counter)

    def add(self, warnings: Iterable[str]) -> tuple[int, ...]:
        """The numbers of one item's warnings."""
        found = tuple(map(self._number_of, dict.fromkeys(warnings)))
        self.said.update(found)
        return found

    def common(self, among: int) -> dict[str, int]:
        """Those that were said of more than half of so many items, by text, with how many."""
        least = max(_COMMON_FROM, among // 2 + 1)
        return {text: self.said[one] for text, one in self.numbers.items() if self.said[one] >= least}

    def _number_of(self, text: str) -> int:
        if len(self.numbers) < _MOST_TEXTS:
            return self.numbers.setdefault(text, len(self.numbers))
        return self.numbers.get(text, _UNNUMBERED)


def worst_first(
    kept: Sequence[SpooledRow], common: Collection[int], *, room: PageRoom = ROOM
) -> tuple[list[SpooledRow], int]:
    """The rows that find room, worst first, and how many of them find room for their pictures."""
    ordered = sorted(kept, key=lambda one: (one.rank(common), one.score, one.number))[: room.rows]
    rows = _fitting((one.words_bytes for one in ordered), room.words_bytes)
    pictured = _fitting((one.picture_bytes for one in ordered[:rows]), room.pictures_bytes)
    return ordered[:rows], pictured


def _fitting(sizes: Iterable[int], most: int) -> int:
    """How many of these sizes, from the first on, are no more together than ``most``."""
    count = together = 0
    for size in sizes:
        together += size
        if together > most:
            break
        count += 1
    return count
