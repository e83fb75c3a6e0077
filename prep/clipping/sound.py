"""Sound that ffmpeg cannot bring down to stereo by itself, decoded here and mixed plainly.

Ambisonics, many channels without names, or another number of channels from some moment on: what a
``Plan`` asks of ffmpeg then fails, and takes the picture with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from numpy.typing import NDArray

from screentest.prep.clipping.plan import SAMPLE_RATE_HZ, Plan
from screentest.prep.media.deadline import Deadline, limit_s
from screentest.prep.media.opening import opened

Sound = NDArray[np.float32]

_AHEAD_S = 2.0
# Of full scale, -60 dB: what a microphone that is on never stays below.
_SILENCE = 1e-3
_HALF_POWER = 2**-0.5
# What each ear gets of a channel (ITU-R BS.775, 2 channels from more; the low effects are left out).
_EARS = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (_HALF_POWER, _HALF_POWER),
    "LFE": (0.0, 0.0),
    "BL": (_HALF_POWER, 0.0),
    "BR": (0.0, _HALF_POWER),
    "SL": (_HALF_POWER, 0.0),
    "SR": (0.0, _HALF_POWER),
    "BC": (0.5, 0.5),
}


@dataclass(frozen=True, slots=True)
class PlainSound:
    """``path``: stereo, float32, interleaved, ``SAMPLE_RATE_HZ``, from the clip's start on, cut to it.

    ``kinds``: the layouts it was mixed from, in order of time.
    """

    path: Path
    kinds: tuple[str, ...]

    @property
    def warning(self) -> str:
        if len(self.kinds) > 1:
            return f"The sound changes from {' to '.join(self.kinds)}: it was mixed down to stereo."
        return f"The sound is {self.kinds[0]}: it was mixed down to plain stereo."


def plain_sound(plan: Plan, out: Path) -> PlainSound | None:
    """The planned sound written to ``out``; None where none of it can be decoded."""
    mixed = np.zeros((plan.samples, 2), np.float32)
    kinds: list[str] = []
    source = Path(plan.source.path)
    deadline = Deadline(source, limit_s(source, lasts_s=plan.source.duration_s))
    with opened(source, deadline, part=plan.source.part) as container:
        for start_s, frame in _frames(container, plan, deadline):
            piece = _at_rate(stereo(frame), frame.rate)
            first = round(start_s * SAMPLE_RATE_HZ)
            piece, first = piece[max(0, -first) :], max(0, first)
            room = mixed[first : first + len(piece)]
            if not len(room):
                continue
            room[:] = piece[: len(room)]
            if frame.layout.name not in kinds:
                kinds.append(frame.layout.name)
    if not kinds:
        return None
    np.clip(mixed, -1, 1).astype("<f4").tofile(out)
    return PlainSound(out, tuple(kinds))


def sounding_track(plan: Plan) -> int | None:
    """The stream to take in place of the planned one, None to leave it.

    Recorders and editors keep a track that nobody speaks into, and mark it as the one to play. So where
    the planned one is silent throughout the clip, it is the first that is not.
    """
    if plan.audio_index is None or _sounds(plan, plan.audio_index):
        return None
    others = (index for index in plan.source.audio_tracks if index != plan.audio_index)
    return next((index for index in others if _sounds(plan, index)), None)


def _sounds(plan: Plan, audio_index: int) -> bool:
    """Whether anything is to be heard of a stream in the clip."""
    source = Path(plan.source.path)
    deadline = Deadline(source, limit_s(source, lasts_s=plan.source.duration_s))
    with opened(source, deadline, part=plan.source.part) as container:
        frames = _frames(container, replace(plan, audio_index=audio_index), deadline)
        heard = (_levels(frame) for start_s, frame in frames if start_s >= 0)
        return any(level.size and np.abs(level).max() > _SILENCE for level in heard)


def stereo(frame: AudioFrame) -> Sound:
    """A frame of any layout as (samples, 2), float32, at its own rate.

    Known speakers by ``_EARS``; of ambisonics the first channel, which hears all around, in both ears;
    channels without a name in the middle, as loud together as one of them where they have nothing in
    common.
    """
    names = [channel.name for channel in frame.layout.channels]
    channels = _levels(frame).reshape(-1, frame.samples, order="C")
    if not frame.format.is_planar:
        channels = _levels(frame).reshape(frame.samples, -1).T
    if len(channels) == 1:
        ears = np.ones((1, 2))
    elif names and names[0].startswith("AMBI"):
        ears = np.zeros((len(channels), 2))
        ears[0] = 1.0
    elif all(name in _EARS for name in names):
        ears = np.array([_EARS[name] for name in names])
    else:
        ears = np.full((len(channels), 2), len(channels) ** -0.5)
    return np.asarray(channels.T @ ears, np.float32)


def _levels(frame: AudioFrame) -> NDArray[np.float64]:
    """Samples from -1 to 1, whatever they are stored as."""
    stored = frame.to_ndarray()
    levels = np.asarray(stored, np.float64)
    if stored.dtype.kind == "f":
        return np.nan_to_num(levels)
    half = 2.0 ** (8 * stored.dtype.itemsize - 1)
    return levels / half - (1 if stored.dtype.kind == "u" else 0)


def _at_rate(piece: Sound, rate_hz: int) -> Sound:
    if rate_hz == SAMPLE_RATE_HZ:
        return piece
    count = round(len(piece) * SAMPLE_RATE_HZ / rate_hz)
    at = np.arange(count) * (rate_hz / SAMPLE_RATE_HZ)
    return np.stack([np.interp(at, np.arange(len(piece)), ear) for ear in piece.T], axis=1).astype(
        np.float32
    )


def _frames(
    container: InputContainer, plan: Plan, deadline: Deadline
) -> Iterator[tuple[float, AudioFrame]]:
    """(seconds from the clip's start, frame) of the planned stream, through the clip's end."""
    stream = next(s for s in container.streams.audio if s.index == plan.audio_index)
    origin_s = plan.start_s + plan.source.start_s
    container.seek(int((origin_s - _AHEAD_S) * av.time_base), backward=True)
    for packet in container.demux(stream):
        deadline.check()
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError):
            continue  # one damaged packet; its neighbours still decode
        for frame in frames:
            if frame.pts is None or frame.time_base is None:
                continue
            start_s = float(frame.pts * frame.time_base) - origin_s
            if start_s > plan.length_s:
                return
            yield start_s, frame
