"""Keys of objects that lie in the bucket under the identity of what they are sent for.

Several of one identity lie side by side. Whoever puts them there holds the identity's lock, so nobody
else needs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

IMAGES = "images"
"""Where they lie in the registry's folder of the bucket."""
KEY_OF_ONE = re.compile(rf"{IMAGES}/([0-9a-f]{{32}})(?:-[1-9][0-9]?)?(\.\w+)?")
"""A key below that folder: the start of an identity, and which of its files it is."""


def object_keys(
    paths: Sequence[Path], *, identity: str, folder: str, numbered: bool = True
) -> tuple[str, ...]:
    """The key of each file, in order. It tells nothing of what is in the file.

    ``numbered``: False for the one file that needs no number beside it, a video's first frame.
    """
    start = f"{folder}/{IMAGES}/{identity[:32]}"
    return tuple(
        f"{start}{f'-{number}' if numbered else ''}{path.suffix.lower()}"
        for number, path in enumerate(paths, start=1)
    )
