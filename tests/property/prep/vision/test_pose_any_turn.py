"""A head turned by known angles gives these angles, wherever and however large it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from screentest.prep.vision.pose import CanonicalFace, Pose, nose_offset, pose_of

RNG = np.random.default_rng(7)
HEAD = CanonicalFace(
    np.arange(24, dtype=np.int64), RNG.normal(0, 6, (24, 3)), RNG.uniform(0.1, 1.0, 24)
)
yaws = st.floats(-80, 80)
pitches = st.floats(-80, 80)
rolls = st.floats(-80, 80)
sizes = st.floats(0.5, 60)
places = st.floats(-4000, 4000)


def turned(yaw_deg: float, pitch_deg: float, roll_deg: float) -> NDArray[np.float64]:
    """Tilted first, then nodded, then turned; with the signs of ``prep.core.values.Face``."""
    yaw, pitch, roll = (math.radians(angle) for angle in (yaw_deg, -pitch_deg, -roll_deg))
    turn = [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
    nod = [[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]]
    tilt = [[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    made: NDArray[np.float64] = np.array(turn) @ np.array(nod) @ np.array(tilt)
    return made


def found(rotation: NDArray[np.float64], *, size: float = 10, x: float = 640, y: float = 360) -> Pose:
    points = HEAD.points @ rotation.T * (size, -size, -size) + (x, y, 0)
    return pose_of(points.astype(np.float32), HEAD)


@given(yaws, pitches, rolls)
def test_where_the_nose_points_is_what_was_turned_and_nodded(
    yaw_deg: float, pitch_deg: float, roll_deg: float
) -> None:
    pose = found(turned(yaw_deg, pitch_deg, roll_deg))
    assert pose.yaw_deg == pytest.approx(yaw_deg, abs=0.05)
    assert pose.pitch_deg == pytest.approx(pitch_deg, abs=0.05)


@given(rolls)
def test_a_head_tilted_before_the_camera_is_tilted_as_far(roll_deg: float) -> None:
    assert found(turned(0, 0, roll_deg)).roll_deg == pytest.approx(roll_deg, abs=0.05)


@given(yaws, pitches, sizes, places, places)
def test_where_a_head_is_and_how_near_changes_no_angle(
    yaw_deg: float, pitch_deg: float, size: float, x: float, y: float
) -> None:
    rotation = turned(yaw_deg, pitch_deg, 5.0)
    here, there = found(rotation), found(rotation, size=size, x=x, y=y)
    assert there.yaw_deg == pytest.approx(here.yaw_deg, abs=0.2)
    assert there.pitch_deg == pytest.approx(here.pitch_deg, abs=0.2)
    assert there.roll_deg == pytest.approx(here.roll_deg, abs=0.2)


FIVE = np.array([(40, 50), (60, 50), (53, 62), (43, 74), (57, 74)], np.float64)


def moved(points: NDArray[np.float64], *, size: float, angle: float, x: float, y: float) -> float:
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    placed = points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    return nose_offset(placed.astype(np.float32))


@given(st.floats(0.5, 20), st.floats(-math.pi, math.pi), st.floats(0, 2000), st.floats(0, 2000))
def test_the_nose_tells_the_same_wherever_the_face_is(
    size: float, angle: float, x: float, y: float
) -> None:
    still = moved(FIVE, size=1, angle=0, x=0, y=0)
    assert moved(FIVE, size=size, angle=angle, x=x, y=y) == pytest.approx(still, abs=0.02)


@given(st.floats(-40, 40))
def test_in_a_mirror_the_nose_lies_as_far_to_the_other_side(off_px: float) -> None:
    points = FIVE.copy()
    points[2, 0] = 50 + off_px
    mirrored = points[[1, 0, 2, 4, 3]] * (-1, 1) + (100, 0)
    straight = nose_offset(points.astype(np.float32))
    assert nose_offset(mirrored.astype(np.float32)) == pytest.approx(-straight, abs=1e-4)
