"""Things in a scene that do not turn with the head: a hand, a microphone, a photo on the wall."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from tests.known_pose.face import FACE_HEIGHT_CM, Sprite
from tests.known_pose.interview import photo

_SKIN, _CREASE = (128, 158, 204), (78, 102, 150)
_DRAWN_PX_PER_CM = 16
# Centimetres around the head's origin, which lies between the eyes and the nose.
_REACH_CM = 18.0
_Point = tuple[float, float]
# Where the palm lies and each finger begins and ends, x to the viewer's right and y down.
_HANDS: dict[str, tuple[_Point, tuple[tuple[_Point, _Point], ...]]] = {
    "hand": (
        (3.0, 10.0),
        (
            ((3.0, 6.6), (-5.6, 4.4)),
            ((2.6, 8.4), (-6.4, 6.4)),
            ((2.4, 10.2), (-6.0, 8.6)),
            ((2.4, 12.0), (-4.8, 10.8)),
        ),
    ),
    "hand-half": (
        (-5.4, 6.5),
        (
            ((-8.2, 4.0), (-7.4, -6.2)),
            ((-6.2, 3.4), (-5.2, -7.8)),
            ((-4.2, 3.4), (-3.1, -7.4)),
            ((-2.4, 4.2), (-1.0, -5.2)),
        ),
    ),
}
HELD = (*_HANDS, "microphone")


def held(kind: str, *, height_px: float) -> Sprite:
    """A thing in front of a face that is ``height_px`` high, with the head's origin as its own."""
    picture, alpha = _drawn(kind)
    scale = height_px / FACE_HEIGHT_CM / _DRAWN_PX_PER_CM
    side = round(picture.shape[1] * scale)
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(alpha, (side, side), interpolation=cv2.INTER_AREA)
    return Sprite(np.asarray(small, np.uint8), np.asarray(cover, np.float32), (side / 2, side / 2))


@cache
def on_the_wall(height_px: int) -> Sprite:
    """A framed photo of a man who looks at the viewer, its middle as its origin."""
    whole = photo("man")
    height, width = whole.shape[:2]
    top, left, side = round(0.22 * height), round(0.5 * width - 0.28 * height), round(0.62 * height)
    cut = whole[top : top + round(1.1 * side), left : left + side]
    size = (round(height_px / 1.1), height_px)
    small = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    edge = max(3, height_px // 30)
    framed = cv2.copyMakeBorder(small, *(edge,) * 4, cv2.BORDER_CONSTANT, value=(225, 228, 230))
    framed = cv2.copyMakeBorder(framed, *(2,) * 4, cv2.BORDER_CONSTANT, value=(30, 34, 40))
    origin = (framed.shape[1] / 2, framed.shape[0] / 2)
    return Sprite(np.asarray(framed, np.uint8), np.ones(framed.shape[:2], np.float32), origin)


@cache
def _drawn(kind: str) -> tuple[Picture, NDArray[np.float32]]:
    side = round(2 * _REACH_CM * _DRAWN_PX_PER_CM)
    picture, alpha = np.zeros((side, side, 3), np.uint8), np.zeros((side, side), np.float32)
    if kind == "microphone":
        _microphone(picture, alpha)
    else:
        _hand(picture, alpha, *_HANDS[kind])
    noise = np.random.default_rng(3).normal(0, 10, picture.shape)
    grain = cv2.GaussianBlur(noise, (0, 0), 1.5)
    grainy = np.clip(cv2.GaussianBlur(picture, (0, 0), 2) + grain, 0, 255)
    return grainy.astype(np.uint8), np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.5), np.float32)


def _hand(
    picture: Picture,
    alpha: NDArray[np.float32],
    palm: _Point,
    fingers: tuple[tuple[_Point, _Point], ...],
) -> None:
    wide = round(1.9 * _DRAWN_PX_PER_CM)
    place, size = _px(palm), (round(4.6 * _DRAWN_PX_PER_CM), round(4.4 * _DRAWN_PX_PER_CM))
    for canvas, skin, crease in ((picture, _SKIN, _CREASE), (alpha, 1.0, 1.0)):
        cv2.ellipse(canvas, place, size, 0, 0, 360, skin, -1)
        cv2.line(canvas, place, (place[0], place[1] + 20 * _DRAWN_PX_PER_CM), skin, 3 * wide)
        for first, last in fingers:
            cv2.line(canvas, _px(first), _px(last), crease, wide)
            cv2.line(canvas, _px(first), _px(last), skin, wide - 8)


def _microphone(picture: Picture, alpha: NDArray[np.float32]) -> None:
    ball, end = _px((0.6, 11.2)), _px((2.6, 24.0))
    radius = round(1.9 * _DRAWN_PX_PER_CM)
    for canvas, dark, light in ((picture, (26, 26, 28), (70, 72, 76)), (alpha, 1.0, 1.0)):
        cv2.line(canvas, ball, end, dark, round(2.2 * _DRAWN_PX_PER_CM))
        cv2.circle(canvas, ball, radius, light, -1)
    for step in range(-radius, radius, 6):
        y = ball[1] + step
        cv2.line(picture, (ball[0] - radius, y), (ball[0] + radius, y), (40, 41, 44), 1)


def _px(point_cm: _Point) -> tuple[int, int]:
    x, y = (round((v + _REACH_CM) * _DRAWN_PX_PER_CM) for v in point_cm)
    return x, y
