"""One picture of a scene: a moving background, a body, a head in a known pose, light and focus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from math import sin

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from tests.known_pose.animal import Animal, animal
from tests.known_pose.face import (
    FACE_HEIGHT_CM,
    TEXTURE_SCALE,
    Pose,
    Sprite,
    drawn,
    landmarks,
    portrait,
)
from tests.known_pose.mien import CALM, Mien
from tests.known_pose.props import HELD, held, on_the_wall

# The body in the portrait, by eye: suit, collar and neck, pixels of the original.
# fmt: off
_BODY = (
    (196, 172), (196, 150), (246, 150), (248, 170), (285, 195), (305, 235), (335, 262), (355, 300),
    (362, 350), (340, 365), (300, 400), (280, 460), (278, 512), (30, 512), (20, 420), (38, 290),
    (60, 245), (112, 205), (118, 175), (150, 152),
)
# fmt: on
_ROOM = 1.5
_PAN_PX_PER_S = 9.0

FRONT = Pose()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who stands where, in shares of the picture.

    ``x``/``y``: the middle of the head. ``face_height``: from the top of the forehead to the chin.
    ``depth``: of the head, in those of the average one. ``mien``: what the face does; a cover named in
    ``props.HELD`` is held before it.
    """

    pose: Pose = FRONT
    x: float = 0.5
    y: float = 0.42
    face_height: float = 0.42
    mien: Mien = CALM
    mirrored: bool = False
    depth: float = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """What light and lens do: ``light`` multiplies, ``blur_px`` is a Gaussian's sigma."""

    light: float = 1.0
    blur_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Poster:
    """A photo on the wall: its middle and its height, in shares of the picture."""

    x: float = 0.25
    y: float = 0.4
    height: float = 0.66


@dataclass(frozen=True, slots=True)
class Camera:
    """How the camera moves. ``is_locked``: it does not pan. ``shake_px``: how far it trembles.
    ``zoom_per_s``: how much nearer it comes in a second, as a share.
    """

    is_locked: bool = False
    shake_px: float = 0.0
    zoom_per_s: float = 0.0


ACTOR = Actor()
PANNING = Camera()
PLAIN = Look()


def picture_of(
    actors: tuple[Actor, ...],
    *,
    size_px: tuple[int, int],
    setting: int,
    t_s: float,
    look: Look,
    camera: Camera = PANNING,
    poster: Poster | None = None,
    animals: tuple[Animal, ...] = (),
) -> Picture:
    """The scene at a time, BGR. ``setting``: which room; ``actors``, ``animals``: from far to near."""
    width, height = size_px
    canvas = _background(setting, size_px, 0.0 if camera.is_locked else t_s)
    if poster is not None:
        photo = on_the_wall(round(poster.height * height))
        _add_sprite(canvas, photo, (poster.x * width, poster.y * height))
    for beast in animals:
        sprite = animal(beast.head_deg, beast.body_deg, height_px=round(beast.height * height))
        _add_sprite(canvas, sprite, (beast.x * width, beast.y * height))
    for actor in actors:
        place = (actor.x * width, actor.y * height)
        _add_sprite(canvas, _body(actor.face_height * height, mirrored=actor.mirrored), place)
        sprite = drawn(
            actor.pose,
            height_px=actor.face_height * height,
            mien=actor.mien,
            mirrored=actor.mirrored,
            depth=actor.depth,
        )
        _add_sprite(canvas, sprite, place)
        if actor.mien.cover in HELD:
            _add_sprite(canvas, held(actor.mien.cover, height_px=actor.face_height * height), place)
    canvas = _filmed(canvas, camera, t_s)
    if look.blur_px:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), look.blur_px), np.uint8)
    if look.light != 1.0:
        canvas = np.asarray(cv2.convertScaleAbs(canvas, alpha=look.light), np.uint8)
    return canvas


def _filmed(canvas: Picture, camera: Camera, t_s: float) -> Picture:
    """The scene as a hand-held or zooming camera sees it."""
    if not camera.shake_px and not camera.zoom_per_s:
        return canvas
    height, width = canvas.shape[:2]
    zoom = 1.04 + camera.zoom_per_s * t_s
    aside = camera.shake_px * (sin(9.1 * t_s) + 0.6 * sin(23 * t_s))
    down = camera.shake_px * (sin(7.3 * t_s + 1) + 0.6 * sin(19 * t_s))
    left, top = width / 2 * (1 - zoom) + aside, height / 2 * (1 - zoom) + down
    move = np.asarray([[zoom, 0, left], [0, zoom, top]], np.float64)
    return np.asarray(
        cv2.warpAffine(canvas, move, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def _background(setting: int, size_px: tuple[int, int], t_s: float) -> Picture:
    """The room, panned to and fro."""
    width, height = size_px
    room = _room(setting, size_px)
    spare = room.shape[1] - width - 2
    swing = (_PAN_PX_PER_S * t_s) % (2 * spare)
    shift = swing if swing < spare else 2 * spare - swing
    move = np.asarray([[1, 0, -shift], [0, 1, 0]], np.float64)
    return np.asarray(cv2.warpAffine(room, move, (width, height)), np.uint8)


@cache
def _room(setting: int, size_px: tuple[int, int]) -> Picture:
    """A wall with grain, soft light and things on it, another for every setting."""
    width, height = round(size_px[0] * _ROOM), size_px[1]
    chance = np.random.default_rng(setting)
    wall = np.full((height, width, 3), chance.uniform(70, 150, 3), np.float32)
    light = cv2.resize(chance.normal(0, 25, (4, 6, 1)).astype(np.float32), (width, height))
    wall += light[..., None]
    for _ in range(14):
        x, y = int(chance.integers(0, width)), int(chance.integers(0, height))
        w, h = int(chance.integers(20, width // 5)), int(chance.integers(20, height // 2))
        cv2.rectangle(wall, (x, y), (x + w, y + h), chance.uniform(20, 220, 3).tolist(), -1)
    wall = np.asarray(cv2.GaussianBlur(wall, (0, 0), 1.2))
    wall += cv2.GaussianBlur(chance.normal(0, 14, wall.shape).astype(np.float32), (0, 0), 0.8)
    return np.clip(wall, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _body(face_px: float, *, mirrored: bool) -> Sprite:
    """The suit below the head, which does not turn with it; with the head's origin as its own."""
    per_cm, origin = _portrait_frame()
    scale = face_px / FACE_HEIGHT_CM / per_cm
    corners = np.asarray(_BODY) * TEXTURE_SCALE
    left, right = (scale * (edge(corners[:, 0]) - origin[0]) for edge in (np.min, np.max))
    # From the head's middle down.
    size = (int(right - left) + 2, int(scale * (corners[:, 1].max() - origin[1])) + 1)
    place = (-scale * origin[0] - left, -scale * origin[1])
    move = np.asarray([[scale, 0, place[0]], [0, scale, place[1]]], np.float64)
    body = np.asarray(cv2.warpAffine(portrait(), move, size, flags=cv2.INTER_LINEAR), np.uint8)
    alpha = np.asarray(cv2.warpAffine(_body_mask(), move, size, flags=cv2.INTER_LINEAR), np.float32)
    if mirrored:
        body, alpha = np.ascontiguousarray(body[:, ::-1]), np.ascontiguousarray(alpha[:, ::-1])
        left = -right
    return Sprite(body, alpha, (-left, 0.0))


@cache
def _body_mask() -> NDArray[np.float32]:
    mask = np.zeros(portrait().shape[:2], np.float32)
    cv2.fillPoly(mask, [np.asarray(_BODY, np.int32) * TEXTURE_SCALE], 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (9, 9), 0), np.float32)


@cache
def _portrait_frame() -> tuple[float, tuple[float, float]]:
    """Pixels of the enlarged portrait per centimetre, and where the head's origin lies in it."""
    points = landmarks()
    top, chin = points[10], points[152]
    per_cm = float(np.hypot(*(chin - top))) / FACE_HEIGHT_CM
    # Canonical points 10 and 152 lie 8.26 cm above and 9.40 cm below the origin.
    share = 8.26 / FACE_HEIGHT_CM
    origin = top + (chin - top) * share
    return per_cm, (float(origin[0]), float(origin[1]))


def _add_sprite(canvas: Picture, sprite: Sprite, place_px: tuple[float, float]) -> None:
    left = round(place_px[0] - sprite.origin_px[0])
    top = round(place_px[1] - sprite.origin_px[1])
    height, width = sprite.alpha.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], left + width), min(canvas.shape[0], top + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    _blend(canvas[y0:y1, x0:x1], sprite.picture[part], sprite.alpha[part])


def _blend(under: Picture, over: Picture, alpha: NDArray[np.float32]) -> None:
    above, below = np.ascontiguousarray(over), np.ascontiguousarray(under)
    share = np.ascontiguousarray(alpha)
    under[:] = np.asarray(cv2.blendLinear(above, below, share, 1 - share), np.uint8)
