"""Rows on disk, in a file without a name: whoever dies leaves nothing of them."""

from __future__ import annotations

import pickle
import tempfile
from dataclasses import dataclass
from pathlib import Path

from screentest.prep.report.batch.row import BatchRow


@dataclass(frozen=True, slots=True)
class SpoolPlace:
    """Where a row lies in a spool: so many bytes from a place on."""

    at: int
    bytes: int


class Spool:
    """Rows in a folder, which is that of the page, as that is where the space for them has to be.

    Its methods raise OSError.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed by close)
        self.bytes = 0

    def add(self, row: BatchRow) -> SpoolPlace:
        """Keeps a row."""
        data = pickle.dumps(row, protocol=pickle.HIGHEST_PROTOCOL)
        self._file.seek(self.bytes)
        self._file.write(data)
        place = SpoolPlace(self.bytes, len(data))
        self.bytes += len(data)
        return place

    def row(self, place: SpoolPlace) -> BatchRow:
        """A row that was kept."""
        self._file.seek(place.at)
        row: BatchRow = pickle.loads(self._file.read(place.bytes))  # noqa: S301  (nobody else has it)
        return row

    def close(self) -> None:
        self._file.close()
