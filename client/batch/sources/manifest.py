"""A manifest: one row a file, in CSV or JSON lines, that says who it shows and what is wanted of it."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final, TextIO, get_args

from screentest.client.batch.item import Item
from screentest.client.characters.choosing.decided import said_in, wished_in
from screentest.client.characters.order import Order
from screentest.client.errors import ConfigError
from screentest.prep.core.errors import NotFound, OutputExists
from screentest.prep.core.files import write_atomically
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import Fit, Orientation
from screentest.prep.core.text import seconds_in, shown
from screentest.prep.core.wishes import SUBJECT_WORDS

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
_LONGEST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What a row says: column -> text, of those that are not empty. ``line``: where it stands."""

    line: int
    said: Mapping[str, str]


def rows_of(manifest: Path) -> Iterator[ManifestRow]:
    """The rows of a manifest, as text, read as they are asked for.

    Raises ConfigError naming file and line, NotFound.
    """
    is_json = manifest.suffix.lower() in (".jsonl", ".ndjson", ".json")
    try:
        with manifest.open(encoding="utf-8-sig", newline="\n" if is_json else "") as text:
            for line, said in (_json_lines if is_json else _csv_lines)(text, manifest):
                if said:
                    yield ManifestRow(line, said)
    except FileNotFoundError:
        raise NotFound(
            f"There is no manifest {manifest}.", Remedy("by_hand", words="name one")
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The manifest {manifest} is not text in UTF-8.", "Save it as such."
        ) from error


def items_of(manifest: Path, defaults: Order) -> Iterator[Item]:
    """An item for each row of a manifest, in its order.

    ``defaults``: what counts where a row says nothing. Paths count from the manifest's folder. Raises
    ConfigError naming the line for what cannot be.
    """
    for row in rows_of(manifest):
        yield _item_of(row, manifest, defaults)


def write_manifest(out: Path, items: Iterable[Item]) -> int:
    """How many rows were written to a new manifest. Raises OutputExists rather than replace one."""
    if out.exists():
        raise OutputExists(f"{out} already exists.", Remedy("out"))
    rows = [_row_said(item, footage) for item in items for footage in item.footage]
    if out.suffix.lower() in (".jsonl", ".ndjson"):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = sheet.getvalue()
    write_atomically(out, text.encode("utf-8", "surrogateescape"), what="manifest", mode=0o666)
    return len(rows)


def _row_said(item: Item, footage: str) -> dict[str, str]:
    order, wishes = item.order, item.order.wishes
    # A default that nobody said stays unsaid, so that what is decided later counts.
    asked = {*wished_in(wishes), *said_in(order)}
    said: dict[str, object] = {
        column: getattr(wishes, name) if name in asked else None
        for column, (name, _) in _OF_WISHES.items()
    }
    said["footage"] = Path(footage).absolute()  # a manifest may lie in another folder
    said["match"] = Path(wishes.match).absolute() if wishes.match is not None else None
    said |= {"name": item.name, "model": order.model}
    said |= {"description": order.description, "consent": order.consent}
    return {column: "" if said[column] is None else str(said[column]) for column in COLUMNS}


def _csv_lines(text: TextIO, manifest: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    first = text.readline()  # a pipe cannot be read from its start again
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(chain((first,), text), delimiter=delimiter, strict=True)
    try:
        _require_columns([(name or "").strip() for name in reader.fieldnames or ()], manifest, 1)
        for row in reader:
            line = reader.line_num
            if None in row or None in row.values():
                raise _wrong(manifest, line, "it has more or fewer cells than the first line")
            cells = {name.strip(): value.strip() for name, value in row.items()}
            yield line, {name: cell for name, cell in cells.items() if cell}
    except csv.Error as error:
        raise _wrong(manifest, reader.line_num, str(error)) from error


def _json_lines(text: TextIO, manifest: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, written in enumerate(text, start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written, object_pairs_hook=_without_twins)
        except (ValueError, RecursionError):
            raise _wrong(manifest, line, "it is not a JSON object of its own") from None
        if not isinstance(row, dict):
            raise _wrong(manifest, line, "it is not a JSON object")
        _require_columns(list(row), manifest, line, all_of=False)
        for name, value in row.items():
            if isinstance(value, bool) or not isinstance(value, str | int | float | None):
                raise _wrong(manifest, line, f"{name} is neither text nor a number")
        told = {name: str(value).strip() for name, value in row.items() if value is not None}
        yield line, {name: cell for name, cell in told.items() if cell}


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is given twice")
    return made


def _require_columns(names: list[str], manifest: Path, line: int, *, all_of: bool = True) -> None:
    for name in names:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            raise _wrong(
                manifest,
                line,
                f"there is no column {shown(name)}{f': is {near[0]} meant?' if near else ''}",
                f"Columns are {', '.join(COLUMNS)}.",
            )
    if all_of and "footage" not in names:
        raise _wrong(manifest, line, "there is no column footage", f"Columns are {', '.join(COLUMNS)}.")
    if len(set(names)) != len(names):
        raise _wrong(manifest, line, "a column is given twice")


def _wrong(manifest: Path, line: int, what: str, hint: str = "") -> ConfigError:
    return ConfigError(f"{manifest}, line {line}: {what}.", hint or "Correct that line.")


def _item_of(row: ManifestRow, manifest: Path, defaults: Order) -> Item:
    for name, text in row.said.items():
        if len(text) > _LONGEST_CELL or "\0" in text:
            raise _wrong(manifest, row.line, f"{name} is too long or holds a zero byte")
    if "footage" not in row.said:
        raise _wrong(manifest, row.line, "it names no footage")
    try:
        return _made(row.said, manifest.parent, defaults, row.line)
    except ValueError as error:
        raise _wrong(manifest, row.line, str(error)) from None


def _made(said: Mapping[str, str], folder: Path, defaults: Order, line: int) -> Item:
    wishes = defaults.wishes
    for column, (name, read) in _OF_WISHES.items():
        if column in said:
            wishes = replace(wishes, **{name: read(column, said[column])})
    if "match" in said:
        wishes = replace(wishes, match=str(folder / said["match"]))
    footage = str(folder / said["footage"])
    if Path(footage).is_dir():
        raise ValueError("its footage is a folder: name files")
    order = replace(
        defaults,
        footage=footage,
        name=said.get("name", ""),
        model=said.get("model", defaults.model),
        description=said.get("description", defaults.description),
        consent=said.get("consent", defaults.consent),
        wishes=wishes,
        said=said_in(defaults) | {_OF_WISHES[name][0] if name in _OF_WISHES else name for name in said},
    )
    return Item(order, (footage,), name_given="name" in said, line=line)


def _seconds(column: str, text: str) -> float:
    found = seconds_in(text)
    if found is None or not found >= 0:
        raise ValueError(f"{column} is not a time: give seconds, or a time such as 1:02.5")
    return found


def _number(column: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        raise ValueError(f"{column} is not a number from 1 on")
    return int(text)


def _one_of(words: Iterable[str]) -> Callable[[str, str], str]:
    known = tuple(words)

    def read(column: str, text: str) -> str:
        if text not in known:
            raise ValueError(f"{column} cannot be {shown(text)}: it can be {' or '.join(known)}")
        return text

    return read


_OF_WISHES: Final[Mapping[str, tuple[str, Callable[[str, str], Any]]]] = {
    "start": ("start_s", _seconds),
    "length": ("length_s", _seconds),
    "person": ("person", _number),
    "subject": ("subject", _one_of(SUBJECT_WORDS)),
    "fit": ("fit", _one_of(get_args(Fit))),
    "orientation": ("orientation", _one_of(get_args(Orientation))),
}
