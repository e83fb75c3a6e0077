"""plan: what a clip must be, decided before anything runs. Pure.

A plan says what, not how: ``prep.clipping.ffmpeg`` turns it into arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from screentest.prep.clipping.canvas import Canvas, canvas_for, is_upscaled
from screentest.prep.clipping.colour import Colour, colour_of
from screentest.prep.clipping.framing import (
    band_warning,
    company_warning,
    face_height_px,
    framed,
    heads_inside,
)
from screentest.prep.core.crop import Crop
from screentest.prep.core.errors import TooShort
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import (
    ClipSpec,
    Fit,
    Orientation,
    frames_for_at_least,
    frames_within,
    output_rate,
)
from screentest.prep.core.text import lasting, shown_name, timecode
from screentest.prep.core.values import Box, Heads, Segment, Source
from screentest.prep.media.fields import FirstField
from screentest.prep.media.orientation import displayed_size

_EDGE_S = 1e-3
_SOON_S = 0.1
_INDEXED = ("mov,mp4", "matroska,webm", "avi", "asf")
SEARCHED = ("mpegts", "mpeg", "flv", "mxf", "ogg")
_SEARCH_MARGIN_S = 2.0
SAMPLE_RATE_HZ = 48_000
_AAC_FRAME = 1024
# So many pictures do filters want to see beyond the last one that they give.
_FILTERS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A clip to be made.

    ``source``: one recording, as it is in the clip. ``start_s``: when the clip begins in it.
    ``held_s``: for how long its first frame has been on the screen by then, 0 where it just comes.
    ``seek_s``: where reading starts, at or before that frame's keyframe; 0 for the beginning.
    ``frames`` at ``rate``: the clip's exact length. ``inside_bars``: what is left without the footage's
    own bars, None without any; ``blurred_bars``: they are blurred copies of the picture, not black.
    ``framing``: the part around the head, in displayed pixels of that; None where all of it is shown.
    ``heads``: where the faces are, in fractions of what is inside the bars.
    ``audio_index``: the source's stream, None for a silent clip. ``first_field``: of pictures that are
    woven without being marked so. ``changes_s``: when the pictures change their form, None where they
    do not in the window. ``joint_s``: when the recording ends and another begins, None where the window
    ends before.
    """

    source: Source
    spec: ClipSpec
    start_s: float
    held_s: float
    seek_s: float
    frames: int
    rate: Fraction
    canvas: Canvas
    inside_bars: Crop | None
    framing: Crop | None
    heads: Heads | None
    colour: Colour
    deinterlace: bool
    audio_index: int | None
    upscaled: bool
    first_field: FirstField = ""
    changes_s: float | None = None
    blurred_bars: bool = False
    joint_s: float | None = None

    @property
    def length_s(self) -> Fraction:
        return self.frames / self.rate

    @property
    def samples(self) -> int:
        """How long the sound is, at ``SAMPLE_RATE_HZ``.

        The encoder adds up to one AAC frame: cut to whole frames, one less than fit, the track never
        outlasts the picture.
        """
        fitting = int(self.length_s * SAMPLE_RATE_HZ)
        return (fitting - _AAC_FRAME) // _AAC_FRAME * _AAC_FRAME

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about the result."""
        said: list[str | None] = []
        width_px, height_px = _seen(self.source, self.inside_bars)
        if self.inside_bars is not None:
            bars = "blurred copies beside it" if self.blurred_bars else "black bars of its own"
            said.append(
                f"The footage has {bars}: they were taken off, which leaves "
                f"{width_px}x{height_px} of {self.source.width_px}x{self.source.height_px}."
            )
        if self.upscaled:
            what, wide, high = "footage", width_px, height_px
            if self.framing is not None:
                what, wide, high = "crop", self.framing.width_px, self.framing.height_px
            said.append(
                f"The {what} is only {wide}x{high}: it was scaled up to the "
                f"{self.spec.min_short_px} lines that {self.spec.model} wants, which adds no detail "
                f"beyond its own {min(wide, high)}."
            )
        if self.source.slowed > 1:
            said.append(
                f"The footage is slow motion: it plays {self.source.slowed:.3g} times slower than "
                "life, and so does the clip."
            )
        if self.joint_s is not None:
            said.append(
                f"The footage is several recordings, joined; one ends at {timecode(self.joint_s)}, and "
                f"so does the clip, after {lasting(self.length_s)}."
            )
        elif self.changes_s is not None:
            said.append(
                f"The footage changes its size or colour at {timecode(self.changes_s)}: the clip ends "
                f"before, after {lasting(self.length_s)}."
            )
        if self.first_field:
            said.append(
                "The footage is interlaced without being marked so: its pictures were deinterlaced."
            )
        if self.colour.assumed:
            said.append(self.colour.assumed)
        shape = {"width_px": width_px, "height_px": height_px}
        if self.framing is None:
            said.append(band_warning(self.heads, self.canvas, **shape, spec=self.spec))
        said.append(
            company_warning(
                self.heads,
                self.framing,
                **shape,
                spec=self.spec,
                orientation=self.canvas.orientation,
            )
        )
        return tuple(one for one in said if one)

    @property
    def shown_px(self) -> tuple[int, int]:
        """(width, height) of the displayed picture without its bars."""
        return _seen(self.source, self.inside_bars)

    @property
    def crop(self) -> Crop | None:
        """What is taken of the upright picture, in its stored pixels; None for all of it."""
        inner = self.inside_bars
        if self.framing is not None:
            inner = _stored(self.framing, self.source, inner).within(inner)
        return self.source.aperture if inner is None else inner.within(self.source.aperture)

    @property
    def face_height_px(self) -> int | None:
        """The height of the face in the clip; None where no face shows itself."""
        _, height_px = _seen(self.source, self.inside_bars)
        shown_px = self.framing.height_px if self.framing is not None else height_px
        return face_height_px(self.heads, self.canvas, height_px=height_px, shown_px=shown_px)


def plan(
    source: Source,
    segment: Segment,
    *,
    frame_times_s: Sequence[float],
    spec: ClipSpec,
    orientation: Orientation | None = None,
    inside_bars: Crop | None = None,
    blurred_bars: bool = False,
    landing_s: float | None = None,
    until_s: float | None = None,
    first_field: FirstField = "",
    audio_index: int | None = None,
    fit: Fit = "pad",
) -> Plan:
    """The plan for one segment.

    ``frame_times_s``: when the source's frames around the segment's start show, the one on the screen
    there among them. ``orientation``: of the canvas, the picture's own by default. ``inside_bars``,
    ``blurred_bars``: of the picture that is meant to be seen, as in ``Plan``.
    ``landing_s``: the keyframe to start from, where the container has no index that finds it.
    ``until_s``: when the pictures change their form, None where they do not before the segment's end.
    ``first_field``: of woven pictures that are not marked so.
    ``audio_index``: the sound, ``source.audio_index`` where None is given. ``fit``: whether to crop
    around the head (``prep.clipping.framing.framed``). Raises TooShort where less
    than the model's minimum is left.
    """
    rate = output_rate(source.fps, spec)
    start_s, held_s = _beginning(segment.start_s, frame_times_s, fps=source.fps)
    frames = _frame_count(source, segment, start_s, until_s, rate=rate, spec=spec)
    width_px, height_px = _seen(source, inside_bars)
    heads = heads_inside(segment.heads, _inner(source, inside_bars))
    framing = framed(
        heads, width_px=width_px, height_px=height_px, spec=spec, fit=fit, orientation=orientation
    )
    if framing is not None:
        width_px, height_px = framing.width_px, framing.height_px
    canvas = canvas_for(width_px, height_px, spec=spec, orientation=orientation)
    return Plan(
        source=source,
        spec=spec,
        start_s=start_s,
        held_s=held_s,
        seek_s=_seek_s(source, start_s - held_s, landing_s),
        frames=frames,
        rate=rate,
        canvas=canvas,
        inside_bars=inside_bars,
        blurred_bars=blurred_bars,
        framing=framing,
        heads=heads,
        colour=colour_of(source),
        deinterlace=source.is_interlaced or bool(first_field),
        first_field=first_field,
        changes_s=until_s,
        joint_s=_joint_s(source, segment, until_s),
        audio_index=source.audio_index if audio_index is None else audio_index,
        upscaled=is_upscaled(width_px, height_px, canvas),
    )


def _beginning(
    wanted_s: float, frame_times_s: Sequence[float], *, fps: Fraction
) -> tuple[float, float]:
    """(where the clip begins, for how long its first frame has been shown by then).

    With the frame that comes at or next after the wanted time; where that is long in coming, as with
    slides, at the wanted time, with the frame that is on the screen.
    """
    next_s = min((t for t in frame_times_s if t >= wanted_s - _EDGE_S), default=None)
    shown_s = max((t for t in frame_times_s if t < wanted_s - _EDGE_S), default=None)
    soon_s = min(1 / float(fps), _SOON_S) + _EDGE_S
    if next_s is not None and (shown_s is None or next_s - wanted_s <= soon_s):
        return next_s, 0.0
    if shown_s is None:
        return wanted_s, 0.0
    held_s = wanted_s - shown_s
    return (shown_s, 0.0) if held_s <= soon_s else (wanted_s, held_s)


def _seen(source: Source, inside_bars: Crop | None) -> tuple[int, int]:
    """(width, height) on screen, without the bars."""
    if inside_bars is None:
        return source.width_px, source.height_px
    sar = 1 / source.sar if source.rotation_deg % 180 else source.sar
    return displayed_size(inside_bars.width_px, inside_bars.height_px, sar, 0)


def _upright_px(source: Source) -> tuple[int, int]:
    """(width, height) of the upright picture that is meant to be seen, in stored pixels."""
    if source.aperture is not None:
        return source.aperture.width_px, source.aperture.height_px
    size = (source.coded_width_px, source.coded_height_px)
    return size[::-1] if source.rotation_deg % 180 else size


def _inner(source: Source, inside_bars: Crop | None) -> Box:
    """What is inside the bars, in fractions of the picture."""
    if inside_bars is None:
        return Box(0.0, 0.0, 1.0, 1.0)
    width_px, height_px = _upright_px(source)
    return Box(
        inside_bars.left_px / width_px,
        inside_bars.top_px / height_px,
        inside_bars.width_px / width_px,
        inside_bars.height_px / height_px,
    )


def _stored(framing: Crop, source: Source, inside_bars: Crop | None) -> Crop:
    """A crop in displayed pixels as one in stored pixels: samples may be wider or higher than one."""
    shown_width, shown_height = _seen(source, inside_bars)
    width_px, height_px = _upright_px(source)
    if inside_bars is not None:
        width_px, height_px = inside_bars.width_px, inside_bars.height_px

    def across(px: int) -> int:
        return round(px * width_px / shown_width / 2) * 2

    def down(px: int) -> int:
        return round(px * height_px / shown_height / 2) * 2

    return Crop(
        across(framing.left_px), down(framing.top_px), across(framing.width_px), down(framing.height_px)
    )


def _joint_s(source: Source, segment: Segment, until_s: float | None) -> float | None:
    """When a recording ends in a segment that goes on into the next one; None where it does not."""
    goes_on = source.part is not None and segment.end_s > source.end_s + _EDGE_S
    return source.end_s if goes_on and until_s is None else None


def _seek_s(source: Source, first_s: float, landing_s: float | None) -> float:
    """Where to start reading so that the keyframe of the frame that shows at ``first_s`` is met.

    Containers with an index find it themselves; those that are searched for a time land anywhere near
    it, so they are sent well ahead of the keyframe. Others are read from the beginning.
    """
    if source.is_counted:
        return 0.0
    if source.container.startswith(_INDEXED):
        return max(0.0, first_s - source.begins_s - 0.5 / float(source.fps))
    if source.container.startswith(SEARCHED) and landing_s is not None:
        return max(0.0, landing_s - source.begins_s - _SEARCH_MARGIN_S)
    return 0.0


def _frame_count(
    source: Source,
    segment: Segment,
    start_s: float,
    until_s: float | None,
    *,
    rate: Fraction,
    spec: ClipSpec,
) -> int:
    ends_s = source.video_start_s + source.duration_s
    if until_s is not None:
        ends_s = min(ends_s, until_s - _FILTERS_AHEAD / float(source.fps))
    left_s = ends_s - start_s + _EDGE_S
    wanted = min(Fraction(segment.length_s + 1e-6).limit_denominator(10**7), spec.max_length_s)
    fitting = frames_within(Fraction(max(0.0, left_s)), rate)
    frames, least = frames_within(wanted, rate), frames_for_at_least(spec.min_length_s, rate)
    if wanted > spec.min_length_s - 1 / rate:  # of whole frames at the rate of another recording
        frames = max(frames, least)
    frames = min(frames, fitting)
    if frames >= least:
        return frames
    ends = until_s is None and _joint_s(source, segment, None) is None
    only = f"shows only {lasting(max(0.0, left_s))} from {timecode(start_s)} on"
    if until_s is not None:
        only += ", where its pictures change their size or colour"
    elif not ends:
        only += ", where one of its recordings ends"
    raise TooShort(
        f"{shown_name(source.path)} {only}; {spec.model} wants at least {lasting(spec.min_length_s)}.",
        Remedy("start_s", words=f"choose {'an earlier' if ends else 'another'} start"),
        Remedy("footage", words="use longer footage"),
    )
