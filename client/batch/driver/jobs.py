"""Jobs for workers that share this machine's disk, and whether what they told of footage can be."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from screentest.client.fetching.elsewhere import is_elsewhere, shown_address
from screentest.client.worker.job import Place, Prepare
from screentest.prep.core.errors import NotFound
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.text import shown
from screentest.prep.core.values import Source
from screentest.prep.core.wishes import Wishes

_HEX: Final = re.compile(r"[0-9a-f]{1,128}")


def place_of(address: str) -> Place:
    """Where a worker of this machine finds footage; what lies elsewhere has to be fetched for it."""
    if is_elsewhere(address):
        return Place(shown_address(address), url=address)
    return Place(address, path=str(Path(address).absolute()))


def preparing(
    footage: Sequence[str], spec: ClipSpec, wishes: Wishes, *, home: Path, pictured: bool
) -> Prepare:
    """The job that makes the clip, kept with its scans in the home. Raises NotFound for the photo."""
    return Prepare(
        tuple(map(place_of, footage)),
        spec,
        wishes,
        photo=_bytes_of(wishes.match) if wishes.match is not None else None,
        scans=str(home / "scans"),
        clips=str(home / "clips"),
        pictured=pictured,
    )


def are_sound(sources: Sequence[Source], count: int) -> bool:
    """Whether a worker told of so many files, by fingerprints that may name files of the home."""
    told = len(sources) == count
    return told and all(_HEX.fullmatch(source.fingerprint) for source in sources)


def _bytes_of(photo: str | os.PathLike[str]) -> bytes:
    try:
        return Path(photo).read_bytes()
    except OSError as error:
        raise NotFound(f"The photo {shown(photo)} cannot be read any more: {error.strerror}.") from None
