"""The page about a batch: takes rows as they come, writes them worst first, in less than 30 MB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from screentest.prep.core.files import atomic_file, not_writable
from screentest.prep.report.batch.order import ROOM, PageRoom, SpooledRow, Warned, worst_first
from screentest.prep.report.batch.page import Heading, around
from screentest.prep.report.batch.row import BatchRow, Rank, bounded, picture_html, row_html
from screentest.prep.report.batch.spool import Spool
from screentest.prep.report.file import report_place

_ENDS_WITHOUT_CLIP = frozenset({"failed", "skipped"})


class BatchSheet:
    """The page about a batch at ``target``, as ``report_place`` gave it.

    Memory does not grow with the number of rows: they lie on disk, and the best are let go of where
    the page has no room for them. Making one and ``add`` and ``write`` raise OutputNotWritable or
    DiskFull.
    """

    def __init__(self, target: Path, *, room: PageRoom = ROOM) -> None:
        self._target, self._room = target, room
        with self._told():
            self._spool = Spool(target.parent)
        self._kept: list[SpooledRow] = []
        self._warned = Warned()
        self._counts: Counter[str] = Counter()
        self._cost_usd = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._spool.close()

    @property
    def items(self) -> int:
        """How many rows were added."""
        return self._counts.total()

    def add(self, row: BatchRow) -> None:
        """Takes one more row."""
        row = bounded(row)
        self._counts[row.status] += 1
        self._cost_usd += row.cost_usd
        warnings = self._warned.add(row.warnings)
        with self._told():
            self._kept.append(self._put(row, warnings))
            if len(self._kept) > 2 * self._room.rows or self._spool.bytes > 3 * self._most_bytes:
                self._let_go()

    def write(self, *, title: str, note: str = "", is_whole: bool = True) -> None:
        """Puts the page where it belongs in one step, readable by its owner alone: it shows faces.

        ``title``: plain text. ``note``: a sentence about the batch. ``is_whole``: whether it came to
        its end. Raises OutputExists where another file came there meanwhile.
        """
        target = report_place(self._target)
        common = self._common()
        numbers = {self._warned.numbers[text] for text in common}
        shown, pictured = worst_first(self._kept, numbers, room=self._room)
        heading = Heading(
            title,
            {status: self._counts[status] for status in sorted(self._counts, key=_failed_first)},
            shown=len(shown),
            look=sum(one.rank(numbers) is Rank.LOOK for one in shown),
            unpictured=sum(one.picture_bytes > 0 for one in shown[pictured:]),
            common=common,
            cost_usd=self._cost_usd,
            note=note,
            is_whole=is_whole,
        )
        above, below = around(heading)
        with atomic_file(target, what="report", mode=0o600) as part, self._told():  # noqa: SIM117
            with part.open("w", encoding="utf-8") as page:
                page.write(above)
                for place, one in enumerate(shown):
                    row = self._row(one, common, has_picture=place < pictured)
                    page.write(row_html(row, rank=one.rank(numbers)))
                page.write(below)

    @property
    def _most_bytes(self) -> int:
        return self._room.words_bytes + self._room.pictures_bytes

    def _common(self) -> dict[str, int]:
        without = sum(self._counts[status] for status in _ENDS_WITHOUT_CLIP)
        return self._warned.common(self.items - without)

    def _put(self, row: BatchRow, warnings: tuple[int, ...]) -> SpooledRow:
        picture_bytes = len(picture_html(row))
        words_bytes = len(row_html(row, rank=Rank.LOOK).encode()) - picture_bytes
        place = self._spool.add(row)
        return SpooledRow(
            row.number, row.status, row.score, warnings, place, words_bytes, picture_bytes
        )

    def _row(self, one: SpooledRow, common: Collection[str], *, has_picture: bool) -> BatchRow:
        """A row as the page has it: what is said of most items is not said again."""
        row = self._spool.row(one.place)
        warnings = tuple(text for text in row.warnings if text not in common)
        return replace(row, warnings=warnings, strip=row.strip if has_picture else b"")

    def _let_go(self) -> None:
        """Keeps on disk what the page has room for: whatever comes, the others will not be on it."""
        numbers = {self._warned.numbers[text] for text in self._common()}
        shown, pictured = worst_first(self._kept, numbers, room=self._room)
        old, self._spool = self._spool, Spool(self._target.parent)
        self._kept = []
        for place, one in enumerate(shown):
            row = old.row(one.place)
            row = row if place < pictured else replace(row, strip=b"")
            self._kept.append(replace(one, place=self._spool.add(row)))
        old.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise not_writable(self._target, error, "report") from error


def _failed_first(status: str) -> tuple[bool, str]:
    return status != "failed", status
