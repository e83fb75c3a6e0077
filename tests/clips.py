"""Making a clip and looking at what came out, for tests."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from screentest import clip, probe, segment_at
from screentest.prep.core.values import Clip

Luma = NDArray[np.int_]
Sound = NDArray[np.float32]


def short_clip(raw: Path, folder: Path, *, start_s: float = 0.0, length_s: float = 2.0) -> Clip:
    """A clip of a stretch, two seconds long unless said otherwise."""
    source = probe(raw)
    segment = segment_at(source, start_s=start_s, length_s=length_s)
    return clip(source, segment, out=folder / "out.mp4")


def lumas(made: Clip | Path) -> list[Luma]:
    """The luma of every frame, as stored."""
    path = made.path if isinstance(made, Clip) else made
    with av.open(str(path)) as container:
        return [f.to_ndarray()[: f.height].astype(int) for f in container.decode(video=0)]


def sound(made: Clip) -> Sound:
    """The samples of a clip's sound, channels by time, at 48 kHz."""
    with av.open(made.path) as container:
        found = container.streams.audio[0]
        pieces = [f.to_ndarray() for f in container.decode(found)]
    return np.concatenate(pieces, axis=1)


def lit_box(luma: Luma) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) margins of black around the picture."""
    rows = np.flatnonzero((luma > 30).mean(axis=1) > 0.02)
    columns = np.flatnonzero((luma > 30).mean(axis=0) > 0.02)
    height, width = luma.shape
    right, bottom = width - 1 - columns[-1], height - 1 - rows[-1]
    return int(columns[0]), int(rows[0]), int(right), int(bottom)
