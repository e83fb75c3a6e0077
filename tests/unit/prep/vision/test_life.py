"""Whether a face moves by itself, by the real models on a real portrait that is warped and changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.life import LifeWatch
from screentest.prep.vision.mesh import FaceStack

# What ``prep.scoring.life`` takes for still, and for moving.
STILL, MOVES = 0.45, 0.9


@pytest.fixture(scope="module")
def stack() -> FaceStack:
    return FaceStack()


def own_motions(pictures: Sequence[Picture], stack: FaceStack) -> list[float | None]:
    """Of the one face, from picture to picture."""
    life = LifeWatch()
    return [fitted(picture, stack, small=True, life=life)[0].own_motion for picture in pictures]


def seen_by_hand(portrait: Picture, *, scale: float, turn_deg: float, x_px: float) -> Picture:
    """The portrait as a photo that a hand holds, or as a camera in a hand sees it, noise and all."""
    height, width = portrait.shape[:2]
    place = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale)
    place[0, 2] += x_px
    held = cv2.warpAffine(portrait, place, (width, height), borderMode=cv2.BORDER_REFLECT)
    noise = np.random.default_rng(round(100 * scale)).normal(0, 3, held.shape)
    return np.asarray(np.clip(held * 0.95 + noise, 0, 255), np.uint8)


def with_shut_eyes(portrait: Picture) -> Picture:
    """The portrait with skin over both eyes."""
    lids = np.zeros(portrait.shape[:2], np.uint8)
    for eye in ((202, 101), (246, 103)):
        cv2.ellipse(lids, eye, (12, 6), 0, 0, 360, 255, -1)
    return np.asarray(cv2.inpaint(portrait, lids, 5, cv2.INPAINT_TELEA), np.uint8)


def with_open_mouth(portrait: Picture) -> Picture:
    """The portrait with the lower lip and the chin drawn down by 8 pixels."""
    y, x = np.mgrid[0 : portrait.shape[0], 0 : portrait.shape[1]].astype(np.float32)
    near = np.exp(-(((x - 221) / 22) ** 2) - ((y - 155) / 10) ** 2)
    moved = cv2.remap(portrait, x, (y - 8 * near).astype(np.float32), cv2.INTER_LINEAR)
    return np.asarray(moved, np.uint8)


Change = Callable[[Picture], Picture]


def test_a_face_seen_for_the_first_time_is_not_known_to_move(
    portrait: Picture, stack: FaceStack
) -> None:
    assert own_motions([portrait], stack) == [None]


def test_a_photo_never_moves_by_itself_however_it_is_held(portrait: Picture, stack: FaceStack) -> None:
    shown = [
        portrait,
        portrait,
        seen_by_hand(portrait, scale=1.0, turn_deg=0, x_px=0),
        seen_by_hand(portrait, scale=1.1, turn_deg=2, x_px=12),
        seen_by_hand(portrait, scale=1.05, turn_deg=-2, x_px=-9),
    ]
    first, same, *held = own_motions(shown, stack)
    assert first is None
    assert same == pytest.approx(0, abs=0.03)
    assert all(moved is not None and moved < STILL for moved in held), held


@pytest.mark.parametrize("change", [with_shut_eyes, with_open_mouth])
def test_a_face_that_blinks_or_speaks_moves_by_itself(
    change: Change, portrait: Picture, stack: FaceStack
) -> None:
    held = seen_by_hand(change(portrait), scale=1.04, turn_deg=1, x_px=6)
    _, moved = own_motions([portrait, held], stack)
    assert moved is not None
    assert moved > MOVES


def test_what_another_shot_showed_says_nothing_of_a_face(portrait: Picture, stack: FaceStack) -> None:
    life = LifeWatch()
    fitted(portrait, stack, small=True, life=life)
    life.restart()
    (face,) = fitted(portrait, stack, small=True, life=life)
    assert face.own_motion is None


def test_a_face_is_held_against_itself_not_against_the_one_beside_it(
    portrait: Picture, stack: FaceStack
) -> None:
    beside = np.hstack((portrait[:, 100:360], with_shut_eyes(portrait)[:, 100:360]))
    life = LifeWatch()
    fitted(beside, stack, small=True, life=life)
    again = fitted(np.ascontiguousarray(beside), stack, small=True, life=life)
    assert [face.own_motion for face in again] == [pytest.approx(0, abs=0.03)] * 2
