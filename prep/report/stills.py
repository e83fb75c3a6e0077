"""Pictures out of the footage, as small JPEGs: reads the file, decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from prep.faces import Detection, FaceStack
from prep.frames import FrameReader, Picture, reading
from prep.report.people import Identity
from prep.report.story import Appearance
from prep.values import Box, Source

_SAME_READ_S = 3.0
_EXACT_S = 1e-3
_PORTRAIT_MARGIN = 1.9
_LEAST_FACE_PX = 32
_LEAST_OVERLAP = 0.4


def pictures_at(source: Source, times_s: Iterable[float]) -> dict[float, Picture]:
    """The upright analysis pictures at some moments, by time.

    A moment that does not decode is left out.
    Raises NotAVideo or Unreadable where the file is gone or broken.
    """
    wanted = sorted(set(times_s))
    with reading(source) as reader:
        return dict(found for group in _groups(wanted) for found in _read(reader, group))


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


def _read(reader: FrameReader, times_s: list[float]) -> Iterator[tuple[float, Picture]]:
    waiting = list(times_s)
    for shot in reader.span(times_s[0] - _EXACT_S, times_s[-1] + 1.0):
        while waiting and shot.t_s >= waiting[0] - _EXACT_S:
            yield waiting.pop(0), reader.picture(shot)
        if not waiting:
            return


def jpeg(picture: Picture, *, width_px: int, quality: int = 78) -> bytes:
    """A picture as a JPEG of at most that width, or that height where it is tall."""
    height, width = picture.shape[:2]
    scale = min(1.0, width_px / max(width, height * 9 / 16))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    made, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return coded.tobytes() if made else b""


def portrait(picture: Picture, box: Box, *, side_px: int) -> bytes:
    """A square JPEG of the head around a face."""
    height, width = picture.shape[:2]
    half = max(box.width * width, box.height * height) * _PORTRAIT_MARGIN / 2
    x, y = box.centre[0] * width, box.centre[1] * height
    left, top = max(0, round(x - half)), max(0, round(y - half))
    right, bottom = min(width, round(x + half)), min(height, round(y + half))
    side = max(2, min(right - left, bottom - top))
    left += max(0, min(round(x - side / 2) - left, right - left - side))
    top += max(0, min(round(y - side / 2) - top, bottom - top - side))
    head = picture[top : top + side, left : left + side]
    square = cv2.resize(head, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return jpeg(np.asarray(square, np.uint8), width_px=side_px, quality=82)


def identities(
    appearances: Sequence[Appearance], pictures: dict[float, Picture], faces: FaceStack
) -> tuple[Identity | None, ...]:
    """Who each appearance is, as unit vectors; None where the face is too small to tell.

    They stay in memory and end with the report.
    """
    return tuple(_identity(a, pictures.get(a.best_s), faces) for a in appearances)


def _identity(seen: Appearance, picture: Picture | None, faces: FaceStack) -> Identity | None:
    if picture is None:
        return None
    found = [(_overlap(d, seen.best.box, picture), d) for d in faces.detect(picture)]
    share, detection = max(found, key=lambda pair: pair[0], default=(0.0, None))
    if detection is None or share < _LEAST_OVERLAP or detection.height < _LEAST_FACE_PX:
        return None
    return faces.embed(picture, detection)


def _overlap(detection: Detection, box: Box, picture: Picture) -> float:
    """Intersection over union of a detection and a box in fractions of the picture."""
    height, width = picture.shape[:2]
    x, y = box.x * width, box.y * height
    wide, high = box.width * width, box.height * height
    inside = max(0.0, min(x + wide, detection.x + detection.width) - max(x, detection.x)) * max(
        0.0, min(y + high, detection.y + detection.height) - max(y, detection.y)
    )
    either = wide * high + detection.width * detection.height - inside
    return float(inside / max(1e-9, either))
