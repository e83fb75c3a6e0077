"""A manifest: one row a file, in CSV or JSON lines, that says who it shows and what is wanted of it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from screentest.client.batch.item import Item
from screentest.client.batch.sources.rows import COLUMNS, RowFaults, rows_of
from screentest.client.characters.choosing.decided import said_in, wished_in
from screentest.client.characters.order import Order
from screentest.client.errors import ConfigError
from screentest.client.fetching.elsewhere import InBucket, elsewhere, is_elsewhere, shown_address
from screentest.client.registry.identity import one_form
from screentest.prep.core.errors import OutputExists
from screentest.prep.core.files import write_atomically
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import Fit, Orientation
from screentest.prep.core.text import seconds_in, shown
from screentest.prep.core.wishes import SUBJECT_WORDS

if TYPE_CHECKING:
    from screentest.client.batch.sources.known import KnownNames


@dataclass(frozen=True, slots=True)
class WrittenManifest:
    """``rows``: how many it has. ``left_out``: files whose names no manifest can hold, as they are not
    UTF-8. ``unsigned``: addresses that are written without their query, which may be a signature.
    ``unnamed``: rows without a name, as their footage goes by one already.
    """

    rows: int
    left_out: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    unnamed: int = 0


def items_of(manifest: Path, defaults: Order, faults: RowFaults | None = None) -> Iterator[Item]:
    """An item for each row of a manifest, in its order.

    ``defaults``: what counts where a row says nothing. Paths count from the manifest's folder.
    ``faults``: gets what is wrong with rows, for the caller to raise; None to raise it at the end.
    Raises ConfigError naming the lines, NotFound.
    """
    found = RowFaults(manifest) if faults is None else faults
    for row in rows_of(manifest, found):
        try:
            item = _made(row.said, manifest.parent, defaults, row.line)
        except ValueError as error:
            found.add(row.line, str(error))
        else:
            yield item
    if faults is None:
        found.raise_any()


def write_manifest(
    out: Path, items: Iterable[Item], known: KnownNames | None = None
) -> WrittenManifest:
    """What was written to a new manifest, which reads as the same items.

    ``known``: the names that footage goes by already. Whatever else is decided of it is not written,
    as it counts where a row says nothing. Raises OutputExists rather than replace one.
    """
    if out.exists():
        raise OutputExists(f"{shown(out)} already exists.", Remedy("out"))
    rows, left_out, unsigned = [], [], []
    decided: list[dict[str, str]] = []
    for item in items:
        for footage in item.footage:
            row = _row_said(item, footage)
            own = known.of(footage, made=item.name) if known and not item.name_given else None
            if own is not None:
                row["name"] = own
                decided.append(row)
            if not _is_text("".join(row.values())):
                left_out.append(shown(footage))
                continue
            rows.append(row)
            if is_elsewhere(footage) and row["footage"] != footage:
                unsigned.append(row["footage"])
    _keep_apart(rows, decided)
    text = _as_json(rows) if out.suffix.lower() in (".jsonl", ".ndjson") else _as_csv(rows)
    write_atomically(out, text.encode(), what="manifest", mode=0o666)
    unnamed = sum(not row["name"] for row in rows)
    return WrittenManifest(len(rows), tuple(left_out), tuple(unsigned), unnamed)


def _keep_apart(rows: Sequence[dict[str, str]], decided: Sequence[dict[str, str]]) -> None:
    """Leaves out decided names that others have too: rows of one name are files of one person."""
    count = Counter(one_form(row["name"]) for row in rows)
    for row in decided:
        if count[one_form(row["name"])] > 1:
            row["name"] = ""


def _as_json(rows: Iterable[Mapping[str, str]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _as_csv(rows: Iterable[Mapping[str, str]]) -> str:
    sheet = io.StringIO()
    # As RFC 4180 ends lines; with "\n" alone Python would not quote a name that holds "\r".
    writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _row_said(item: Item, footage: str) -> dict[str, str]:
    order, wishes = item.order, item.order.wishes
    # A default that nobody said stays unsaid, so that what is decided later counts.
    asked = {*wished_in(wishes), *said_in(order)}
    said: dict[str, object] = {
        column: getattr(wishes, name) if name in asked else None
        for column, (name, _) in _OF_WISHES.items()
    }
    # Absolute, as a manifest may lie in another folder.
    said["footage"] = shown_address(footage) if is_elsewhere(footage) else Path(footage).absolute()
    said["match"] = Path(wishes.match).absolute() if wishes.match is not None else None
    said |= {"name": item.name, "model": order.model}
    said |= {"description": order.description, "consent": order.consent}
    return {column: "" if said[column] is None else str(said[column]) for column in COLUMNS}


def _made(said: Mapping[str, str], folder: Path, defaults: Order, line: int) -> Item:
    """The item of a row. Raises ValueError saying what is wrong with it."""
    wishes = defaults.wishes
    for column, (name, read) in _OF_WISHES.items():
        if column in said:
            wishes = replace(wishes, **{name: read(column, said[column])})
    if "match" in said:
        wishes = replace(wishes, match=_path_in(folder, said["match"]))
    footage = _footage_in(folder, said["footage"])
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


def _footage_in(folder: Path, cell: str) -> str:
    """The path or address of a cell. Raises ValueError for a folder, and an address that cannot be."""
    address = cell.strip()
    if not is_elsewhere(address):
        footage = _path_in(folder, cell)
        if _is_there(footage, Path.is_dir):
            raise ValueError("its footage is a folder: name files")
        return footage
    try:
        place = elsewhere(address)
    except ConfigError as error:
        raise ValueError(error.message.rstrip(".")) from None
    if isinstance(place, InBucket) and (not place.key or place.key.endswith("/")):
        raise ValueError("its footage is a whole prefix: name files, or give it as a source")
    return address


def _path_in(folder: Path, cell: str) -> str:
    """A path that counts from the manifest's folder.

    Spaces around it are a slip, unless a file is called so.
    """
    exact, meant = str(folder / cell), str(folder / cell.strip())
    is_called_so = _is_there(exact, Path.exists) and not _is_there(meant, Path.exists)
    return exact if exact != meant and is_called_so else meant


def _is_there(path: str, test: Callable[[Path], bool]) -> bool:
    """What no file system takes for a path, such as one that is too long, is nowhere."""
    try:
        return test(Path(path))
    except (OSError, ValueError):
        return False


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
