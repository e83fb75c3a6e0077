"""What was made for a film, kept in the home, so that a studio that starts again shows it at once."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Final

from screentest.client.worker.job import ClipMade
from screentest.client.worker.wire import result_from, to_bytes
from screentest.prep.core.files import holds, private_folder, write_atomically
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Source
from screentest.prep.core.wishes import Wishes
from screentest.prep.scanning.cache import SCANNER_VERSION

_FORMAT: Final = 1


def kept_at(home: Path, source: Source, spec: ClipSpec, wishes: Wishes) -> Path:
    """The file that keeps the clip of this footage by these wishes, whether it is there or not."""
    what = (
        _FORMAT,
        SCANNER_VERSION,
        source.fingerprint,
        source.turn_mark,
        spec.model,
        sorted((name, str(value)) for name, value in asdict(wishes).items()),
    )
    name = hashlib.sha256(repr(what).encode(errors="surrogateescape")).hexdigest()[:32]
    return home / "studio" / "made" / f"{name}.json"


def stills_in(home: Path) -> Path:
    """The folder of the pictures that stand for films on their cards."""
    return home / "studio" / "pictures"


def read_kept(file: Path) -> ClipMade | None:
    """What was made, None where nothing is kept or its clip is gone or another one now."""
    try:
        made = result_from(file.read_bytes())
    except OSError:
        return None
    if not isinstance(made, ClipMade) or not holds(Path(made.clip.path), made.clip.sha256):
        return None
    return made


def keep(made: ClipMade, file: Path) -> None:
    """Keeps it. Raises OutputNotWritable or DiskFull."""
    private_folder(file.parent)
    write_atomically(file, to_bytes(made), what="record of the clip")
