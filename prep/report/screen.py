"""Pictures out of the footage, as small JPEGs: reads the file, decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Source
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import frames_at
from screentest.prep.report.colour import for_screen

_SAME_READ_S = 3.0


def screen_pictures_at(source: Source, times_s: Iterable[float]) -> dict[float, Picture]:
    """The upright analysis pictures at some moments, by time, in the colours of an ordinary screen.

    A moment that does not decode is left out.
    Raises NotAVideo or Unreadable where the file is gone or broken.
    """
    wanted = sorted(set(times_s))
    with reading(source) as reader:
        return {
            t_s: for_screen(reader.picture(frame), frame.source.transfer)  # it may change on the way
            for group in _groups(wanted)
            for t_s, frame in frames_at(reader, group)
        }


def _groups(times_s: Sequence[float]) -> Iterator[list[float]]:
    """Moments near enough to be read in one go."""
    group: list[float] = []
    for t_s in times_s:
        if group and t_s - group[-1] > _SAME_READ_S:
            yield group
            group = []
        group.append(t_s)
    if group:
        yield group


def jpeg(picture: Picture, *, width_px: int, quality: int = 78) -> bytes:
    """A picture as a JPEG of at most that width, or that height where it is tall."""
    height, width = picture.shape[:2]
    scale = min(1.0, width_px / max(width, height * 9 / 16))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    made, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return coded.tobytes() if made else b""
