"""The window before and after, small enough to lie in a page."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from screentest.prep.clipping.canvas import Canvas
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.clipping.ffmpeg import encode
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Clip, Segment, Source
from screentest.prep.media.opening import regular_file
from screentest.prep.media.probe import probe
from screentest.prep.report.page import EmbeddedVideo

MOST_BEFORE_BYTES = 1_300_000
MOST_AFTER_BYTES = 2_700_000
_BEFORE_LINES = (360, 270, 180)
_AFTER_LINES = (720, 540, 360, 270)


def before(source: Source, segment: Segment, *, spec: ClipSpec) -> EmbeddedVideo:
    """The window as the footage has it: no padding, no reframing, upright as players show it.

    Raises what making a clip raises.
    """
    return _small(source, segment, spec=spec, lines=_BEFORE_LINES, most_bytes=MOST_BEFORE_BYTES)


def after(clip: Clip, *, spec: ClipSpec) -> EmbeddedVideo:
    """The clip itself, byte for byte, or a smaller copy where it would make the page too heavy.

    Raises NotFound where the clip's file is gone, and what making a clip raises.
    """
    path = regular_file(clip.path)
    if clip.bytes <= MOST_AFTER_BYTES:
        return EmbeddedVideo(path.read_bytes(), clip.width_px, clip.height_px, reduced=False)
    whole = replace(clip.segment, start_s=0.0, length_s=float(clip.length_s))
    lines = [n for n in _AFTER_LINES if n < min(clip.width_px, clip.height_px)]
    return _small(probe(clip.path), whole, spec=spec, lines=lines, most_bytes=MOST_AFTER_BYTES)


def _small(
    source: Source,
    segment: Segment,
    *,
    spec: ClipSpec,
    lines: Sequence[int],
    most_bytes: int,
) -> EmbeddedVideo:
    """A silent copy of a window, at the most lines that keep it below ``most_bytes``."""
    plan = replace(planned_clip(source, segment, spec=spec), audio_index=None, inside_bars=None)
    with tempfile.TemporaryDirectory(prefix="screentest-") as folder:
        out = Path(folder) / "small.mp4"
        for short_px in lines:
            canvas = small_canvas(plan.source.width_px, plan.source.height_px, short_px)
            encode(replace(plan, canvas=canvas), out)
            if out.stat().st_size <= most_bytes:
                break
        return EmbeddedVideo(out.read_bytes(), canvas.width_px, canvas.height_px, reduced=True)


def small_canvas(width_px: int, height_px: int, short_px: int) -> Canvas:
    """The whole picture and nothing else, its shorter side at most ``short_px``, both sides even."""
    scale = min(1.0, short_px / min(width_px, height_px))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (width_px, height_px))
    return Canvas(width, height, width, height, 0, 0)
