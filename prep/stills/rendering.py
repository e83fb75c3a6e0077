"""Stills as files: the moment's picture as the clip would have it, cropped, and coded as a JPEG.

Colour, turn, shape and fields come from the plan of a clip that begins there, so a still and a clip of
one moment show the same. What is written holds pixels and nothing else.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from screentest.prep.clipping.canvas import Canvas
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.clipping.ffmpeg import develop
from screentest.prep.core.errors import EncodeFailed
from screentest.prep.core.picture import Picture
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import SORA_2, StillSpec
from screentest.prep.core.text import shown_name, timecode
from screentest.prep.core.values import Box, Heads, Segment, Source
from screentest.prep.stills.cropping import Cropped, crop_around, crop_of_figure
from screentest.prep.stills.values import Chosen, Framing

# A clip of any rate that may be one picture long; its edges are looked at for a while.
_ONE_PICTURE = replace(
    SORA_2, min_length_s=Fraction(1, 10_000), min_fps=Fraction(1, 100), max_fps=Fraction(1000)
)
_LOOKED_AT_S = 2.5
_QUALITIES = (95, 90, 85, 75, 60)
_SMALLER = 0.8


@dataclass(frozen=True, slots=True)
class Developed:
    """A still's pixels and its bytes. ``upscaled``: enlarged to the spec's least side."""

    picture: Picture
    jpeg: bytes
    upscaled: bool
    company: bool


def developed(source: Source, chosen: Chosen, *, framing: Framing, spec: StillSpec) -> Developed:
    """The picture of a chosen moment, at the footage's own resolution.

    Raises TooShort, EncodeFailed, EncodeTimeout or DiskFull where ffmpeg cannot show that moment.
    """
    picture, heads = _whole(source, chosen)
    cropped = _cropped(picture, heads, chosen, framing, spec)
    crop = cropped.crop
    inside = picture[
        crop.top_px : crop.top_px + crop.height_px, crop.left_px : crop.left_px + crop.width_px
    ]
    fitted = _fitted(inside, spec)
    kept, jpeg = coded(fitted, most_bytes=spec.max_bytes)
    upscaled = fitted.shape[0] > inside.shape[0]
    return Developed(kept, jpeg, upscaled, cropped.company)


def coded(picture: Picture, *, most_bytes: int) -> tuple[Picture, bytes]:
    """A picture as a JPEG of at most so many bytes, made smaller only where quality will not do."""
    while True:
        for quality in _QUALITIES:
            options = [
                *(cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1),
                *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
            ]
            _, made = cv2.imencode(".jpg", picture, options)
            if made.size <= most_bytes:
                return picture, made.tobytes()
        picture = _resized(picture, _SMALLER)


def _whole(source: Source, chosen: Chosen) -> tuple[Picture, Heads | None]:
    """The whole displayed picture inside its bars, and the heads in fractions of that."""
    box = chosen.subject
    heads = Heads(box, box.height, chosen.others) if box is not None else None
    segment = Segment(chosen.t_s, _LOOKED_AT_S, chosen.score, "face", (), heads=heads)
    planned = planned_clip(source, segment, spec=_ONE_PICTURE)
    width_px, height_px = planned.shown_px
    canvas = Canvas(width_px, height_px, width_px, height_px, 0, 0)
    one = replace(planned, canvas=canvas, frames=1, audio_index=None)
    with tempfile.TemporaryDirectory(prefix="screentest-") as folder:
        out = Path(folder) / "picture.bgr"
        develop(one, out)
        pixels = np.fromfile(out, np.uint8)
    if pixels.size != width_px * height_px * 3:
        raise EncodeFailed(
            f"ffmpeg could not show {shown_name(source.path)} at {timecode(chosen.t_s)}.",
            Remedy("footage", words="export it again as H.264"),
        )
    return pixels.reshape(height_px, width_px, 3), planned.heads


def _cropped(
    picture: Picture, heads: Heads | None, chosen: Chosen, framing: Framing, spec: StillSpec
) -> Cropped:
    height_px, width_px = picture.shape[:2]
    box: Box | None = heads.person if heads is not None else None
    if chosen.role == "view" or box is None:
        return crop_of_figure(box, width_px=width_px, height_px=height_px, framing=framing, spec=spec)
    return crop_around(
        box,
        others=heads.others if heads is not None else (),
        yaw_deg=chosen.turn.yaw_deg if chosen.turn is not None else 0.0,
        width_px=width_px,
        height_px=height_px,
        framing=framing,
        spec=spec,
    )


def _fitted(picture: Picture, spec: StillSpec) -> Picture:
    """The picture in its own proportions, each side as long as the model takes it."""
    height_px, width_px = picture.shape[:2]
    factor = max(1.0, spec.min_side_px / min(height_px, width_px))
    if spec.max_side_px is not None:
        factor = min(factor, spec.max_side_px / max(height_px, width_px))
    return _resized(picture, factor) if factor != 1 else np.ascontiguousarray(picture)


def _resized(picture: Picture, factor: float) -> Picture:
    size = tuple(max(1, round(side * factor)) for side in picture.shape[1::-1])
    way = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
