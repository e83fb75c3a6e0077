"""Making a clip and looking at what came out, for tests."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from screentest import clip, probe, segment_at
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import Clip

# As narrow as differences allow: a film's pictures are held all at once.
Luma = NDArray[np.int16]
Sound = NDArray[np.float32]

# For what does not depend on a clip's size: a sixteenth of the pixels to encode and to decode.
SMALL = replace(SORA_2, min_short_px=180, max_short_px=180)
# For what one picture shows, at its full size: so that few are encoded.
BRIEF = replace(SORA_2, min_length_s=Fraction(1, 5), target_length_s=Fraction(1, 5))


def short_clip(
    raw: Path,
    folder: Path,
    *,
    start_s: float = 0.0,
    length_s: float | None = None,
    spec: ClipSpec = SORA_2,
    **options: Any,
) -> Clip:
    """A clip of a stretch, as short as the model takes it unless said otherwise."""
    source = probe(raw)
    length_s = length_s or float(spec.min_length_s)
    segment = segment_at(source, start_s=start_s, length_s=length_s, spec=spec)
    return clip(source, segment, out=folder / "out.mp4", spec=spec, **options)


def lumas(made: Clip | Path) -> list[Luma]:
    """The luma of every frame, as stored."""
    path = made.path if isinstance(made, Clip) else made
    with av.open(str(path)) as container:
        return [_luma(frame) for frame in container.decode(video=0)]


def first_luma(made: Clip | Path) -> Luma:
    """The luma of the first frame, as stored."""
    path = made.path if isinstance(made, Clip) else made
    with av.open(str(path)) as container:
        return _luma(next(container.decode(video=0)))


def _luma(frame: VideoFrame) -> Luma:
    return frame.to_ndarray()[: frame.height].astype(np.int16)


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
