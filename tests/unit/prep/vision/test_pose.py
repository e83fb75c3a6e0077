"""A head's angles: in which sense they count, and what the nose tells where the mesh cannot."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from numpy.typing import NDArray

from screentest.prep.vision.mesh import FaceStack
from screentest.prep.vision.pose import (
    CanonicalFace,
    Points,
    canonical_face,
    nose_offset,
    pose_of,
)

FRONTAL = np.array([(40, 50), (60, 50), (50, 62), (43, 74), (57, 74)], np.float32)


@pytest.fixture(scope="module")
def canonical() -> CanonicalFace:
    """MediaPipe's own, from the weights that are shipped."""
    return FaceStack().canonical


def seen(canonical: CanonicalFace, rotation: NDArray[np.float64]) -> Points:
    """The mesh of the average face turned so, as a picture shows it."""
    points = np.zeros((478, 3), np.float32)
    points[canonical.ids] = (canonical.points @ rotation.T * (12, -12, -12) + (640, 360, 0)).astype(
        np.float32
    )
    return points


def about(axis: str, degrees: float) -> NDArray[np.float64]:
    """A turn by the right hand's rule, x right, y up, z toward the viewer."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turns = {
        "x": [[1, 0, 0], [0, cos, -sin], [0, sin, cos]],
        "y": [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]],
        "z": [[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]],
    }
    return np.array(turns[axis], np.float64)


def test_a_face_that_looks_into_the_camera_is_turned_by_nothing(canonical: CanonicalFace) -> None:
    found = pose_of(seen(canonical, np.eye(3)), canonical)
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx((0, 0, 0), abs=0.01)


@pytest.mark.parametrize(
    ("axis", "turned_deg", "wanted"),
    [
        pytest.param("y", 25, (25, 0, 0), id="to the viewer's right"),
        pytest.param("y", -25, (-25, 0, 0), id="to the viewer's left"),
        pytest.param("x", -20, (0, 20, 0), id="chin up"),
        pytest.param("x", 20, (0, -20, 0), id="chin down"),
        pytest.param("z", -15, (0, 0, 15), id="tilted clockwise"),
        pytest.param("z", 15, (0, 0, -15), id="tilted counter-clockwise"),
    ],
)
def test_each_angle_counts_in_the_sense_that_is_documented(
    axis: str, turned_deg: float, wanted: tuple[float, float, float], canonical: CanonicalFace
) -> None:
    found = pose_of(seen(canonical, about(axis, turned_deg)), canonical)
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx(wanted, abs=0.01)


def test_a_flat_mesh_whose_depth_is_read_the_wrong_way_round_still_faces_the_camera(
    canonical: CanonicalFace,
) -> None:
    points = seen(canonical, np.eye(3)) * np.array((1, 1, -0.05), np.float32)
    assert abs(pose_of(points, canonical).yaw_deg) < 15


def test_a_mirrored_mesh_is_not_a_head_and_still_has_angles(canonical: CanonicalFace) -> None:
    points = seen(canonical, np.eye(3)) * np.array((-1, 1, 1), np.float32)
    found = pose_of(points, canonical)
    assert all(math.isfinite(angle) for angle in (found.yaw_deg, found.pitch_deg, found.roll_deg))


def test_the_average_face_is_upright_and_its_nose_comes_first(canonical: CanonicalFace) -> None:
    by_id = {int(i): point for i, point in zip(canonical.ids, canonical.points, strict=True)}
    assert by_id[33][0] < by_id[263][0], "the right eye lies to the viewer's left"
    assert by_id[33][1] > by_id[4][1], "the eyes lie above the nose"
    assert by_id[4][2] == max(point[2] for point in canonical.points)
    assert (canonical.weights > 0).all()


def length_delimited(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


def test_the_metadata_of_a_face_is_read_field_by_field() -> None:
    vertices = [(0, 1, 2, 9, 9), (3, 4, 5, 9, 9), (6, 7, 8, 9, 9)]
    floats = b"".join(b"\x1d" + struct.pack("<f", v) for vertex in vertices for v in vertex)
    third = b"\x08\x02\x15" + struct.pack("<f", 0.25)
    first = b"\x15" + struct.pack("<f", 0.5)  # a number of 0 is left out
    metadata = b"".join(length_delimited(*f) for f in ((1, floats), (2, third), (2, first)))
    found = canonical_face(metadata)
    assert found.ids.tolist() == [2, 0]
    assert found.points.tolist() == [[6, 7, 8], [0, 1, 2]]
    assert found.weights.tolist() == [0.25, 0.5]


def test_a_nose_between_the_eyes_is_frontal() -> None:
    assert nose_offset(FRONTAL) == pytest.approx(0)


@pytest.mark.parametrize(("moved_px", "wanted"), [(10, 0.5), (-10, -0.5), (20, 1.0)])
def test_a_nose_off_the_middle_counts_in_eye_distances(moved_px: float, wanted: float) -> None:
    points = FRONTAL.copy()
    points[2, 0] += moved_px
    assert nose_offset(points) == pytest.approx(wanted)


def test_eyes_that_fall_together_in_a_profile_leave_a_large_and_finite_offset() -> None:
    points = FRONTAL.copy()
    points[:2] = (48, 50), (52, 50)
    points[2, 0] = 68
    assert 1 < nose_offset(points) < 4


def test_points_that_all_fall_together_are_not_an_error() -> None:
    assert math.isfinite(nose_offset(np.zeros((5, 2), np.float32)))
