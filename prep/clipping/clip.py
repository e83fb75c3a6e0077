"""clip: a segment of raw footage becomes a file that the model accepts untouched."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from screentest.prep.clipping.bars import Bars, bars_in
from screentest.prep.clipping.check import look_inside
from screentest.prep.clipping.ffmpeg import encode
from screentest.prep.clipping.framing import no_crop_warning
from screentest.prep.clipping.plan import SEARCHED, Plan, plan
from screentest.prep.clipping.sound import PlainSound, plain_sound, sounding_track
from screentest.prep.clipping.window import WindowForm, look_at
from screentest.prep.core.errors import EncodeFailed, FootageError, OutputNotWritable
from screentest.prep.core.files import atomic_file, scratch_folder_beside, sha256_of
from screentest.prep.core.progress import Progress
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import SORA_2, Audio, ClipSpec, Fit, Orientation
from screentest.prep.core.text import shown, shown_name, timecode
from screentest.prep.core.values import Clip, Segment, Source, Span, require_kind
from screentest.prep.core.wishes import Wishes
from screentest.prep.media.frames import FrameReader, reading

_AROUND_S = 1.0
_HELD_S = (10.0, 100.0, 1000.0)
_BARS_EVERY_S = 0.4


def clip(
    source: Source,
    segment: Segment,
    *,
    out: str | os.PathLike[str],
    spec: ClipSpec = SORA_2,
    orientation: Orientation | None = None,
    audio: Audio = "keep",
    audio_index: int | None = None,
    fit: Fit = "pad",
    progress: Progress | None = None,
) -> Clip:
    """Makes the clip of one segment at ``out``, whole or not at all.

    ``orientation``: of the clip, the footage's own by default. ``audio``: "remove" makes a silent clip.
    ``audio_index``: the stream whose sound to keep; where None is given, the source's default one, or
    where that is silent the first that is not. ``fit``: "pad" shows the whole picture, "crop" head and
    shoulders, "auto" crops where the face gains and nothing is lost. An existing ``out`` is replaced.
    Raises TooShort, OutputNotWritable, DiskFull, EncodeFailed or EncodeTimeout; nothing is left behind
    then.
    """
    require_kind(source, Source, hint="clip takes what probe returns, as in clip(probe(path), ...)")
    require_kind(segment, Segment, hint="clip takes what pick or segment_at returns")
    Wishes(orientation=orientation, fit=fit).require_possible(spec)
    target = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    _require_other_file(source, target)
    planned = planned_clip(
        source, segment, spec=spec, orientation=orientation, audio_index=audio_index, fit=fit
    )
    if audio == "remove":
        planned = replace(planned, audio_index=None)
    planned, about_track = (planned, ()) if audio_index is not None else _audible(planned)
    with atomic_file(target) as part:
        planned, about_sound = _encoded(planned, part, progress)
    return Clip(
        path=str(target),
        sha256=sha256_of(target),
        bytes=target.stat().st_size,
        segment=segment,
        model=spec.model,
        width_px=planned.canvas.width_px,
        height_px=planned.canvas.height_px,
        fps=planned.rate,
        frames=planned.frames,
        has_audio=planned.audio_index is not None,
        upscaled=planned.upscaled,
        warnings=(*_warnings(planned, fit), *about_track, *about_sound),
        face_height_px=planned.face_height_px,
    )


def _audible(planned: Plan) -> tuple[Plan, tuple[str, ...]]:
    """The plan with a track that sounds, and what to say of it."""
    tracks = planned.source.audio_tracks
    found = sounding_track(planned) if len(tracks) > 1 else None
    if found is None:
        return planned, ()
    said = f"The default sound track is silent there: track {tracks.index(found) + 1} was taken."
    return replace(planned, audio_index=found), (said,)


def _encoded(planned: Plan, part: Path, progress: Progress | None) -> tuple[Plan, tuple[str, ...]]:
    """The plan that worked, and what to say of its sound: sound never costs the picture.

    Where the clip fails with its sound, that is mixed here; where it fails with that too, it is left
    out; where it fails even so, the picture is to blame.
    """
    if planned.audio_index is None:
        _made(planned, part, None, progress)
        return planned, ()
    try:
        _made(planned, part, None, progress)
    except EncodeFailed:
        with scratch_folder_beside(part) as scratch:
            mixed = _mixed(planned, scratch / "sound")
            if mixed is not None:
                with suppress(EncodeFailed):
                    _made(planned, part, mixed.path, progress)
                    return planned, (mixed.warning,)
        silent = replace(planned, audio_index=None)
        _made(silent, part, None, progress)
        return silent, ("The sound cannot be decoded there: the clip has none.",)
    return planned, ()


def _mixed(planned: Plan, out: Path) -> PlainSound | None:
    """The sound mixed at ``out``, None where there is none to decode or no room to write it."""
    try:
        return plain_sound(planned, out)
    except OSError:
        return None


def _made(planned: Plan, part: Path, sound: Path | None, progress: Progress | None) -> None:
    encode(planned, part, sound=sound, progress=progress)
    _require_as_planned(planned, part)


def planned_clip(
    source: Source,
    segment: Segment,
    *,
    spec: ClipSpec = SORA_2,
    orientation: Orientation | None = None,
    audio_index: int | None = None,
    fit: Fit = "pad",
) -> Plan:
    """The plan for a segment, after a look at the file around its start and at the picture's edges.

    Where the footage is several recordings, of the one in which the segment begins.
    """
    recording = source.at(segment.start_s)
    with reading(recording) as reader:
        times_s = _frame_times_s(reader, recording, segment.start_s)
        landing_s = None
        if recording.container.startswith(SEARCHED):
            landing_s = reader.landing_s(segment.start_s)
        window = look_at(reader, recording, segment, landing_s=landing_s)
        bars = _bars(reader, window, segment)
    return plan(
        window.source,
        segment,
        frame_times_s=times_s,
        spec=spec,
        orientation=orientation,
        inside_bars=bars.inside if bars is not None else None,
        blurred_bars=bars is not None and bars.blurred,
        landing_s=landing_s,
        until_s=window.until_s,
        first_field=window.first_field,
        audio_index=_sound_of(recording, source, audio_index),
        fit=fit,
    )


def _sound_of(recording: Source, source: Source, audio_index: int | None) -> int | None:
    """The stream of a recording that is the track asked for by a stream of the whole footage."""
    if audio_index is None:
        return None
    track = source.audio_tracks.index(audio_index)
    has_it = track < len(recording.audio_tracks)
    return recording.audio_tracks[track] if has_it else recording.audio_index


def _frame_times_s(reader: FrameReader, source: Source, start_s: float) -> tuple[float, ...]:
    """When the frames around a moment show; so far back that the one on the screen is among them."""
    times_s = reader.frame_times_s(start_s - _AROUND_S, start_s + _AROUND_S)
    for further_s in _HELD_S:
        if start_s - _AROUND_S <= source.video_start_s or any(t_s <= start_s for t_s in times_s):
            break
        times_s = reader.frame_times_s(start_s - further_s, start_s + _AROUND_S)
    return times_s


def _warnings(planned: Plan, fit: Fit) -> tuple[str, ...]:
    """The plan's warnings, and that a crop which was asked for was not to be had."""
    if fit != "crop" or planned.framing is not None:
        return planned.warnings
    width_px, height_px = planned.shown_px
    why = no_crop_warning(
        planned.heads,
        width_px=width_px,
        height_px=height_px,
        spec=planned.spec,
        orientation=planned.canvas.orientation,
    )
    return (*planned.warnings, why)


def _bars(reader: FrameReader, window: WindowForm, segment: Segment) -> Bars | None:
    """The bars that the segment carries itself, its first picture among those that tell.

    Keyframes alone may come after a fade, and show nothing but black.
    """
    source = window.source
    ends_s = segment.end_s if window.until_s is None else min(segment.end_s, window.until_s)
    span = Span(segment.start_s, ends_s)
    first = next((reader.luma(shot) for shot in reader.span(span.start_s, span.end_s)), None)
    if first is None:
        return None
    seen = (reader.luma(shot) for shot in reader.sparse(_BARS_EVERY_S, within=span))
    return bars_in(chain([first], seen), full_range=source.full_range)


def _require_other_file(source: Source, target: Path) -> None:
    if target.is_dir():
        raise OutputNotWritable(f"{shown(target)} is a folder.", Remedy("out", words="name a file"))
    if target.exists() and target.samefile(source.path):
        raise OutputNotWritable(
            f"The clip would replace its own footage, {shown(target)}.",
            Remedy("out"),
        )


def _require_as_planned(planned: Plan, made: Path) -> None:
    """The result is counted, not believed: a decoder that stopped early makes a short clip.

    PyAV, which looked at the footage, and the ffmpeg that read it are different builds: here shows
    what only one of them decodes.
    """
    try:
        frames = look_inside(made).frames
    except FootageError:
        frames = 0
    if frames == planned.frames:
        return
    if frames > planned.frames:
        raise EncodeFailed(
            f"{shown_name(planned.source.path)} changes its form within the window from "
            f"{timecode(planned.start_s)} on: ffmpeg made {frames} pictures instead "
            f"of {planned.frames}.",
            Remedy("start_s", words="choose another start"),
        )
    raise EncodeFailed(
        f"ffmpeg could make only {frames} of {planned.frames} pictures of "
        f"{shown_name(planned.source.path)} from {timecode(planned.start_s)} on.",
        "The footage may be damaged there, or this ffmpeg may not know its codec.",
        Remedy("start_s", words="choose another start"),
        Remedy("footage", words="export it again as H.264"),
    )
