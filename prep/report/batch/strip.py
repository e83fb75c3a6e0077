"""A strip of a clip's pictures side by side, small enough that a page holds a thousand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.media.probe import probe
from screentest.prep.report.screen import screen_pictures_at

MOST_STRIP_BYTES: Final = 10_000
PICTURES: Final = 5
_LANDSCAPE_PX: Final = 108
_PORTRAIT_PX: Final = 168
_GAP_PX: Final = 3
_GAP_SHADE: Final = 48
_QUALITIES: Final = (72, 64, 56, 48, 40, 32, 24, 16, 8)
_JPEG: Final = b"\xff\xd8\xff"


def film_strip(clip: str | os.PathLike[str]) -> bytes:
    """A JPEG of five evenly spaced pictures of a clip, at most ``MOST_STRIP_BYTES``.

    b"" where the clip is gone or shows nothing; never raises, as a picture is worth no item.
    """
    try:
        source = probe(clip)
        step_s = source.duration_s / PICTURES
        times_s = [step_s * (place + 0.5) for place in range(PICTURES)]
        pictures = screen_pictures_at(source, times_s)
        return strip_of([pictures[t_s] for t_s in times_s if t_s in pictures])
    except Exception:
        return b""


def strip_of(pictures: Sequence[Picture]) -> bytes:
    """Pictures side by side as a JPEG, as good as ``MOST_STRIP_BYTES`` allow; b"" of none."""
    if not pictures:
        return b""
    is_tall = pictures[0].shape[0] > pictures[0].shape[1]
    small = [_as_high_as(one, _PORTRAIT_PX if is_tall else _LANDSCAPE_PX) for one in pictures]
    gap = np.full((small[0].shape[0], _GAP_PX, 3), _GAP_SHADE, np.uint8)
    parts = [part for one in small for part in (gap, one)][1:]
    return _coded(np.concatenate(parts, axis=1))


def is_strip(jpeg: bytes) -> bool:
    """Whether bytes may be a strip: small, and a JPEG by their beginning."""
    return len(jpeg) <= MOST_STRIP_BYTES and jpeg.startswith(_JPEG)


def _as_high_as(picture: Picture, height_px: int) -> Picture:
    height, width = picture.shape[:2]
    size = (max(1, round(width * height_px / height)), height_px)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _coded(picture: Picture) -> bytes:
    for quality in _QUALITIES:
        made, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if made and len(coded) <= MOST_STRIP_BYTES:
            return coded.tobytes()
    return b""
