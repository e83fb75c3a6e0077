"""Scans kept by content, so that nothing is scanned twice.

A scan is one JSON file named by the footage's fingerprint, by how a person turned it, by the scanner,
and by the length of the window it was made for: how long a look is, and when enough was seen, depends
on it. Files are private to the user: they tell where faces were.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from screentest.prep.core.errors import DiskFull, OutputNotWritable
from screentest.prep.core.files import write_atomically
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import (
    Box,
    EyesTrace,
    Face,
    Figure,
    FrameSignal,
    IdentityCheck,
    Scan,
    Source,
    Span,
)
from screentest.prep.scanning.interest import Interest
from screentest.prep.scanning.scan import scan

SCANNER_VERSION = 34
# Of the code that makes a scan; both are renewed by fixtures/pin_scanner.py.
SCANNER_SOURCES = "edab25a175eb23a7"


def cached_scan(
    source: Source, interest: Interest, *, folder: Path, progress: Progress | None = None
) -> Scan:
    """The scan of a source: the kept one where there is one, else a new one, kept from now on.

    ``folder``: made if it is missing. A kept scan that cannot be read, or a folder that cannot be
    written, costs only the time of another scan.
    """
    kept = _read(kept_file(source, interest, folder=folder), source)
    if kept is not None:
        if progress is not None:
            progress(1.0)
        return kept
    made = scan(source, interest, progress=progress)
    keep(made, interest, folder=folder)
    return made


def keep(made: Scan, interest: Interest, *, folder: Path) -> None:
    """Keeps a scan in place of the one before, if the folder can be written."""
    with suppress(OSError, OutputNotWritable, DiskFull):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = kept_file(made.source, interest, folder=folder)
        content = json.dumps(to_json(made), separators=(",", ":")).encode()
        write_atomically(target, content, what="scan")


def keep_checks(checked: Scan, interest: Interest, *, folder: Path) -> None:
    """Keeps what is known of windows and eyes beside the scan that was kept, if there is one."""
    kept = _read(kept_file(checked.source, interest, folder=folder), checked.source)
    if kept is not None:
        keep(replace(kept, checked=checked.checked, traced=checked.traced), interest, folder=folder)


def kept_file(source: Source, interest: Interest, *, folder: Path) -> Path:
    """Where the scan of a source is kept that was made for some interest."""
    name = (
        f"{source.fingerprint[:40]}{source.turn_mark}.v{SCANNER_VERSION}.{interest.window_s:.3f}s.json"
    )
    return folder / name


def to_json(made: Scan) -> dict[str, Any]:
    """A scan as plain values.

    Its source is left out, because the same footage may move, and so is what identity told.
    """
    plain = asdict(replace(made, source=None, together=()))  # type: ignore[arg-type]
    del plain["source"], plain["together"]
    return plain


def from_json(plain: dict[str, Any], source: Source) -> Scan:
    """The scan that ``to_json`` wrote, of footage that lies at ``source`` now."""
    return Scan(
        source=source,
        signals=tuple(_signal(entry) for entry in plain["signals"]),
        cuts_s=tuple(plain["cuts_s"]),
        refined=tuple(Span(**span) for span in plain["refined"]),
        end_s=plain["end_s"],
        checked=tuple(_check(entry) for entry in plain["checked"]),
        eyes=tuple(_trace(entry) for entry in plain["eyes"]),
        traced=tuple(_trace(entry) for entry in plain["traced"]),
    )


def _signal(entry: dict[str, Any]) -> FrameSignal:
    faces = tuple(Face(**{**face, "box": Box(**face["box"])}) for face in entry["faces"])
    seen = entry["figure"]
    figure = _figure(seen) if seen is not None else None
    shown_px = tuple(entry["shown_px"]) if entry["shown_px"] is not None else None
    return FrameSignal(**{**entry, "faces": faces, "figure": figure, "shown_px": shown_px})


def _figure(entry: dict[str, Any]) -> Figure:
    head = Box(**entry["head"]) if entry["head"] is not None else None
    return Figure(**{**entry, "box": Box(**entry["box"]), "head": head})


def _check(entry: dict[str, Any]) -> IdentityCheck:
    return IdentityCheck(Span(**entry["window"]), Box(**entry["face"]), entry["cut_s"])


def _trace(entry: dict[str, Any]) -> EyesTrace:
    first_s, box = entry["track"]
    return EyesTrace((first_s, Box(**box)), tuple(entry["times_s"]), tuple(entry["eyes_open"]))


def _read(place: Path, source: Source) -> Scan | None:
    try:
        return from_json(json.loads(place.read_text(encoding="utf-8")), source)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # RecursionError: damage that reads as brackets without end
