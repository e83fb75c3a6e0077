"""The footage that sources name: files, and what lies in folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from screentest.prep.core.errors import NotFound
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown
from screentest.prep.media.suffixes import VIDEOS


@dataclass(slots=True)
class PassedOver:
    """How many files in folders were not taken. ``hidden``: their name, or a folder's, begins with a
    dot. ``foreign``: they are not called as videos are. ``linked``: links to folders, which are not
    followed, as they may lead in a circle. ``unreadable``: folders that cannot be read, and why.
    """

    hidden: int = 0
    foreign: int = 0
    linked: int = 0
    unreadable: list[str] = field(default_factory=list)


def files_in(sources: Iterable[str], passed_over: PassedOver) -> Iterator[Path]:
    """Each file once, folder by folder, in the order of their names; one folder is listed at a time.

    Raises NotFound for a source that is not there or cannot be read.
    """
    for source in sources:
        path = Path(source)
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
            if is_folder:
                os.scandir(path).close()
        except (OSError, ValueError) as error:
            raise _no_source(source, error) from None
        if is_folder:
            yield from _below(path, passed_over)
        else:
            yield path


def _no_source(source: str, error: OSError | ValueError) -> NotFound:
    if isinstance(error, PermissionError):
        return NotFound(f"{shown(source)} may not be read.", "Check its rights.")
    return NotFound(f"There is no file or folder {shown(source)}.", Remedy("footage"))


def _below(folder: Path, passed_over: PassedOver) -> Iterator[Path]:
    try:
        found = list(_taken(folder, passed_over))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        passed_over.unreadable.append(f"{shown(folder)}: {reason}")
        return
    for name, is_folder in found:
        if is_folder:
            yield from _below(folder / name, passed_over)
        else:
            yield folder / name


def _taken(folder: Path, passed_over: PassedOver) -> Iterator[tuple[str, bool]]:
    """The names of folders and videos in a folder, in order, and whether each is a folder.

    Names alone are kept: a folder may hold a hundred thousand. Raises OSError.
    """
    names, folders = [], set()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                passed_over.hidden += 1
            elif entry.is_dir(follow_symlinks=False):
                names.append(entry.name)
                folders.add(entry.name)
            elif entry.is_symlink() and entry.is_dir():
                passed_over.linked += 1
            elif entry.is_file() and Path(entry.name).suffix.lower() in VIDEOS:
                names.append(entry.name)
            else:
                passed_over.foreign += 1
    names.sort()
    yield from ((name, name in folders) for name in names)
