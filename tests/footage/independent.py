"""What a source shows at a moment, worked out without any of the code that makes clips.

Every frame is decoded from the file's first on (no seek, no filter graph), turned into RGB by the
formulas of ITU-R BT.601, BT.709, BT.2020 and BT.2100 in numpy, turned upright, brought to square
pixels and laid on a black canvas with OpenCV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]

# Kr and Kb of the matrices, by their number in ISO/IEC 23091-2.
_LUMA_SHARES = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
_BT709, _BT601, _BT2020 = 1, 6, 9
_PQ, _HLG = 16, 18
_HD_LINES = 720
_BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)


@dataclass(frozen=True, slots=True)
class Moment:
    """``t_s``: when a player shows it. ``rgb``: upright, square pixels, in [0, 1]."""

    t_s: float
    rgb: Rgb


def moments(path: Path, *, stream: int, from_s: float, to_s: float) -> list[Moment]:
    """Every picture shown between two times, and the one before them."""
    with av.open(str(path)) as container:
        video = next(s for s in container.streams.video if s.index == stream)
        sar = float(video.sample_aspect_ratio or video.codec_context.sample_aspect_ratio or 1)
        start_s = (container.start_time or 0) / av.time_base
        # AVI stores no times: a picture's number tells when it shows.
        in_order = container.format.name == "avi"
        found: list[tuple[float, Any]] = []
        times: list[float] = []
        for frame in _decoded(container, video):
            t_s = float(frame.pts * video.time_base) - start_s
            times.append(t_s)
            if t_s < from_s and not in_order:
                found = [(t_s, frame)]
                continue
            found.append((t_s, frame))
            if t_s > to_s and not in_order:
                break
        if in_order:
            shown = [t - min(times) for t in sorted(times)]
            found = [(t, f) for t, (_, f) in zip(shown, found, strict=True)]
            found = [(t, f) for t, f in found if from_s - 0.1 <= t <= to_s]
        return [Moment(t_s, upright(frame, sar)) for t_s, frame in found]


def _decoded(container: Any, video: Any) -> Any:
    decoder = video.codec_context
    if "1" in (video.metadata.get("alpha_mode"), video.metadata.get("ALPHA_MODE")):
        decoder = av.CodecContext.create({"vp8": "libvpx", "vp9": "libvpx-vp9"}[decoder.name], "r")
    for packet in container.demux(video):
        try:
            frames = decoder.decode(packet)
        except av.error.FFmpegError:
            continue
        yield from (f for f in frames if f.pts is not None)


def upright(frame: Any, sar: float = 1.0) -> Rgb:
    """A decoded frame as a person sees it."""
    turned = np.rot90(rgb_of(frame), round(frame.rotation / 90) % 4)
    height, width = turned.shape[:2]
    if round(frame.rotation / 90) % 2:
        sar = 1 / sar
    size = (round(width * sar), height) if sar >= 1 else (width, round(height / sar))
    return _resized(turned, *size)


def rgb_of(frame: Any) -> Rgb:
    """The frame's RGB as stored; HDR is brought to SDR."""
    name = frame.format.name
    if name == "bgra":
        raw = frame.to_ndarray(format="bgra").astype(np.float32) / 255
        return np.ascontiguousarray(raw[..., 2::-1] * raw[..., 3:])
    bits = frame.format.components[0].bits
    full = name.startswith("yuvj") or int(frame.color_range) == 2
    planes = [_plane(frame, n, bits).astype(np.float32) / 2 ** (bits - 8) for n in range(3)]
    size = (frame.width, frame.height)
    y, u, v = (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in planes)
    if full:
        y, u, v = y / 255, (u - 128) / 255, (v - 128) / 255
    else:
        y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    matrix = int(frame.colorspace)
    if matrix not in _LUMA_SHARES:
        matrix = _BT709 if min(size) >= _HD_LINES else _BT601
    kr, kb = _LUMA_SHARES[matrix]
    red, blue = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    rgb = np.clip(np.stack([red, green, blue], axis=-1), 0, 1).astype(np.float32)
    transfer = int(frame.color_trc or 0)
    if name.startswith("yuva"):
        seen = _plane(frame, 3, bits).astype(np.float32) / (2**bits - 1)
        rgb *= seen[..., None]
    if transfer in (_PQ, _HLG):
        return _sdr(rgb, transfer)
    # The matrix of BT.2020 speaks of its primaries too, as players take it.
    return _less_wide(rgb) if matrix == _BT2020 else rgb


def _less_wide(signal: Rgb) -> Rgb:
    """SDR of BT.2020's primaries in those of BT.709, by the camera curve that both share."""
    light = np.where(signal < 0.081, signal / 4.5, ((signal + 0.099) / 1.099) ** (1 / 0.45))
    linear = np.clip(light @ _BT2020_TO_BT709.T, 0, 1)
    coded = np.where(linear < 0.018, 4.5 * linear, 1.099 * linear**0.45 - 0.099)
    return np.asarray(coded, np.float32)


def _plane(frame: Any, index: int, bits: int) -> NDArray[Any]:
    plane = frame.planes[index]
    kind = np.uint8 if bits == 8 else np.uint16
    rows = np.frombuffer(plane, kind).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _sdr(signal: Rgb, transfer: int) -> Rgb:
    """PQ or HLG to BT.709 by Hable's curve with a peak of ten times the SDR white of 100 cd/m2.

    The light wanted is that of a display, so it is coded for one: BT.1886, gamma 2.4.
    """
    light = _pq_light(signal) if transfer == _PQ else _hlg_light(signal)
    linear = np.maximum(light @ _BT2020_TO_BT709.T, 0)
    brightest = np.maximum(linear.max(axis=-1, keepdims=True), 1e-6)
    mapped = linear * (_hable(brightest) / _hable(np.float32(10.0)) / brightest)
    mapped = np.clip(mapped, 0, 1)
    return np.asarray(mapped ** (1 / 2.4), np.float32)


def _pq_light(signal: Rgb) -> Rgb:
    """SMPTE ST 2084, in units of 100 cd/m2."""
    power = signal ** (1 / 78.84375)
    base = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return np.asarray(100 * base ** (1 / 0.1593017578125), np.float32)


def _hlg_light(signal: Rgb) -> Rgb:
    """ARIB STD-B67 on a display of 1000 cd/m2 with a system gamma of 1.2, in units of 100 cd/m2."""
    low, high = signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
    scene = np.where(signal <= 0.5, low, high)
    luma = scene @ np.array([0.2627, 0.678, 0.0593], np.float32)
    return np.asarray(10 * scene * np.maximum(luma, 1e-6)[..., None] ** 0.2, np.float32)


def _hable(x: Any) -> Any:
    return (x * (x * 0.15 + 0.05) + 0.004) / (x * (x * 0.15 + 0.5) + 0.06) - 0.02 / 0.3


def on_canvas(picture: Rgb, *, width_px: int, height_px: int, bars: Sequence[int] = ()) -> Rgb:
    """A picture centred on black, unstretched; enlarged only onto the smallest canvas, 720 lines.

    ``bars``: the pixels to take off at left, top, right and bottom first.
    """
    left, top, right, bottom = bars or (0, 0, 0, 0)
    picture = picture[top : picture.shape[0] - bottom, left : picture.shape[1] - right]
    height, width = picture.shape[:2]
    scale = min(width_px / width, height_px / height)
    if scale > 1 and min(width_px, height_px) > _HD_LINES:
        scale = 1.0
    size = (min(width_px, _even(width * scale)), min(height_px, _even(height * scale)))
    fitted = _resized(picture, *size)
    canvas = np.zeros((height_px, width_px, 3), np.float32)
    x, y = (width_px - size[0]) // 4 * 2, (height_px - size[1]) // 4 * 2
    canvas[y : y + size[1], x : x + size[0]] = fitted
    return canvas


def _even(side: float) -> int:
    """Where colour is stored at half resolution, sides and offsets are even."""
    return round(side / 2) * 2


def _resized(picture: Rgb, width: int, height: int) -> Rgb:
    if picture.shape[:2] == (height, width):
        return np.ascontiguousarray(picture)
    smaller = width * height < picture.shape[0] * picture.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    resized = cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=how)
    return np.clip(resized, 0, 1).astype(np.float32)


def apart(a: Rgb, b: Rgb) -> tuple[float, float]:
    """How far two pictures are apart, (mean, worst hundredth), in levels of 255.

    Seen from a little away, so that a scaler's taste does not count and a shifted edge does.
    """
    width, height = max(2, a.shape[1] // 4), max(2, a.shape[0] // 4)
    small = [cv2.resize(p, (width, height), interpolation=cv2.INTER_AREA) for p in (a, b)]
    off = np.abs(small[0] - small[1]).max(axis=-1) * 255
    return float(off.mean()), float(np.percentile(off, 99))
