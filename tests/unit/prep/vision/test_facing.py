"""Which faces show themselves to the camera."""

from __future__ import annotations

import pytest

from screentest.prep.vision.facing import MAX_TURN_DEG, is_person, nose_turn_deg, tilt_deg, turn_deg
from tests.made_up import face


def test_a_face_toward_the_camera_shows_itself() -> None:
    assert is_person(face())


@pytest.mark.parametrize(
    "hidden",
    [
        {"presence": 0.4},
        {"nose_offset": 0.5},
        {"nose_offset": -0.5},
        {"yaw_deg": MAX_TURN_DEG / 1.1 + 1},
        {"yaw_deg": -MAX_TURN_DEG / 1.1 - 1},
    ],
)
def test_what_is_no_face_or_turned_away_does_not(hidden: dict[str, float]) -> None:
    assert not is_person(face(**hidden))


def test_the_nose_tells_a_turn_that_the_mesh_reads_as_frontal() -> None:
    assert turn_deg(face(yaw_deg=5.0, nose_offset=0.36)) == pytest.approx(26.7, abs=0.1)


def test_within_twenty_degrees_the_mesh_alone_counts_and_reads_a_tenth_short() -> None:
    assert turn_deg(face(yaw_deg=-10.0, nose_offset=0.2)) == pytest.approx(11.0)


def test_both_sides_are_turned_alike_and_a_nose_beyond_the_face_is_a_profile() -> None:
    assert nose_turn_deg(face(nose_offset=-0.3)) == nose_turn_deg(face(nose_offset=0.3))
    assert nose_turn_deg(face(nose_offset=2.0)) == 90.0


def test_a_tilt_to_either_side_counts_as_far_as_it_goes() -> None:
    assert tilt_deg(face(roll_deg=-20.0)) == tilt_deg(face(roll_deg=20.0)) == 20.0
