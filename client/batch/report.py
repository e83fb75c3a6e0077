"""The page about a batch: an outcome as its row, and a page that never ends the batch by its faults."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from screentest.client.batch.outcome import Outcome, Reason
from screentest.client.remote.scrub import scrubbed
from screentest.prep.core.errors import ScreentestError
from screentest.prep.report.batch.row import BatchRow
from screentest.prep.report.batch.sheet import BatchSheet

_MOST_SOURCES: Final = 3


def title_of(sources: Sequence[str]) -> str:
    """What a page about these sources, as the user wrote them, is called."""
    names = [_unsigned(one) if "://" in one else Path(one).resolve().name or one for one in sources]
    more = f" and {len(names) - _MOST_SOURCES} more" if len(names) > _MOST_SOURCES else ""
    return ", ".join(names[:_MOST_SOURCES]) + more


def row_of(outcome: Outcome) -> BatchRow:
    """An outcome as a page shows it, without what signs a URL."""
    fault = outcome.fault or Reason("", "")
    return BatchRow(
        outcome.item,
        _unsigned(outcome.name),
        outcome.status,
        footage=tuple(map(_unsigned, outcome.footage)),
        segment=outcome.segment,
        warnings=tuple(map(_unsigned, outcome.warnings)),
        fault=_unsigned(fault.message),
        hint=_unsigned(fault.hint),
        said=_unsigned(outcome.said),
        character_id=outcome.character_id,
        clip=outcome.clip,
        cost_usd=outcome.cost_usd,
        strip=outcome.strip,
    )


class BatchReport:
    """The page about a batch at ``target``, written when the block ends, however it ends.

    A fault of the page is kept in ``fault`` instead of raised: characters are paid for, and told first.
    The page that was there stays where nothing ended, and where there is a fault. Entering raises
    OutputNotWritable or DiskFull, before anything is begun.
    """

    def __init__(self, target: Path, *, title: str, note: str = "") -> None:
        self.target = target
        self.fault: ScreentestError | None = None
        self._title, self._note = title, note
        self._sheet = BatchSheet(target)

    def __enter__(self) -> Self:
        return self

    def add(self, outcome: Outcome) -> None:
        """Takes one more outcome."""
        if self.fault is None:
            try:
                self._sheet.add(row_of(outcome))
            except ScreentestError as error:
                self.fault = error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with self._sheet:
            if self.fault is None and (self._sheet.items or kind is None):
                try:
                    self._sheet.write(title=self._title, note=self._note, is_whole=kind is None)
                except ScreentestError as fault:
                    self.fault = fault


def _unsigned(text: str) -> str:
    return scrubbed(text) if "://" in text else text
