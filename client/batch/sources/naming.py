"""Names for what nobody named, from its file and folders."""

from __future__ import annotations

import os
import re
from pathlib import Path

_NOT_IN_NAMES = re.compile(r"[^\w .'-]+")
_SPACES = re.compile(r"[\s_]+")


def name_below(file: Path, depth: int) -> str:
    """A name from a file's: its stem, with spaces for what no name holds, and before it the names of
    so many of the folders that it is in.
    """
    folders = Path(os.path.abspath(file.parent)).parts[-depth:] if depth else ()  # noqa: PTH100
    return _clean(" ".join((*folders, file.stem))) or "Footage"


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    return _SPACES.sub(" ", _NOT_IN_NAMES.sub(" ", text)).strip(" .-'")
