"""probe: a raw file becomes a ``Source``.

Reads the header, the first pictures and the last second; never the whole file, unless the header's
duration is missing or wrong.
"""

from __future__ import annotations

import hashlib
import math
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from prep.errors import NotAVideo, Unreadable
from prep.media import opened, regular_file
from prep.text import shown
from prep.values import Source

_WHOLE_HASH_BYTES = 64 << 20
_SAMPLE_BYTES = 1 << 20
_SAMPLES = 32
_RATE_PACKETS = 240
_REORDERED_PACKETS = 32
_DECLARED_MARGIN = 0.03
_TAIL_S = 1.0
_FIRST_FRAME_PACKETS = 600

# Nominal rates cameras and editors write; a measured rate within 0.5 % of one is that one.
_NOMINAL_RATES = (
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)),
    *(Fraction(n) for n in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 240)),
)

# ffmpeg's names of the colour codes of ISO/IEC 23091-2 (H.273) that footage carries.
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 12: "smpte432"}
_HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
_FULL_RANGE = 2


def probe(path: str | os.PathLike[str]) -> Source:
    """What a raw file is: shape, time and colour of its main video stream.

    Raises NotFound, NotAFile, NotAVideo (no picture in a codec known here) or Unreadable (no frame
    can be decoded).
    """
    absolute = regular_file(path)
    with opened(absolute) as container:
        return _described(container, absolute)


def _described(container: InputContainer, path: Path) -> Source:
    """The source of an open container; streams must not be touched once it is closed."""
    stream = video_stream(container, path)
    first = first_frame(container, stream, path)
    timing = _timing(container, stream, path)
    rotation_deg, mirrored = orientation(display_matrix(first))
    sar = _sample_aspect(stream)
    width_px, height_px = displayed_size(first.width, first.height, sar, rotation_deg)
    transfer = _TRANSFERS.get(int(first.color_trc or 0), "")
    return Source(
        path=str(path),
        fingerprint=fingerprint(path),
        bytes=path.stat().st_size,
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
        is_hdr=transfer in _HDR_TRANSFERS,
        is_interlaced=bool(first.interlaced_frame),
        transfer=transfer,
        matrix=_MATRICES.get(int(first.colorspace), ""),
        primaries=_PRIMARIES.get(int(first.color_primaries or 0), ""),
        full_range=int(first.color_range) == _FULL_RANGE or first.format.name.startswith("yuvj"),
        video_index=stream.index,
        audio_index=_audio_index(container),
        keyframes_s=_indexed_keyframes(stream, timing.start_s),
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

    def rank(stream: VideoStream) -> tuple[bool, bool, int, int]:
        area = stream.codec_context.width * stream.codec_context.height
        is_default = bool(stream.disposition & Disposition.default)
        return (is_default, stream is best, area, -stream.index)

    return max(known, key=rank)


def _is_decodable(stream: VideoStream | AudioStream) -> bool:
    """PyAV gives a stream of an unknown codec no context, whatever its stubs say."""
    context: object = stream.codec_context
    return context is not None


def _audio_index(container: InputContainer) -> int | None:
    """The sound a player plays: the default track of those that can be decoded."""
    tracks = [s for s in container.streams.audio if _is_decodable(s) and s.rate]
    tracks.sort(key=lambda s: (not s.disposition & Disposition.default, s.index))
    return tracks[0].index if tracks else None


def first_frame(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """The first picture that decodes; proof that the codec works here."""
    for count, packet in enumerate(container.demux(stream)):
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
        "The file is damaged or its recording was cut off; export it anew.",
    )


def display_matrix(frame: VideoFrame) -> bytes | None:
    for entry in frame.side_data:
        if isinstance(entry, SideData) and entry.type.name == "DISPLAYMATRIX":
            return bytes(entry)
    return None


def orientation(matrix: bytes | None) -> tuple[int, bool]:
    """(clockwise degrees to turn, whether to flip left-right first) of a display matrix.

    The matrix is nine int32, of which a b c d map a stored (x, y) to (ax + cy, bx + dy) on screen
    (ISO/IEC 14496-12, tkhd). Angles are rounded to quarter turns: nothing else is a camera's.
    """
    if matrix is None:
        return 0, False
    a, b, _, c, d = struct.unpack("<5i", matrix[:20])
    mirrored = a * d - b * c < 0
    sign = -1 if mirrored else 1
    turns = round(math.degrees(math.atan2(sign * b, sign * a)) / 90)
    return turns % 4 * 90, mirrored


def _sample_aspect(stream: VideoStream) -> Fraction:
    """The sample aspect ratio, 1 where the file gives none or nonsense."""
    for sar in (stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio):
        if sar is not None and Fraction(1, 10) <= Fraction(sar) <= 10:
            return Fraction(sar)
    return Fraction(1)


def displayed_size(width_px: int, height_px: int, sar: Fraction, turn_deg: int) -> tuple[int, int]:
    """(width, height) on screen: square pixels made by enlarging, never by shrinking; upright."""
    wide = round(width_px * max(sar, Fraction(1)))
    high = round(height_px / min(sar, Fraction(1)))
    return (high, wide) if turn_deg % 180 else (wide, high)


@dataclass(frozen=True, slots=True)
class _Timing:
    start_s: float
    first_s: float
    end_s: float
    fps: Fraction
    is_vfr: bool


def shown_packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Packets that a player shows: with a time, and inside the edit list."""
    for packet in container.demux(stream):
        if packet.pts is not None and not packet.is_discard:
            yield packet


def _timing(container: InputContainer, stream: VideoStream, path: Path) -> _Timing:
    base = stream.time_base or Fraction(1, av.time_base)
    container.seek(container.start_time or 0, backward=True)
    times: list[int] = []
    for packet in shown_packets(container, stream):
        times.append(packet.pts or 0)
        if len(times) >= _RATE_PACKETS:
            break
    if not times:
        raise Unreadable(f"{shown(path.name)} gives no times for its pictures.", "Export it anew.")
    times.sort()
    if len(times) == _RATE_PACKETS:
        del times[-_REORDERED_PACKETS:]  # packets come in decode order: the last ones have holes
    fps, is_vfr = _rate(times, base, stream)
    start_s = (container.start_time or 0) / av.time_base
    first_s = float(times[0] * base) - start_s
    last_s = _last_shown_s(container, stream, float(times[-1] * base))
    return _Timing(start_s, first_s, last_s - start_s + float(1 / fps), fps, is_vfr)


def _rate(times: list[int], base: Fraction, stream: VideoStream) -> tuple[Fraction, bool]:
    """(nominal frames per second, whether the intervals vary by more than the clock's rounding)."""
    gaps = [b - a for a, b in pairwise(times) if b > a]
    if not gaps:
        declared = stream.average_rate or stream.guessed_rate or Fraction(25)
        return min(Fraction(declared), Fraction(240)), False
    middle = float(median(gaps) * base)
    # Clocks of 1/1000 s round single gaps; their mean is exact where the rate is constant.
    mean = float((times[-1] - times[0]) * base) / len(gaps)
    steady = abs(mean - middle) <= max(0.02 * middle, 0.75 * float(base))
    is_vfr = not steady or any(abs(float(g * base) - middle) > 0.25 * middle + 1e-3 for g in gaps)
    measured = 1 / (mean if steady else middle)
    # A clock of 1/1000 s cannot write 33.37 ms: the margin grows with its tick.
    margin = max(0.005, 0.6 * float(base) / middle)
    return _nominal(measured, margin, declared=stream.average_rate), is_vfr


def _nominal(measured: float, margin: float, *, declared: Fraction | None) -> Fraction:
    """The nominal rate meant by a measured one: the closest, then the declared, then itself."""

    def off(rate: Fraction) -> float:
        return abs(float(rate) / measured - 1)

    nearest = min(_NOMINAL_RATES, key=off)
    if off(nearest) <= margin:
        return nearest
    if declared in _NOMINAL_RATES and off(declared) <= _DECLARED_MARGIN:
        return declared
    return Fraction(measured).limit_denominator(1000)


def _last_shown_s(container: InputContainer, stream: VideoStream, read_s: float) -> float:
    """When the last picture shows, on the file's own clock, by looking and not by believing.

    Reads from one second before the claimed end; where nothing is there, reads it all.
    """
    base = stream.time_base or Fraction(1, av.time_base)
    claimed = _claimed_end_s(container, stream)
    if claimed is not None:
        container.seek(int((claimed - _TAIL_S) * av.time_base), backward=True)
        tail = _latest(container, stream)
        if tail is not None and float(tail * base) >= max(read_s, claimed - 2 * _TAIL_S):
            return float(tail * base)
    container.seek(container.start_time or 0, backward=True)
    latest = _latest(container, stream)
    return read_s if latest is None else max(read_s, float(latest * base))


def _claimed_end_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float((stream.duration + (stream.start_time or 0)) * stream.time_base)
    if container.duration:
        return (container.duration + (container.start_time or 0)) / av.time_base
    return None


def _latest(container: InputContainer, stream: VideoStream) -> int | None:
    latest: int | None = None
    try:
        for packet in shown_packets(container, stream):
            if packet.pts is not None and (latest is None or packet.pts > latest):
                latest = packet.pts
    except av.error.FFmpegError:
        return latest  # a truncated file ends here
    return latest


def _indexed_keyframes(stream: VideoStream, start_s: float) -> tuple[float, ...]:
    base = stream.time_base
    if base is None:
        return ()
    entries = stream.index_entries
    return tuple(float(e.timestamp * base) - start_s for e in entries if e.is_keyframe)
