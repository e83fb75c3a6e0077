"""Writing a page: private, whole or not at all, and never over anything but a report."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from prep.errors import DiskFull, OutputExists, OutputNotWritable
from prep.report.markup import MARKER
from prep.text import shown

_HEAD_BYTES = 4096


def report_place(out: str | os.PathLike[str]) -> Path:
    """The absolute path of a report to be written; asked before any work.

    Raises OutputExists where something that is no report lies there, OutputNotWritable where the
    folder is missing or refuses.
    """
    target = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    if target.is_dir():
        raise OutputNotWritable(f"{shown(target)} is a folder.", "Name a file, such as report.html.")
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK | os.X_OK):
        raise OutputNotWritable(
            f"No report can be written into {shown(target.parent)}.",
            "Name a file in a folder that exists and may be written.",
        )
    if target.exists() and not _is_report(target):
        raise OutputExists(
            f"{shown(target)} exists and is no report; it was left as it is.",
            "Name another file for the report.",
        )
    return target


def write_page(target: Path, page: str) -> None:
    """Puts a page at ``target`` in one step, readable by its owner alone: it shows faces.

    Raises OutputNotWritable or DiskFull, and leaves nothing behind then.
    """
    part = target.with_name(f".screentest-{secrets.token_hex(8)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
        part.replace(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _is_report(target: Path) -> bool:
    """Whether a file is a page of ours, or empty: nothing is lost with it."""
    if not target.is_file():
        return False
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return not head or MARKER.encode() in head


def _not_written(target: Path, error: OSError) -> OutputNotWritable | DiskFull:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"No room is left at {shown(target.parent)} for the report.",
            "Free some space, or name another place.",
        )
    reason = (error.strerror or type(error).__name__).lower()
    return OutputNotWritable(
        f"The report cannot be written to {shown(target)}: {reason}.",
        "Name a file in a folder that exists and may be written.",
    )
