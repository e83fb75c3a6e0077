"""Writes a page: private, whole or not at all, and only over a report."""

from __future__ import annotations

import os
from pathlib import Path

from screentest.prep.core.errors import ImpossibleWish, OutputExists, OutputNotWritable
from screentest.prep.core.files import atomic_file, may_write, not_writable
from screentest.prep.core.text import shown
from screentest.prep.report.markup import MARKER

_HEAD_BYTES = 4096
_ENDINGS = (".html", ".htm")


def report_place(out: str | os.PathLike[str]) -> Path:
    """The absolute path of a report to be written; call it before any work.

    Raises ImpossibleWish for a name that no browser would take for a page, OutputExists where a file
    that is not a report lies there, OutputNotWritable where the folder is missing or cannot be written
    to.
    """
    target = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    if target.is_dir():
        raise OutputNotWritable(f"{shown(target)} is a folder.", "Name a file, such as report.html.")
    if not target.parent.is_dir() or not may_write(target.parent):
        raise OutputNotWritable(
            f"A report cannot be written into {shown(target.parent)}.",
            "Name a file in an existing folder that you can write to.",
        )
    if target.exists() and not _is_report(target):
        raise OutputExists(
            f"{shown(target)} exists and is not a report; it was not changed.",
            "Name another file for the report.",
        )
    if target.suffix.lower() not in _ENDINGS:
        fitting = "report.html" if target.name == "-" else target.with_suffix(".html").name
        raise ImpossibleWish(
            f"A report is an HTML page, which the name {shown(target.name)} would not say.",
            f"Name it {shown(fitting)}.",
        )
    return target


def write_page(target: Path, page: str) -> None:
    """Puts a page at ``target`` in one step, readable by its owner alone: it shows faces.

    Raises OutputNotWritable or DiskFull, and leaves nothing behind then.
    """
    with atomic_file(target, what="report", mode=0o600) as part:
        try:
            part.write_text(page, encoding="utf-8")
        except OSError as error:
            raise not_writable(target, error, "report") from error


def _is_report(target: Path) -> bool:
    """Whether a file is one of our pages, or empty, so that nothing is lost with it."""
    if not target.is_file():
        return False
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return not head or MARKER.encode() in head
