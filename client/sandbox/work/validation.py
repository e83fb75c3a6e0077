"""Fetches a task's input as the service would, and validates a clip or an image by its model's rules.

One that breaks a rule fails the task with code 1401 and the reason; one that cannot be fetched, with
1402. The rules are data, see ``models.media``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import httpx
import numpy as np

from screentest.client.sandbox.models.media import SORA_2, ClipRules, ImageRules
from screentest.prep.core.picture import Picture

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


MODERATION, MISSING_PARAMETER, INVALID_PARAMETER = 1200, 1400, 1401
MEDIA_UNREACHABLE, EXECUTION_FAILED, TOO_LONG, INTERNAL = 1402, 1403, 1405, 5000

_SAMPLES = 8
_SAMPLE_WIDTH_PX = 960
_REDIRECTS = 5
_MP4_ONLY = {"format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2", "protocol_whitelist": "file"}


class TaskRefused(Exception):
    """The service refuses a task: one of its codes and a sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class ValidClip:
    """A clip or an image that keeps the rules; of an image, ``frames`` is 1 and ``length_s`` 0.

    ``samples``: upright pictures, spread over the part that counts.
    """

    width_px: int
    height_px: int
    frames: int
    samples: tuple[Picture, ...]
    length_s: float = 0.0


def fetch(
    url: str,
    into: Path,
    *,
    wait_s: float,
    max_bytes: int,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Download a URL to a file. Raises TaskRefused(1402) where that fails or exceeds a limit."""
    timeout = httpx.Timeout(min(10.0, wait_s))
    deadline = clock() + wait_s
    try:
        with (
            httpx.Client(
                timeout=timeout, trust_env=False, follow_redirects=True, max_redirects=_REDIRECTS
            ) as client,
            client.stream("GET", url) as reply,
            into.open("wb") as file,
        ):
            if reply.status_code != 200:
                raise _unreachable(f"the URL answered with HTTP {reply.status_code}")
            for block in reply.iter_bytes():
                file.write(block)
                if file.tell() > max_bytes:
                    raise _unreachable(f"the file is larger than {max_bytes} bytes")
                if clock() > deadline:
                    raise _unreachable(f"the download took longer than {wait_s:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise _unreachable(type(error).__name__) from None


def _unreachable(reason: str) -> TaskRefused:
    return TaskRefused(MEDIA_UNREACHABLE, f"Failed to download media from the provided URL: {reason}.")


def _invalid(reason: str, what: str = "video") -> TaskRefused:
    return TaskRefused(INVALID_PARAMETER, f"Invalid {what}: {reason}.")


def validate(path: Path, rules: ClipRules = SORA_2) -> ValidClip:
    """The clip's facts and samples. Raises TaskRefused(1401) with the rule that it breaks."""
    _check_bytes(path, rules.max_bytes, "video")
    try:
        with av.open(f"file:{path.absolute()}", options=_MP4_ONLY) as container:
            return _validated(container, rules)
    except (av.FFmpegError, ValueError, OSError):
        raise _invalid("it is not an MP4 file that can be read") from None


def _validated(container: InputContainer, rules: ClipRules) -> ValidClip:
    brand = container.metadata.get("major_brand", "")
    if brand.strip() == "qt" and not rules.takes_mov:
        raise _invalid("it is a QuickTime file, not an MP4")
    if not container.streams.video:
        raise _invalid("it has no video stream")
    stream = container.streams.video[0]
    _check_length(stream, rules)
    wanted = _sample_times(stream, rules)
    samples: list[Picture] = []
    frames, first = 0, None
    try:
        for frame in container.decode(stream):
            first = frame if first is None else first
            at_s = float(frame.time or 0) - float(first.time or 0)
            if at_s >= rules.kept_s:
                break
            frames += 1
            if len(samples) < _SAMPLES and at_s >= wanted[len(samples)]:
                samples.append(_upright(frame, stream))
    except (av.FFmpegError, ValueError):
        raise _invalid("it cannot be decoded") from None
    if first is None:
        raise _invalid("it cannot be decoded")
    width_px, height_px = _displayed(first, stream)
    _check_shape(width_px, height_px, rules)
    return ValidClip(width_px, height_px, frames, tuple(samples), _length_s(stream))


def validate_image(path: Path, rules: ImageRules) -> ValidClip:
    """The image's facts and itself as the sample. Raises TaskRefused(1401) with the rule it breaks."""
    _check_bytes(path, rules.max_bytes, "image")
    content = path.read_bytes()
    kind = next((name for name, start in _IMAGE_STARTS.items() if content.startswith(start)), "other")
    if rules.formats and kind not in rules.formats:
        raise _invalid(f"it is not one of: {', '.join(rules.formats)}", "image")
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if picture is None:
        raise _invalid("it cannot be decoded", "image")
    height, width = picture.shape[:2]
    if min(height, width) < rules.min_side_px:
        least = rules.min_side_px
        raise _invalid(f"{width}x{height} is too small: each side needs {least} pixels", "image")
    _check_aspect(width, height, rules.max_aspect, "image")
    return ValidClip(width, height, 1, (np.asarray(picture, np.uint8),))


def length_s(path: Path) -> float:
    """A clip's length as its file says it, 0 where it does not. Raises TaskRefused(1401)."""
    try:
        with av.open(f"file:{path.absolute()}", options=_MP4_ONLY) as container:
            return _length_s(container.streams.video[0]) if container.streams.video else 0.0
    except (av.FFmpegError, ValueError, OSError):
        raise _invalid("it is not an MP4 file that can be read") from None


_IMAGE_STARTS = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}


def _check_bytes(path: Path, most: int, what: str) -> None:
    if path.stat().st_size > most:
        raise _invalid(f"it is larger than {most / 1e6:g} MB", what)


def _length_s(stream: VideoStream) -> float:
    """0 where the file does not say."""
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0


def _check_length(stream: VideoStream, rules: ClipRules) -> None:
    length_s = _length_s(stream)
    if rules.min_s is not None and length_s < rules.min_s - 0.001:
        raise _invalid(f"it is {length_s:.2f} s long, shorter than {rules.min_s:g} s")
    if rules.max_s is not None and length_s > rules.max_s + 0.05:
        raise _invalid(f"it is {length_s:.2f} s long, longer than {rules.max_s:g} s")


def _sample_times(stream: VideoStream, rules: ClipRules) -> list[float]:
    length_s = min(_length_s(stream) or rules.kept_s, rules.kept_s)
    return [length_s * index / _SAMPLES for index in range(_SAMPLES)]


def _check_shape(width_px: int, height_px: int, rules: ClipRules) -> None:
    short, long = sorted((width_px, height_px))
    wanted = rules.min_short_px
    if short < wanted:
        size = f"{width_px}x{height_px}"
        raise _invalid(f"{size} is below {wanted}p: the shorter side needs {wanted} pixels")
    if rules.max_side_px is not None and long > rules.max_side_px:
        raise _invalid(f"{width_px}x{height_px} has a side beyond {rules.max_side_px} pixels")
    _check_aspect(width_px, height_px, rules.max_aspect, "video")
    if rules.exact_aspect is not None and abs(long / short - rules.exact_aspect) > 0.005:
        raise _invalid(f"its aspect is {long / short:.2f}:1 and not {rules.exact_aspect:.3g}:1")


def _check_aspect(width_px: int, height_px: int, most: float, what: str) -> None:
    short, long = sorted((width_px, height_px))
    if long / short > most + 0.005:
        raise _invalid(f"its aspect {long / short:.2f}:1 is beyond {most:.3g}:1", what)


def _turned(frame: VideoFrame) -> bool:
    return frame.rotation % 180 != 0


def _displayed(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as shown: square pixels, upright."""
    sar = float(stream.sample_aspect_ratio or 1)
    width, height = round(frame.width * sar), frame.height
    return (height, width) if _turned(frame) else (width, height)


def _upright(frame: VideoFrame, stream: VideoStream) -> Picture:
    """The frame as shown, at a size that suits the face stack."""
    width, height = _displayed(frame, stream)
    scale = min(1.0, _SAMPLE_WIDTH_PX / max(width, height))
    width, height = max(2, round(width * scale)), max(2, round(height * scale))
    stored = (height, width) if _turned(frame) else (width, height)
    picture = frame.to_ndarray(format="bgr24", width=stored[0], height=stored[1])
    return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90) % 4), np.uint8)
