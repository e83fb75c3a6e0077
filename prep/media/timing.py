"""When a file's pictures show, found by looking at packets and not by believing the header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from screentest.prep.core.errors import Unreadable
from screentest.prep.core.text import shown
from screentest.prep.media.deadline import Deadline
from screentest.prep.media.opening import packets, rewind

_SLOWEST_RATE = Fraction(1, 1000)
_RATE_PACKETS = 240
_REORDERED_PACKETS = 32
_DECLARED_MARGIN = 0.03
_TAIL_S = 1.0

# Nominal rates cameras and editors write; a measured rate within 0.5 % of one is that one.
_NOMINAL_RATES = (
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)),
    *(Fraction(n) for n in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 240)),
)


@dataclass(frozen=True, slots=True)
class Timing:
    start_s: float
    first_s: float
    end_s: float
    fps: Fraction
    is_vfr: bool
    is_counted: bool
    late_s: float


def shown_packets(
    container: InputContainer, stream: VideoStream, deadline: Deadline
) -> Iterator[Packet[VideoStream]]:
    """Packets that a player shows: with a time, and inside the edit list."""
    for packet in packets(container, stream, deadline):
        if packet.pts is not None and not packet.is_discard:
            yield packet


def timing_of(container: InputContainer, stream: VideoStream, path: Path, deadline: Deadline) -> Timing:
    base = stream.time_base or Fraction(1, av.time_base)
    rewind(container)
    times: list[int] = []
    first_dts = 0
    for packet in shown_packets(container, stream, deadline):
        if not times:
            first_dts = packet.pts or 0 if packet.dts is None else packet.dts
        times.append(packet.pts or 0)
        if len(times) >= _RATE_PACKETS:
            break
    if not times:
        raise Unreadable(f"{shown(path.name)} gives no times for its pictures.", "Export it again.")
    times.sort()
    if len(times) == _RATE_PACKETS:
        del times[-_REORDERED_PACKETS:]  # packets come in decode order: the last ones have holes
    fps, is_vfr = _rate(times, base, stream)
    start_s = (container.start_time or 0) / av.time_base
    late_s = float((times[0] - first_dts) * base) if _is_counted(container, stream) else 0.0
    first_s = float(times[0] * base) - start_s - late_s
    last_s = _last_shown_s(container, stream, float(times[-1] * base), deadline) - start_s - late_s
    return Timing(
        start_s=start_s,
        first_s=first_s,
        end_s=last_s + float(1 / fps),
        fps=fps,
        is_vfr=is_vfr,
        is_counted=_is_counted(container, stream),
        late_s=late_s,
    )


def _is_counted(container: InputContainer, stream: VideoStream) -> bool:
    """AVI writes no times. FFmpeg makes them up from the place in the file, which is wrong by the
    delay of reordering where frames are reordered."""
    return container.format.name == "avi" and bool(stream.codec_context.has_b_frames)


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
    # Damaged clocks put hours between two pictures.
    return max(_SLOWEST_RATE, Fraction(measured).limit_denominator(1000))


def _last_shown_s(
    container: InputContainer, stream: VideoStream, read_s: float, deadline: Deadline
) -> float:
    """When the last picture shows, on the file's own clock, by looking and not by believing.

    Reads from one second before the claimed end; where nothing is there, reads it all.
    """
    base = stream.time_base or Fraction(1, av.time_base)
    claimed = _claimed_end_s(container, stream)
    if claimed is not None:
        container.seek(int((claimed - _TAIL_S) * av.time_base), backward=True)
        tail = _latest(container, stream, deadline)
        if tail is not None and float(tail * base) >= max(read_s, claimed - 2 * _TAIL_S):
            return float(tail * base)
    rewind(container)
    latest = _latest(container, stream, deadline)
    return read_s if latest is None else max(read_s, float(latest * base))


def _claimed_end_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float((stream.duration + (stream.start_time or 0)) * stream.time_base)
    if container.duration:
        return (container.duration + (container.start_time or 0)) / av.time_base
    return None


def _latest(container: InputContainer, stream: VideoStream, deadline: Deadline) -> int | None:
    latest: int | None = None
    try:
        for packet in shown_packets(container, stream, deadline):
            if packet.pts is not None and (latest is None or packet.pts > latest):
                latest = packet.pts
    except av.error.FFmpegError:
        return latest  # a truncated file ends here
    return latest
