"""The folder of a sheet: one sheet's stills and nobody else's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from screentest.prep.core.errors import OutputExists, OutputNotWritable
from screentest.prep.core.files import may_write, private_folder, write_atomically
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown
from screentest.prep.stills.roles import ANGLES
from screentest.prep.stills.views import MOST_VIEWS

PICTURE = "sheet.jpg"
_STILLS = (*(f"{role}.jpg" for role in ANGLES), *(f"view-{n}.jpg" for n in range(1, MOST_VIEWS + 1)))
# Like a clip: for whoever its owner lets read it; or for the owner alone.
_MODE, _PRIVATE_MODE = 0o666, 0o600


def sheet_folder(out: str | os.PathLike[str], *, private: bool = False) -> Path:
    """The absolute folder, made where it is missing.

    ``private``: made for its owner alone, with the folders above it. Raises OutputNotWritable, or
    ConfigError for a private one.
    """
    folder = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    if private:
        return private_folder(folder)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(
            f"The folder {shown(folder)} cannot be made: {(error.strerror or str(error)).lower()}.",
            Remedy("out", words="name a folder inside one that exists"),
        ) from error
    if not may_write(folder):
        raise OutputNotWritable(
            f"No file can be written into {shown(folder)}.", Remedy("out", words="name another folder")
        )
    return folder


def keep_sheet(
    folder: Path, files: Mapping[str, bytes], *, overwrite: bool, private: bool = False
) -> None:
    """Writes a sheet's files, so that the folder holds no still of another one.

    ``files``: content by name. With ``overwrite`` those of an earlier sheet are replaced, and removed
    where the new one has no such angle; other files are left alone. ``private``: only their owner may
    read them. Raises OutputExists, before anything is written, and OutputNotWritable or DiskFull.
    """
    left_over = [name for name in _STILLS if name not in files and (folder / name).is_file()]
    taken = [name for name, content in files.items() if _differs(folder / name, content)]
    if (taken or left_over) and not overwrite:
        first = shown(folder / [*taken, *left_over][0])
        raise OutputExists(
            f"{first} is of another sheet; nothing in that folder was changed.",
            Remedy("out", words="name another folder"),
            Remedy("overwrite", words="replace the stills there"),
        )
    for name in taken:
        if (folder / name).is_dir():
            raise OutputNotWritable(f"{shown(folder / name)} is a folder.", Remedy("out"))
    mode = _PRIVATE_MODE if private else _MODE
    for name, content in files.items():
        write_atomically(folder / name, content, what="still", mode=mode)
    for name in left_over:
        (folder / name).unlink(missing_ok=True)


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != content)
