"""A cat of ellipsoids with a coat of noise, whose head turns on a sitting body.

Axes as in ``tests.known_pose.face``: x to the viewer's right, y up, z to the viewer; centimetres, from
the middle of the skull. Seen from afar, so that nothing is drawn larger for being near.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.known_pose.face import Sprite

Array = NDArray[np.float64]
_Colour = tuple[int, int, int]

_COAT: _Colour = (78, 122, 168)
_PALE: _Colour = (196, 212, 222)
_DARK: _Colour = (22, 24, 28)
_PINK: _Colour = (142, 148, 206)
_EYE: _Colour = (70, 176, 170)
_LIGHT = np.asarray((-0.35, 0.6, 0.72))
_HEIGHT_CM = 42.0
_TOP_CM = 10.5
_NOISE = 96


@dataclass(frozen=True, slots=True)
class _Part:
    """An ellipsoid: middle and radii in cm, ``lean_deg`` about the z axis, ``fur``: how furry."""

    middle: tuple[float, float, float]
    radii: tuple[float, float, float]
    colour: _Colour = _COAT
    lean_deg: float = 0.0
    fur: float = 1.0

    def mirrored(self) -> _Part:
        x, y, z = self.middle
        return replace(self, middle=(-x, y, z), lean_deg=-self.lean_deg)


def _both(*parts: _Part) -> tuple[_Part, ...]:
    return (*parts, *(part.mirrored() for part in parts))


_HEAD = (
    _Part((0, 0, 0), (6.4, 5.7, 6.0)),
    _Part((0, -2.9, 4.2), (3.2, 2.3, 3.2), _PALE),
    _Part((0, -1.5, 7.1), (1.0, 0.7, 0.7), _PINK, fur=0),
    _Part((0, -3.1, 7.3), (0.12, 1.0, 0.3), _DARK, fur=0),
    _Part((0, -5.0, 3.0), (2.2, 1.6, 2.6), _PALE),
    *_both(
        _Part((3.4, -2.4, 1.8), (3.4, 2.8, 3.6)),
        _Part((1.5, -2.9, 5.6), (1.7, 1.4, 1.7), _PALE),
        _Part((2.6, 1.0, 4.6), (1.5, 1.35, 1.2), _DARK, fur=0),
        _Part((2.65, 1.0, 4.9), (1.3, 1.15, 1.05), _EYE, fur=0),
        _Part((2.75, 1.0, 5.7), (0.42, 0.95, 0.4), _DARK, fur=0),
        _Part((2.45, 1.5, 5.95), (0.25, 0.25, 0.2), (240, 240, 240), fur=0),
        _Part((4.3, 6.0, -0.4), (2.2, 4.2, 1.1), lean_deg=20),
        _Part((4.25, 5.8, 0.4), (1.4, 3.2, 0.7), _PINK, lean_deg=20),
    ),
)
_BODY = (
    _Part((0, -13.0, -4.5), (6.2, 10.0, 6.2)),
    _Part((0, -10.5, -0.9), (3.6, 5.6, 3.4), _PALE),
    _Part((0, -22.0, -8.5), (7.6, 9.2, 8.6)),
    _Part((8.0, -29.0, -8.0), (7.0, 1.8, 2.0), lean_deg=-8),
    *_both(
        _Part((2.6, -22.0, 0.6), (2.0, 9.0, 2.2)),
        _Part((2.6, -30.0, 1.8), (2.2, 1.5, 3.0), _PALE),
        _Part((6.2, -26.5, -5.0), (3.4, 5.2, 5.6)),
    ),
)


@dataclass(frozen=True, slots=True)
class Animal:
    """``x``, ``y``: the middle of its skull; ``height``: ears to paws; shares of the picture.
    ``head_deg``, ``body_deg``: how far each is turned to the viewer's right.
    """

    x: float = 0.5
    y: float = 0.32
    height: float = 0.8
    head_deg: float = 0.0
    body_deg: float = 20.0


@lru_cache(maxsize=64)
def animal(head_deg: float, body_deg: float, *, height_px: int) -> Sprite:
    """The animal from ears to paws, with the middle of its skull as its origin."""
    px_per_cm = height_px / _HEIGHT_CM
    side = round(36 * px_per_cm)
    columns, rows = np.arange(side) / px_per_cm - 18, _TOP_CM - np.arange(height_px) / px_per_cm
    depth = np.full((height_px, side), -np.inf)
    picture = np.zeros((height_px, side, 3), np.float64)
    for parts, turned_deg in ((_BODY, body_deg), (_HEAD, head_deg)):
        turn = _turn(turned_deg)
        for part in parts:
            axes = turn @ _lean(part.lean_deg) @ np.diag(part.radii)
            middle = turn @ np.asarray(part.middle)
            reach = np.linalg.norm(axes, axis=1)
            across, down = (
                slice(*np.flatnonzero(abs(where - middle[i]) <= reach[i])[[0, -1]] + (0, 1))
                for i, where in enumerate((columns, rows))
            )
            grid = np.stack(np.meshgrid(columns[across], rows[down]), -1)
            _draw(part, turn, axes, middle, grid, depth[down, across], picture[down, across])
    alpha = cv2.GaussianBlur(np.isfinite(depth).astype(np.float32), (3, 3), 0)
    colours = np.clip(picture, 0, 255).astype(np.uint8)
    return Sprite(colours, np.asarray(alpha, np.float32), (side / 2, _TOP_CM * px_per_cm))


def _draw(
    part: _Part, turn: Array, axes: Array, middle: Array, grid: Array, depth: Array, picture: Array
) -> None:
    """An ellipsoid, where it is nearer than what was drawn before."""
    inverse = np.linalg.inv(axes)
    flat = (grid - middle[:2]) @ inverse[:, :2].T
    towards = inverse[:, 2]
    along, length = flat @ towards, float(towards @ towards)
    under = along**2 - length * ((flat**2).sum(-1) - 1)
    reached = (-along + np.sqrt(np.maximum(under, 0))) / length
    near = (under > 0) & (reached + middle[2] > depth)
    depth[near] = reached[near] + middle[2]
    on_ball = flat[near] + towards * reached[near][:, None]
    normal = on_ball @ inverse
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    where = np.column_stack([grid[near], depth[near]]) @ turn
    light = 0.62 + 0.45 * np.maximum(0, normal @ _LIGHT)
    picture[near] = np.asarray(part.colour) * (light * _coat(where, part.fur))[:, None]


def _coat(where_cm: Array, fur: float) -> Array:
    """How light the coat is at points of the animal: hairs and stripes."""
    if not fur:
        return np.ones(len(where_cm))
    cells = np.floor(where_cm * (5.0, 2.5, 5.0)).astype(np.int64) % _NOISE
    hairs = _noise()[cells[:, 0], cells[:, 1], cells[:, 2]]
    stripes = np.sin(where_cm[:, 1] * 1.7 + 1.2 * np.sin(where_cm[:, 0] * 0.5) + 0.4 * where_cm[:, 2])
    return np.asarray(1 + fur * (0.16 * hairs - 0.16 * (stripes > 0.45)))


@cache
def _noise() -> Array:
    return np.random.default_rng(5).normal(0, 1, (_NOISE,) * 3)


def _turn(deg: float) -> Array:
    c, s = cos(radians(deg)), sin(radians(deg))
    return np.asarray([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def _lean(deg: float) -> Array:
    c, s = cos(radians(-deg)), sin(radians(-deg))
    return np.asarray([[c, -s, 0], [s, c, 0], [0, 0, 1]])
