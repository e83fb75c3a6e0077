"""plan: what a clip must be, decided before anything runs. Pure.

A plan says what, not how: ``prep.ffmpeg`` turns it into arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from prep.canvas import Canvas, canvas_for, is_upscaled
from prep.errors import TooShort
from prep.spec import (
    ClipSpec,
    Orientation,
    frames_for_at_least,
    frames_within,
    output_rate,
)
from prep.text import shown_name
from prep.values import Segment, Source

_EDGE_S = 1e-3
_HD_LINES = 720


@dataclass(frozen=True, slots=True)
class Colour:
    """How the source's samples mean colour; "" where nothing needs to be said.

    ``matrix``: YUV matrix; ``tone_map``: the HDR transfer to bring down to SDR, "" for SDR.
    """

    matrix: str
    full_range: bool
    tone_map: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A clip to be made.

    ``start_s``: when the clip's first frame shows in the source. ``cut_s``: the moment just before it
    at which reading starts, half a frame early so that no rounding loses it. ``frames`` at ``rate``:
    the clip's exact length. ``audio_index``: the source's stream, None for a silent clip.
    """

    source: Source
    spec: ClipSpec
    start_s: float
    cut_s: float
    frames: int
    rate: Fraction
    canvas: Canvas
    colour: Colour
    deinterlace: bool
    audio_index: int | None
    upscaled: bool

    @property
    def length_s(self) -> Fraction:
        return self.frames / self.rate

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about the result."""
        if not self.upscaled:
            return ()
        short = min(self.source.width_px, self.source.height_px)
        return (
            f"The footage is only {self.source.width_px}x{self.source.height_px}: it was scaled up "
            f"to the {self.spec.min_short_px} lines that {self.spec.model} wants, which adds no "
            f"detail beyond its own {short}.",
        )


def plan(
    source: Source,
    segment: Segment,
    *,
    frame_times_s: Sequence[float],
    spec: ClipSpec,
    square: Orientation = "landscape",
) -> Plan:
    """The plan for one segment.

    ``frame_times_s``: when the source's frames around the segment's start show. ``square``: the
    orientation for square pictures. Raises TooShort where less than the model's minimum is left.
    """
    rate = output_rate(source.fps, spec)
    start_s = _first_frame_s(segment.start_s, frame_times_s)
    frames = _frame_count(source, segment, start_s, rate=rate, spec=spec)
    canvas = canvas_for(source.width_px, source.height_px, spec=spec, square=square)
    return Plan(
        source=source,
        spec=spec,
        start_s=start_s,
        cut_s=_cut_s(source, start_s, frame_times_s),
        frames=frames,
        rate=rate,
        canvas=canvas,
        colour=_colour(source),
        deinterlace=source.is_interlaced,
        audio_index=source.audio_index,
        upscaled=is_upscaled(source.width_px, source.height_px, canvas),
    )


def _first_frame_s(wanted_s: float, frame_times_s: Sequence[float]) -> float:
    """The first frame shown at or after the wanted time, the last one where none is."""
    at_or_after = [t for t in frame_times_s if t >= wanted_s - _EDGE_S]
    if at_or_after:
        return min(at_or_after)
    return max(frame_times_s, default=wanted_s)


def _cut_s(source: Source, start_s: float, frame_times_s: Sequence[float]) -> float:
    """Half a frame before the first frame, or half the way to the one before where that is nearer."""
    before = max((t for t in frame_times_s if t < start_s - _EDGE_S), default=None)
    half_s = 0.5 / float(source.fps)
    if before is not None:
        half_s = min(half_s, (start_s - before) / 2)
    return max(0.0, start_s - half_s)


def _frame_count(
    source: Source, segment: Segment, start_s: float, *, rate: Fraction, spec: ClipSpec
) -> int:
    left_s = source.video_start_s + source.duration_s - start_s + _EDGE_S
    wanted = min(Fraction(segment.length_s + 1e-6).limit_denominator(10**7), spec.max_length_s)
    frames = frames_within(min(wanted, Fraction(max(0.0, left_s))), rate)
    if frames >= frames_for_at_least(spec.min_length_s, rate):
        return frames
    raise TooShort(
        f"{shown_name(source.path)} shows only {max(0.0, left_s):.2f} s from {start_s:.2f} s on; "
        f"{spec.model} wants at least {float(spec.min_length_s):.1f} s.",
        "Choose an earlier --start, or use longer footage.",
    )


def _colour(source: Source) -> Colour:
    """Untagged footage is BT.709 from 720 lines on and BT.601 below, as players assume."""
    lines = min(source.coded_width_px, source.coded_height_px)
    usual = "bt709" if lines >= _HD_LINES else "smpte170m"
    return Colour(
        matrix=source.matrix or usual,
        full_range=source.full_range,
        tone_map=source.transfer if source.is_hdr else "",
    )
