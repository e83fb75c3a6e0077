"""Names for what nobody named: from the files, and where those collide from their folders too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from screentest.client.registry.identity import folded

_NOT_IN_NAMES = re.compile(r"[^\w .'-]+")
_SPACES = re.compile(r"[\s_]+")


def name_of(file: Path) -> str:
    """A name from a file's: its stem, with spaces for what no name holds."""
    return _clean(file.stem) or "Footage"


def names_of(files: Iterable[Path]) -> Mapping[Path, str]:
    """A name of its own for each file.

    The same file in the same company is called the same in every run, whatever their order. Where
    several have a name, each has its folder's before it, then as many folders' as it takes; files that
    cannot be told apart so are numbered.
    """
    named = {file: name_of(file) for file in files}
    for depth in range(1, 8):
        several = _that_collide(named)
        if not several:
            return named
        for file in several:
            folders = file.absolute().parent.parts[-depth:]
            named[file] = _clean(" ".join((*folders, file.stem)))
    for number, file in enumerate(sorted(_that_collide(named)), start=1):
        named[file] = f"{named[file]} {number}"
    return named


def _that_collide(named: Mapping[Path, str]) -> list[Path]:
    files: dict[str, list[Path]] = {}
    for file, name in named.items():
        files.setdefault(folded(name), []).append(file)
    return [file for alike in files.values() if len(alike) > 1 for file in alike]


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    return _SPACES.sub(" ", _NOT_IN_NAMES.sub(" ", text)).strip(" .-'")
