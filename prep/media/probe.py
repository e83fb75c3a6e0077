"""probe: a raw file becomes a ``Source``.

Reads the header, the first pictures and the last second, and looks whether the file is one recording
(``prep.media.containers.joints``); never the whole file, unless the header's duration is missing or
wrong.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from screentest.prep.core.errors import NotAVideo, Unreadable
from screentest.prep.core.process import pool_of
from screentest.prep.core.text import shown
from screentest.prep.core.values import ALPHA_BESIDE, Source
from screentest.prep.media.containers.joints import joints
from screentest.prep.media.containers.matroska import pixel_crop
from screentest.prep.media.containers.mp4 import TrackNotes, track_notes
from screentest.prep.media.deadline import Clock, Deadline, limit_s
from screentest.prep.media.form import display_matrix, form_of
from screentest.prep.media.opening import MAX_SIDE_PX, WITHOUT_INDEX, opened, packets, regular_file
from screentest.prep.media.orientation import orientation, seen_size, turned, upright_aperture
from screentest.prep.media.timing import timing_of

_WHOLE_HASH_BYTES = 64 << 20
_SAMPLE_BYTES = 1 << 20
_SAMPLES = 32
_FIRST_FRAME_PACKETS = 600

_BARE = {"h264": "H.264", "hevc": "HEVC"}
_UNSPECIFIED = 2
_FIELD_SAMPLES = 10
_LARGE_LINES = 1100
_NO_BASE_LAYER = 0
_CAPTURE_RATE = "com.android.capture.fps"
_SLOWED_FROM, _SLOWED_MOST = 1.5, 100.0
_DOLBY_NOTES = ("DOVI_METADATA", "DOVI_RPU_BUFFER")


def probe(
    path: str | os.PathLike[str], *, rotate_deg: int = 0, clock: Clock = time.monotonic
) -> Source:
    """What a raw file is: shape, time and colour of its main video stream.

    ``rotate_deg``: quarter turns clockwise on top of what the file says, where that is wrong. Raises
    NotFound, NotAFile, NotAVideo (no picture in a codec known here) or Unreadable (no frame can be
    decoded, or not within ``prep.media.deadline.limit_s`` by ``clock``).
    """
    absolute = regular_file(path)
    deadline = Deadline(absolute, limit_s(absolute), clock=clock)
    # Hashing runs outside Python's lock, and so does decoding.
    with pool_of(1, name="fingerprint") as pool:
        digest = pool.submit(fingerprint, absolute)
        with opened(absolute, deadline) as container:
            _require_times(container, absolute)
            stream = video_stream(container, absolute)
            edges = joints(absolute, container.format.name, stream.id, deadline)
            if not edges:
                return turned(_described(container, absolute, deadline, digest), rotate_deg)
        return turned(_in_a_row(absolute, edges, deadline, digest), rotate_deg)


def _in_a_row(path: Path, edges: tuple[int, ...], deadline: Deadline, digest: Future[str]) -> Source:
    """The source of a file of recordings that lie end to end; those without a picture are left out."""
    recordings: list[Source] = []
    for part in pairwise((0, *edges, path.stat().st_size)):
        with suppress(NotAVideo, Unreadable), opened(path, deadline, part=part) as container:
            found = _described(container, path, deadline, digest, part=part)
            before = recordings[-1].end_s if recordings else found.video_start_s
            recordings.append(_later(found, before - found.video_start_s))
    deadline.check()
    if not recordings:
        with opened(path, deadline) as container:
            return _described(container, path, deadline, digest)
    return row_of(recordings) if len(recordings) > 1 else recordings[0]


def _later(recording: Source, by_s: float) -> Source:
    """A recording whose times are later than its file's."""
    return replace(
        recording,
        start_s=recording.start_s - by_s,
        video_start_s=recording.video_start_s + by_s,
        keyframes_s=tuple(t_s + by_s for t_s in recording.keyframes_s),
        begins_s=by_s,
    )


def row_of(recordings: Sequence[Source]) -> Source:
    """The source whose recordings lie in that order in its file. Pure."""
    first, last = recordings[0], recordings[-1]
    return replace(
        first,
        bytes=sum(recording.bytes for recording in recordings),
        duration_s=last.end_s - first.video_start_s,
        keyframes_s=tuple(t_s for recording in recordings for t_s in recording.keyframes_s),
        part=None,
        joined=tuple(recordings),
    )


def _described(
    container: InputContainer,
    path: Path,
    deadline: Deadline,
    digest: Future[str],
    *,
    part: tuple[int, int] | None = None,
) -> Source:
    """The source of an open container; streams must not be touched once it is closed."""
    stream = video_stream(container, path)
    _require_bearable(stream, path)
    first, is_interlaced = _first_frames(container, stream, path, deadline)
    notes = track_notes(path, stream.index, part)
    _require_base_layer(first, notes, path)
    timing = timing_of(container, stream, path, deadline)
    rotation_deg, mirrored = turn = orientation(display_matrix(first))
    sar = _sample_aspect(stream)
    aperture = upright_aperture(
        notes.aperture or pixel_crop(path, stream.index, part),
        first.width,
        first.height,
        turn_deg=rotation_deg,
        mirrored=mirrored,
    )
    width_px, height_px = seen_size(first.width, first.height, aperture, sar, rotation_deg)
    form = form_of(first, sar, turn)
    return Source(
        path=str(path),
        fingerprint=digest.result(),
        bytes=path.stat().st_size if part is None else part[1] - part[0],
        container=container.format.name,
        codec=stream.codec_context.name,
        pixel_format=first.format.name,
        start_s=timing.start_s,
        video_start_s=timing.first_s,
        duration_s=timing.end_s - timing.first_s,
        width_px=width_px,
        height_px=height_px,
        coded_width_px=first.width,
        coded_height_px=first.height,
        rotation_deg=rotation_deg,
        mirrored=mirrored,
        sar=sar,
        fps=timing.fps,
        is_vfr=timing.is_vfr,
        is_hdr=form.is_hdr,
        is_interlaced=is_interlaced,
        transfer=form.transfer,
        matrix=form.matrix,
        primaries=form.primaries,
        full_range=form.full_range,
        video_index=stream.index,
        audio_index=_audio_index(container),
        audio_tracks=tuple(s.index for s in _sounds(container)),
        keyframes_s=_indexed_keyframes(container, stream, timing.start_s),
        aperture=aperture,
        has_alpha=_has_alpha(stream, first),
        is_counted=timing.is_counted,
        late_s=timing.late_s,
        slowed=_slowed(container, timing.fps),
        part=part,
    )


def fingerprint(path: Path) -> str:
    """A hex digest that names the content: sha256 of size and bytes.

    Of every byte up to 64 MiB; past that of 32 evenly spread MiB, first and last among them, so that
    hours of footage are named in a moment.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(size.to_bytes(8, "big"))
    with path.open("rb") as file:
        if size <= _WHOLE_HASH_BYTES:
            while chunk := file.read(_SAMPLE_BYTES):
                digest.update(chunk)
            return digest.hexdigest()
        for sample in range(_SAMPLES):
            file.seek((size - _SAMPLE_BYTES) * sample // (_SAMPLES - 1))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The stream a player shows: no cover picture, a known codec, the default one, then the largest."""
    pictures = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
        and not stream.disposition & Disposition.timed_thumbnails
    ]
    known = [s for s in pictures if _is_decodable(s) and s.codec_context.width > 0]
    if not known:
        what = "in a codec this installation cannot decode" if pictures else "at all"
        raise NotAVideo(
            f"{shown(path.name)} holds no moving picture {what}.",
            "Export it as H.264 in an MP4 file and try again.",
        )
    best = container.streams.best("video")

    def rank(stream: VideoStream) -> tuple[bool, bool, bool, int, int]:
        area = stream.codec_context.width * stream.codec_context.height
        is_default = bool(stream.disposition & Disposition.default)
        is_film = stream.frames != 1  # MP4 has no mark for a cover picture: one frame is one
        return (is_film, is_default, stream is best, area, -stream.index)

    return max(known, key=rank)


def _is_decodable(stream: VideoStream | AudioStream) -> bool:
    """PyAV gives a stream of an unknown codec no context, whatever its stubs say."""
    context: object = stream.codec_context
    return context is not None


def _audio_index(container: InputContainer) -> int | None:
    """The sound a player plays: the default track of those that can be decoded."""
    tracks = _sounds(container)
    tracks.sort(key=lambda s: (not s.disposition & Disposition.default, s.index))
    return tracks[0].index if tracks else None


def _sounds(container: InputContainer) -> list[AudioStream]:
    return [s for s in container.streams.audio if _is_decodable(s) and s.rate]


def first_frame(
    container: InputContainer, stream: VideoStream, path: Path, deadline: Deadline
) -> VideoFrame:
    """The first picture that decodes; proof that the codec works here."""
    for count, packet in enumerate(packets(container, stream, deadline)):
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError):
            frames = []
        for frame in frames:
            if isinstance(frame, VideoFrame):
                return frame
        if count > _FIRST_FRAME_PACKETS:
            break
    raise Unreadable(
        f"No picture of {shown(path.name)} can be decoded.",
        "The file is damaged or its recording was cut off; export it again.",
    )


def _first_frames(
    container: InputContainer, stream: VideoStream, path: Path, deadline: Deadline
) -> tuple[VideoFrame, bool]:
    """(the first picture, whether most of the first ones are made of two fields).

    Most, not any: film carried in interlaced video (telecine) mixes both and is left as it is.
    """
    first = first_frame(container, stream, path, deadline)
    if first.height > _LARGE_LINES:
        return first, bool(first.interlaced_frame)
    fields = [bool(first.interlaced_frame)]
    for packet in packets(container, stream, deadline):
        try:
            fields += [bool(frame.interlaced_frame) for frame in packet.decode()]
        except (av.error.FFmpegError, ValueError):
            break
        if len(fields) >= _FIELD_SAMPLES:
            break
    return first, 2 * sum(fields) > len(fields)


def _require_times(container: InputContainer, path: Path) -> None:
    """Refuses bare streams, as a Raspberry Pi writes them: nothing tells when a picture shows, and
    nothing can be searched for."""
    name = _BARE.get(container.format.name)
    if name is not None:
        raise NotAVideo(
            f"{shown(path.name)} is a bare {name} stream: it does not say when its pictures show.",
            "Put it into an MP4 file with the frame rate of its recording; encoding it again is not "
            "needed.",
        )


def _require_bearable(stream: VideoStream, path: Path) -> None:
    """Refuses pictures whose size alone would fill the memory, before one is decoded."""
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > MAX_SIDE_PX:
        raise NotAVideo(
            f"{shown(path.name)} claims pictures of {width}x{height}; "
            f"{MAX_SIDE_PX} pixels a side is the most that is read.",
            "Export it smaller: a clip never has more than 1080 lines.",
        )


def _require_base_layer(frame: VideoFrame, notes: TrackNotes, path: Path) -> None:
    """Refuses Dolby Vision that shows wrong colours without its own decoder: profile 5.

    MP4 says so; elsewhere it is told by notes in a stream that leaves its colours unnamed.
    """
    noted = any(isinstance(e, SideData) and e.type.name in _DOLBY_NOTES for e in frame.side_data)
    unnamed = int(frame.color_trc or _UNSPECIFIED) == _UNSPECIFIED and noted
    if notes.dolby_profile == 5 or notes.dolby_base == _NO_BASE_LAYER or unnamed:
        raise NotAVideo(
            f"{shown(path.name)} is Dolby Vision without a base layer that others can show "
            "(profile 5).",
            "Export it as HDR10, HLG or SDR; phones can record without Dolby Vision.",
        )


def _has_alpha(stream: VideoStream, frame: VideoFrame) -> bool:
    """Whether it can be seen through. VP8 and VP9 keep that in a second picture beside the first,
    which FFmpeg's own decoders pass over (WebM Container Guidelines, AlphaMode)."""
    tags = {name.lower(): value for name, value in stream.metadata.items()}
    beside = stream.codec_context.name in ALPHA_BESIDE and tags.get("alpha_mode") == "1"
    return beside or any(component.is_alpha for component in frame.format.components)


def _slowed(container: InputContainer, fps: Fraction) -> float:
    """How many times slower than life a slow-motion recording plays (MediaRecorder.setCaptureRate of
    Android). iPhones store such recordings as fast as they were, and so as life."""
    try:
        recorded = float(container.metadata.get(_CAPTURE_RATE, "0"))
    except ValueError:
        return 1.0
    times = recorded / float(fps)
    return times if _SLOWED_FROM <= times <= _SLOWED_MOST else 1.0


def _sample_aspect(stream: VideoStream) -> Fraction:
    """The sample aspect ratio, 1 where the file gives none or nonsense."""
    for sar in (stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio):
        if sar is not None and Fraction(1, 10) <= Fraction(sar) <= 10:
            return Fraction(sar)
    return Fraction(1)


def _indexed_keyframes(
    container: InputContainer, stream: VideoStream, start_s: float
) -> tuple[float, ...]:
    """() also where there is no index: FFmpeg then tells of what it read at both ends of the file."""
    base = stream.time_base
    if base is None or container.format.name.startswith(WITHOUT_INDEX):
        return ()
    entries = stream.index_entries
    return tuple(float(e.timestamp * base) - start_s for e in entries if e.is_keyframe)
