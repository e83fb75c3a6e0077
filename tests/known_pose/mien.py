"""What a face does, painted on the portrait: eyes that look aside or close, and what covers them.

Sizes of eyes are a grown-up's: an eyeball 24 mm across, an iris of 11.7 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture

Array = NDArray[np.float64]

# Upper and lower lid from the outer to the inner corner, right eye then left (MediaPipe's topology).
LIDS = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    ((263, 466, 388, 387, 386, 385, 384, 398, 362), (263, 249, 390, 373, 374, 380, 381, 382, 362)),
)
_UNDER_THE_EYES = (118, 347)
# fmt: off
_INNER_LIPS = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)
# fmt: on
_LASHES = (36, 50, 78)
_SCLERA = (206, 208, 214)
_IRIS = (38, 52, 74)
_CLOTH = (196, 172, 120)
_EYEBALL_CM, _IRIS_CM, _PUPIL_CM = 1.2, 0.585, 0.22
# How far the lids stand off the mesh's points, in pixels of the enlarged portrait.
_OVER, _UNDER = 5.0, 4.0
_DOWN = np.asarray((0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Mien:
    """``opening``: of the eyes, 1 as the portrait's, 0 shut. ``raised``: how far the lower lids are
    pushed up, as a smile does, as a share of the opening. ``gaze_deg``: where the eyes look as seen
    from the head, to the viewer's right and up; None leaves the portrait's own eyes, which look into
    the camera. ``crossed_deg``: how far each eye turns to the nose. ``jaw_deg``: how far the jaw drops.
    ``pulled_cm``: how far the mouth is drawn to the viewer's right. ``cover``: what lies on the face,
    "bar", "mask", "glasses" or "sunglasses", or is held before it (``tests.known_pose.props.HELD``).
    """

    opening: float = 1.0
    raised: float = 0.0
    gaze_deg: tuple[float, float] | None = None
    crossed_deg: float = 0.0
    jaw_deg: float = 0.0
    pulled_cm: float = 0.0
    cover: str = ""


CALM = Mien()
SHUT = Mien(opening=0.0)


@dataclass(frozen=True, slots=True)
class _Eye:
    """``upper``, ``lower``: the lids from corner to corner; ``skin``: the colour under the eye."""

    upper: Array
    lower: Array
    skin: Array

    def outline(self, *, opening: float = 1.0, raised: float = 0.0) -> Array:
        """The slit between the lids, as a polygon."""
        upper, lower = self.lids(opening, raised)
        return np.concatenate([upper, lower[::-1]])

    def lids(self, opening: float, raised: float) -> tuple[Array, Array]:
        lower = self.lower + (self.upper - self.lower) * raised * opening
        return lower + (self.upper - lower) * opening, lower


def painted(picture: Picture, points: Array, mien: Mien, *, per_cm: float) -> Picture:
    """The portrait with a mien; ``points``: where the mesh lies in it, pixels."""
    around = round(3 * per_cm)
    corner = np.floor(points.min(0)).astype(int) - around
    end = np.ceil(points.max(0)).astype(int) + around
    result = picture.copy()
    face = result[corner[1] : end[1], corner[0] : end[0]]
    face[:] = _painted(face, points - corner, mien, per_cm)
    return result


def _painted(picture: Picture, points: Array, mien: Mien, per_cm: float) -> Picture:
    result = picture
    if mien.jaw_deg:
        result = _filled(result, points[list(_INNER_LIPS)], (38, 24, 52), 1)
        result = _teeth(result, points)
    for side, eye in zip((1, -1), _eyes(picture, points), strict=True):
        if mien.gaze_deg is not None or mien.crossed_deg:
            aside, up = mien.gaze_deg or (0.0, 0.0)
            result = _with_iris(result, eye, (aside + side * mien.crossed_deg, up), per_cm)
        if mien.opening < 1 or mien.raised:
            result = _with_lids(result, eye, mien)
    return _COVERS[mien.cover](result, points, per_cm) if mien.cover in _COVERS else result


def _eyes(picture: Picture, points: Array) -> list[_Eye]:
    found = []
    for (upper, lower), cheek in zip(LIDS, _UNDER_THE_EYES, strict=True):
        x, y = points[cheek].astype(int)
        skin = picture[y - 6 : y + 6, x - 6 : x + 6].reshape(-1, 3).mean(0) * 0.92
        # The corners stay where they are.
        arch = np.sin(np.linspace(0, np.pi, len(upper)))[:, None] ** 0.5 * _DOWN
        found.append(
            _Eye(
                points[list(upper)] - arch * _OVER,
                points[list(lower)] + arch * _UNDER,
                skin,
            )
        )
    return found


def _with_iris(picture: Picture, eye: _Eye, gaze_deg: tuple[float, float], per_cm: float) -> Picture:
    """The eye painted with its iris turned from the middle of the slit."""
    ball = picture.astype(np.float32)
    outline = eye.outline()
    middle = (eye.upper[0] + eye.upper[-1]) / 2 * 0.5 + outline.mean(0) * 0.5
    across = eye.upper[-1] - eye.upper[0]
    across = across * np.sign(across[0]) / np.hypot(*across)
    upwards = np.asarray((across[1], -across[0]))
    aside, up = (_EYEBALL_CM * per_cm * sin(radians(a)) for a in gaze_deg)
    iris = middle + aside * across + up * upwards
    cv2.fillPoly(ball, [np.round(outline).astype(np.int32)], _SCLERA)
    for radius_cm, colour in ((_IRIS_CM, _IRIS), (_PUPIL_CM, (12, 12, 14))):
        _disk(ball, iris, radius_cm * per_cm, colour)
    _disk(ball, iris - 3, 2.0, (235, 235, 235))
    ball = np.asarray(cv2.GaussianBlur(ball, (0, 0), 1.2))
    share = _soft(outline, picture.shape[:2], 1.2)
    result = np.asarray(picture * (1 - share) + ball * share, np.uint8)
    cv2.polylines(result, [np.round(eye.upper).astype(np.int32)], False, _LASHES, 4, cv2.LINE_AA)
    return result


def _with_lids(picture: Picture, eye: _Eye, mien: Mien) -> Picture:
    """Skin over what the lids cover, and lashes along the upper one."""
    upper, lower = eye.lids(mien.opening, mien.raised)
    # The more is shut, the more of the old lashes lies under the lid.
    above, below = (3 + more * (1 - mien.opening) for more in (5, 4))
    result = _filled(picture, np.concatenate([eye.upper - _DOWN * above, upper[::-1]]), eye.skin, 1.5)
    result = _filled(result, np.concatenate([lower, eye.lower[::-1] + _DOWN * below]), eye.skin, 1.5)
    lashes = np.round(upper + _DOWN * 2 * (1 - mien.opening)).astype(np.int32)
    cv2.polylines(result, [lashes], False, _LASHES, 4, cv2.LINE_AA)
    return result


def _teeth(picture: Picture, points: Array) -> Picture:
    """The upper teeth, under the upper lip of an open mouth."""
    lip = points[list(_INNER_LIPS[2:9])]
    return _filled(picture, np.concatenate([lip, lip[::-1] + _DOWN * 2]), (205, 215, 222), 1)


def _filled(picture: Picture, outline: Array, colour: object, blur_px: float) -> Picture:
    share = _soft(outline, picture.shape[:2], blur_px)
    return np.asarray(picture * (1 - share) + np.asarray(colour, np.float32) * share, np.uint8)


def _soft(outline: Array, size: tuple[int, ...], blur_px: float) -> NDArray[np.float32]:
    share = np.zeros(size, np.float32)
    cv2.fillPoly(share, [np.round(outline).astype(np.int32)], 1.0)
    return np.asarray(cv2.GaussianBlur(share, (0, 0), blur_px), np.float32)[..., None]


def _disk(picture: NDArray[np.float32], middle: Array, radius: float, colour: tuple[int, ...]) -> None:
    shift = 4
    x, y = (round(float(v) * 2**shift) for v in middle)
    cv2.circle(picture, (x, y), round(radius * 2**shift), colour, -1, cv2.LINE_AA, shift)


def _eye_line(points: Array) -> tuple[Array, Array, Array, Array]:
    """The middles of both eyes, and the directions along the line between them and down from it."""
    right, left = (points[list(u + lower)].mean(0) for u, lower in LIDS)
    along = (left - right) / np.hypot(*(left - right))
    return right, left, along, np.asarray((-along[1], along[0]))


def _with_bar(picture: Picture, points: Array, per_cm: float) -> Picture:
    right, left, along, down = _eye_line(points)
    ends = right - along * 3.2 * per_cm, left + along * 3.2 * per_cm
    corners = [ends[0] - down * 1.3 * per_cm, ends[1] - down * 1.3 * per_cm]
    corners += [ends[1] + down * 1.3 * per_cm, ends[0] + down * 1.3 * per_cm]
    return _filled(picture, np.asarray(corners), (16, 16, 16), 1)


def _with_mask(picture: Picture, points: Array, per_cm: float) -> Picture:
    """A cloth from the bridge of the nose to below the chin, with pleats."""
    _, _, along, down = _eye_line(points)
    chin, nose = points[152], points[195]
    rows = ((nose - chin) @ down - 0.2 * per_cm, -3.0 * per_cm, 0.5 * per_cm, 1.8 * per_cm)
    halves = (0.7 * per_cm, 7.6 * per_cm, 5.2 * per_cm, 2.6 * per_cm)
    side = [chin + down * row + along * half for row, half in zip(rows, halves, strict=True)]
    other = [chin + down * row - along * half for row, half in zip(rows, halves, strict=True)]
    cheek = nose + down * 0.9 * per_cm
    upper = [cheek - along * 7.4 * per_cm, cheek - along * 3 * per_cm + down * 0.2 * per_cm]
    upper_left = [cheek + along * 3 * per_cm + down * 0.2 * per_cm, cheek + along * 7.4 * per_cm]
    outline = [other[0], side[0], *upper_left, *side[1:], *other[:0:-1], *upper]
    result = _filled(picture, np.asarray(outline), _CLOTH, 2)
    for share in (0.35, 0.5, 0.65):
        middle = nose + (chin - nose) * share
        pleat = [middle - along * 5.5 * per_cm, middle + down * 4, middle + along * 5.5 * per_cm]
        line = np.round(np.asarray(pleat)).astype(np.int32)
        cv2.polylines(result, [line], False, (160, 138, 92), 3, cv2.LINE_AA)
    return result


def _with_glasses(picture: Picture, points: Array, per_cm: float) -> Picture:
    return _spectacles(picture, points, per_cm, shaded=False)


def _with_sunglasses(picture: Picture, points: Array, per_cm: float) -> Picture:
    return _spectacles(picture, points, per_cm, shaded=True)


def _spectacles(picture: Picture, points: Array, per_cm: float, *, shaded: bool) -> Picture:
    right, left, along, down = _eye_line(points)
    result = picture.copy()
    size = (round(2.7 * per_cm), round(2.1 * per_cm))
    tilt = float(np.degrees(np.arctan2(along[1], along[0])))
    frame, thick = (24, 26, 30), max(2, round(0.28 * per_cm))
    for middle in (right + down * 0.3 * per_cm, left + down * 0.3 * per_cm):
        place = (round(float(middle[0])), round(float(middle[1])))
        if shaded:
            cv2.ellipse(result, place, size, tilt, 0, 360, (30, 26, 24), -1, cv2.LINE_AA)
        cv2.ellipse(result, place, size, tilt, 0, 360, frame, thick, cv2.LINE_AA)
    bridge = (right + along * 2.7 * per_cm, left - along * 2.7 * per_cm)
    temples = (
        (right - along * 2.7 * per_cm, right - along * 5 * per_cm),
        (
            left + along * 2.7 * per_cm,
            left + along * 5 * per_cm,
        ),
    )
    for line in (bridge, *temples):
        cv2.polylines(result, [np.round(np.asarray(line)).astype(np.int32)], False, frame, thick)
    return result


_COVERS = {
    "bar": _with_bar,
    "mask": _with_mask,
    "glasses": _with_glasses,
    "sunglasses": _with_sunglasses,
}
