"""The footage that sources name: files, and what lies in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from screentest.prep.core.errors import NotFound
from screentest.prep.core.remedy import Remedy
from screentest.prep.media.suffixes import VIDEOS


@dataclass(slots=True)
class PassedOver:
    """How many files in folders were not taken. ``hidden``: their name, or a folder's, begins with a
    dot. ``foreign``: they are not called as videos are.
    """

    hidden: int = 0
    foreign: int = 0


def files_in(sources: Iterable[str], passed_over: PassedOver) -> Iterator[Path]:
    """Each file once, folder by folder, in the order of their names; one folder is listed at a time.

    A link to a folder is not followed: it may lead in a circle. Raises NotFound for a source that is
    not there.
    """
    for source in sources:
        path = Path(source)
        if path.is_dir():
            yield from _below(path, passed_over)
        elif path.exists():
            yield path
        else:
            raise NotFound(f"There is no file or folder {source}.", Remedy("footage"))


def _below(folder: Path, passed_over: PassedOver) -> Iterator[Path]:
    for name, is_folder in _taken(folder, passed_over):
        if is_folder:
            yield from _below(folder / name, passed_over)
        else:
            yield folder / name


def _taken(folder: Path, passed_over: PassedOver) -> Iterator[tuple[str, bool]]:
    """The names of folders and videos in a folder, in order, and whether each is a folder.

    Names alone are kept: a folder may hold a hundred thousand.
    """
    names, folders = [], set()
    try:
        entries = os.scandir(folder)
    except PermissionError:
        raise NotFound(f"The folder {folder} may not be read.", "Check its rights.") from None
    with entries:
        for entry in entries:
            if entry.name.startswith("."):
                passed_over.hidden += 1
            elif entry.is_dir(follow_symlinks=False):
                names.append(entry.name)
                folders.add(entry.name)
            elif entry.is_file() and Path(entry.name).suffix.lower() in VIDEOS:
                names.append(entry.name)
            else:
                passed_over.foreign += 1
    names.sort()
    yield from ((name, name in folders) for name in names)
