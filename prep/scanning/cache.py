"""Scans kept by content, so that nothing is scanned twice.

A scan is one JSON file named by the footage's fingerprint and by what made it; a change of the
scanner changes the name. Files are private to the user: they tell where faces were.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Box, Face, Figure, FrameSignal, Scan, Source, Span
from screentest.prep.scanning.scan import scan

SCANNER_VERSION = 15
# Of the code that makes a scan; both are renewed by fixtures/pin_scanner.py.
SCANNER_SOURCES = "c4644f692a57cf7f"


def cached_scan(source: Source, *, folder: Path, progress: Progress | None = None) -> Scan:
    """The scan of a source: the kept one where there is one, else a new one, kept from now on.

    ``folder``: made if it is missing. A kept scan that cannot be read, or a folder that cannot be
    written, costs only the time of scanning again.
    """
    place = folder / f"{source.fingerprint[:40]}.v{SCANNER_VERSION}.json"
    kept = _read(place, source)
    if kept is not None:
        if progress is not None:
            progress(1.0)
        return kept
    made = scan(source, progress=progress)
    with suppress(OSError):
        _write(place, made)
    return made


def to_json(made: Scan) -> dict[str, Any]:
    """A scan as plain values; its source is left out, because the same footage may move."""
    plain = asdict(replace(made, source=None))  # type: ignore[arg-type]
    del plain["source"]
    return plain


def from_json(plain: dict[str, Any], source: Source) -> Scan:
    """The scan that ``to_json`` wrote, of footage that lies at ``source`` now."""
    return Scan(
        source=source,
        signals=tuple(_signal(entry) for entry in plain["signals"]),
        cuts_s=tuple(plain["cuts_s"]),
        refined=tuple(Span(**span) for span in plain["refined"]),
        end_s=plain["end_s"],
    )


def _signal(entry: dict[str, Any]) -> FrameSignal:
    faces = tuple(Face(**{**face, "box": Box(**face["box"])}) for face in entry["faces"])
    seen = entry["figure"]
    figure = Figure(**{**seen, "box": Box(**seen["box"])}) if seen is not None else None
    return FrameSignal(**{**entry, "faces": faces, "figure": figure})


def _read(place: Path, source: Source) -> Scan | None:
    try:
        return from_json(json.loads(place.read_text(encoding="utf-8")), source)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(place: Path, made: Scan) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(to_json(made), file, separators=(",", ":"))
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
