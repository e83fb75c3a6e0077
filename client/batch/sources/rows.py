"""The rows of a manifest, in CSV or JSON lines: what they say as text, and which cannot be."""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final, TextIO

from screentest.client.errors import ConfigError
from screentest.prep.core.errors import NotFound
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import counted, shown

COLUMNS: Final = (
    "footage",
    "name",
    "model",
    "description",
    "start",
    "length",
    "person",
    "match",
    "subject",
    "fit",
    "orientation",
    "consent",
)
PATHS: Final = frozenset({"footage", "match"})
"""Columns whose cells keep the spaces at their ends: a file may be called so."""
_LONGEST_CELL: Final = 10_000
_MOST_TOLD: Final = 50


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What a row says: column -> text, of those that are not empty. ``line``: where it ends."""

    line: int
    said: Mapping[str, str]


@dataclass(slots=True)
class RowFaults:
    """What is wrong with the rows of a manifest: all are told at once, the first of them in words."""

    manifest: Path
    told: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, where: int | str, what: str) -> None:
        """``where``: the line, or several in words; ``what`` is wrong there, as a clause."""
        self.count += 1
        if len(self.told) < _MOST_TOLD:
            self.told.append((f"line {where}" if isinstance(where, int) else where, what))

    def raise_any(self) -> None:
        """Raises ConfigError where something is wrong."""
        if self.count == 1:
            ((where, what),) = self.told
            raise ConfigError(f"{shown(self.manifest)}, {where}: {what}.", "Correct that line.")
        if self.count:
            lines = "".join(f"\n  {where}: {what}" for where, what in self.told)
            more = self.count - len(self.told)
            raise ConfigError(
                f"{shown(self.manifest)}: {counted(self.count, 'row')} cannot be taken:{lines}"
                + (f"\n  and {more} more" if more else ""),
                "Correct those lines.",
            )


def rows_of(manifest: Path, faults: RowFaults) -> Iterator[ManifestRow]:
    """The rows of a manifest that can be read, as they are asked for; the others are among the faults.

    Raises ConfigError for columns that are not known and a file that is not text, NotFound.
    """
    is_json = manifest.suffix.lower() in (".jsonl", ".ndjson", ".json")
    try:
        with manifest.open(encoding="utf-8-sig", newline="\n" if is_json else "") as text:
            for line, told in (_json_lines if is_json else _csv_lines)(text, faults):
                said = {name: cell for name, cell in told.items() if cell.strip()}
                if said and _has_sense(line, said, faults):
                    yield ManifestRow(line, said)
    except FileNotFoundError:
        raise NotFound(
            f"There is no manifest {shown(manifest)}.", Remedy("by_hand", words="name one")
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(
            f"The manifest {shown(manifest)} is not text in UTF-8.", "Save it as such."
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(
            f"The manifest {shown(manifest)} cannot be read: {reason.lower()}.", "Check its rights."
        ) from error


def _has_sense(line: int, said: Mapping[str, str], faults: RowFaults) -> bool:
    for name, text in said.items():
        if len(text) > _LONGEST_CELL or "\0" in text:
            faults.add(line, f"{name} is too long or holds a zero byte")
            return False
    if "footage" not in said:
        faults.add(line, "it names no footage")
        return False
    return True


def _csv_lines(text: TextIO, faults: RowFaults) -> Iterator[tuple[int, Mapping[str, str]]]:
    first = text.readline()  # a pipe cannot be read from its start again
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(chain((first,), text), delimiter=delimiter, strict=True)
    try:
        columns = [(name or "").strip() for name in reader.fieldnames or ()]
        if problem := columns_problem(columns, needs_footage=True):
            raise ConfigError(f"{shown(faults.manifest)}, line 1: {problem}.", _THE_COLUMNS)
        for row in reader:
            if None in row or None in row.values():
                faults.add(reader.line_num, "it has more or fewer cells than the first line")
                continue
            yield reader.line_num, {name.strip(): _cell(name, text) for name, text in row.items()}
    except csv.Error as error:
        faults.add(reader.line_num, f"{error}; what follows is not read")


def _cell(name: str, text: str) -> str:
    return text if name.strip() in PATHS else text.strip()


def _json_lines(text: TextIO, faults: RowFaults) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, written in enumerate(text, start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written, object_pairs_hook=_object)
        except (ValueError, RecursionError):
            faults.add(line, "it is not a JSON object of its own")
            continue
        if problem := _problem_of(row):
            faults.add(line, problem)
            continue
        told = {name: str(value) for name, value in row.items() if value is not None}
        yield line, {name: _cell(name, value) for name, value in told.items()}


class _Twins(dict[str, Any]):
    """A JSON object that gives a key twice, ``key``."""

    key = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    twins = _Twins(made)
    twins.key = next(name for name in names if names.count(name) > 1)
    return twins


def _problem_of(row: object) -> str:
    """What is wrong with what a line of JSON says, "" for nothing."""
    if not isinstance(row, dict):
        return "it is not a JSON object"
    if isinstance(row, _Twins):
        return f"it gives {shown(row.key)} twice"
    if problem := columns_problem(list(row)):
        return problem
    for name, value in row.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            return f"{name} is neither text nor a number"
    return ""


_THE_COLUMNS: Final = f"Columns are {', '.join(COLUMNS)}."


def columns_problem(names: list[str], *, needs_footage: bool = False) -> str:
    """What is wrong with the columns that a manifest has, "" for nothing."""
    for name in names:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            return f"there is no column {shown(name)}{f': is {near[0]} meant?' if near else ''}"
    if needs_footage and "footage" not in names:
        return "there is no column footage"
    return "a column is given twice" if len(set(names)) != len(names) else ""
