"""Angles are named as somebody who looks at the picture names them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from screentest.prep.stills.looking import side_of_nose
from screentest.prep.stills.roles import ANGLES, fit, turn_of
from screentest.prep.stills.values import Turn
from screentest.prep.vision.pose import nose_offset
from tests.made_up import face


def named(turn: Turn, *, level_deg: float = 0.0) -> list[str]:
    return [role for role in ANGLES if fit(role, turn, level_deg=level_deg) > 0]


@pytest.mark.parametrize(
    ("turn", "role"),
    [
        (Turn(0, 0), "frontal"),
        (Turn(-10, 4), "frontal"),
        (Turn(-36, 0), "left"),
        (Turn(36, 0), "right"),
        (Turn(20, 5), "right"),
        (Turn(-85, None), "profile"),
        (Turn(85, None), "profile"),
        (Turn(0, 22), "up"),
        (Turn(8, -22), "down"),
    ],
)
def test_a_turn_has_the_name_that_a_viewer_gives_it(turn: Turn, role: str) -> None:
    assert named(turn) == [role]


def test_left_is_the_left_edge_of_the_picture() -> None:
    looks_left = face(yaw_deg=-36.0, nose_offset=-0.4)
    turn = turn_of(looks_left)
    assert turn is not None
    assert named(turn) == ["left"]


def test_a_head_before_a_low_camera_is_level_and_one_that_is_lowered_there_is_not_down() -> None:
    assert named(Turn(0, 9), level_deg=8) == ["frontal"]
    assert named(Turn(0, -5), level_deg=8) == []


@pytest.mark.parametrize("yaw_deg", [-13, 13])
def test_a_head_that_is_half_turned_is_not_frontal(yaw_deg: float) -> None:
    assert named(Turn(yaw_deg, 0)) == []


def test_a_head_that_lies_on_its_side_fills_no_role() -> None:
    assert not any(fit(role, Turn(0, 0), level_deg=0, roll_deg=50) for role in ANGLES)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_profile_is_told_by_its_nose_where_no_mesh_holds(side: int) -> None:
    turn = turn_of(face(presence=0.1, nose_offset=side * 0.8))
    assert turn is not None
    assert turn.pitch_deg is None
    assert turn.yaw_deg * side > 58


@pytest.mark.parametrize("eyes_apart_px", [6.0, -6.0], ids=["far eye beyond", "far eye before"])
@pytest.mark.parametrize("ahead_px", [-40.0, 40.0])
@pytest.mark.parametrize("leans_deg", [-25, 0, 25])
def test_a_profile_looks_to_the_side_of_its_nose_however_its_eyes_fall(
    eyes_apart_px: float, ahead_px: float, leans_deg: int
) -> None:
    upright = np.array(
        [(0, 0), (eyes_apart_px, 0), (ahead_px, 40), (ahead_px / 2, 80), (ahead_px / 2, 80)], np.float32
    )
    lean = math.radians(leans_deg)
    turned = np.array([(math.cos(lean), math.sin(lean)), (-math.sin(lean), math.cos(lean))])
    points = (upright @ turned + 300).astype(np.float32)
    shown = face(presence=0.0, nose_offset=nose_offset(points))
    turn = turn_of(shown, side=side_of_nose(points))
    assert turn is not None
    assert turn.yaw_deg * ahead_px > 0


def test_a_mesh_that_collapsed_on_a_turned_head_does_not_pass_for_frontal() -> None:
    assert turn_of(face(presence=0.99, yaw_deg=-3.0, nose_offset=0.55)) is None
    turn = turn_of(face(presence=0.99, yaw_deg=-3.0, nose_offset=0.7))
    assert turn is not None
    assert named(turn) == ["profile"]


def test_a_face_that_neither_mesh_nor_nose_can_tell_has_no_turn() -> None:
    assert turn_of(face(presence=0.1, nose_offset=0.1)) is None
