"""The angles that scan reports, against heads whose pose is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Face
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.facing import tilt_deg, turn_deg
from screentest.prep.vision.mesh import FaceStack
from tests.known_pose.calibration import (
    Truth,
    faces_drawn,
    gazes,
    heads_tilted,
    heads_turned,
    openings,
)
from tests.known_pose.conftest import Scanned
from tests.known_pose.face import Pose
from tests.known_pose.film import pose_at

AXES = ("yaw", "pitch", "roll")
# The mesh compresses large turns; this is what picking by angle can stand. Where a face is level is a
# matter of its build (this one reads 3 degrees low), so picking takes pitch against the person's own.
LOW_DEG = 3.0
SHARE = 0.25
OFFSET_DEG = {"yaw": 3.0, "pitch": 5.0, "roll": 3.0}

Seen = tuple[str, NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture(params=AXES)
def seen(request: pytest.FixtureRequest, scanned: Scanned) -> Seen:
    """(axis, true angles, measured angles) of one sweep, in order of time."""
    axis = request.param
    film, found = scanned(axis)
    moments = [s for s in found.signals if s.fine and s.faces]
    true = [getattr(pose_at(film, s.t_s), f"{axis}_deg") for s in moments]
    measured = [getattr(s.faces[0], f"{axis}_deg") for s in moments]
    return axis, np.asarray(true), np.asarray(measured)


def test_a_head_in_plain_sight_is_never_lost(seen: Seen) -> None:
    _, true, _ = seen
    assert len(true) >= 12
    assert true.min() < 0.85 * -abs(true[0])
    assert true.max() > 0.85 * abs(true[0])


def test_angles_have_the_documented_signs(seen: Seen) -> None:
    _, true, measured = seen
    turned = abs(true) > 8
    assert (np.sign(measured[turned]) == np.sign(true[turned])).all()


def test_more_turned_reads_as_more_turned(seen: Seen) -> None:
    _, _, measured = seen
    assert all(after > before - 1.5 for before, after in pairwise(measured))
    assert measured[-1] - measured[0] > 45


def test_angles_are_about_right(seen: Seen) -> None:
    axis, true, measured = seen
    error = abs(measured - true)
    allowed = SHARE * abs(true) + OFFSET_DEG[axis]
    worst = int(np.argmax(error - allowed))
    assert (error <= allowed).all(), f"at {true[worst]:.0f} degrees it reads {measured[worst]:.0f}"


def test_what_is_told_of_turn_and_tilt_is_true(seen: Seen, scanned: Scanned) -> None:
    axis, _, _ = seen
    film, found = scanned(axis)
    for moment in (s for s in found.signals if s.fine and s.faces):
        true = pose_at(film, moment.t_s)
        if max(abs(true.yaw_deg), abs(true.roll_deg)) <= 30 and abs(true.pitch_deg) < 10:
            # This head is of average depth; people's are flatter, and read a tenth less.
            room_deg = 3 + 0.12 * abs(true.yaw_deg)
            # What this head reads low, it reads aside when it is tilted.
            aside_deg = true.yaw_deg - LOW_DEG * math.sin(math.radians(true.roll_deg))
            assert turn_deg(moment.faces[0]) == pytest.approx(abs(aside_deg), abs=room_deg)
            assert tilt_deg(moment.faces[0]) == pytest.approx(abs(true.roll_deg), abs=3)


def test_turning_one_way_does_not_read_as_turning_another(scanned: Scanned) -> None:
    film, found = scanned("yaw")
    for moment in found.signals:
        if moment.fine and abs(pose_at(film, moment.t_s).yaw_deg) < 25:
            assert abs(moment.faces[0].pitch_deg) < 8
            assert abs(moment.faces[0].roll_deg) < 8


def test_a_frontal_head_reads_as_more_frontal_than_a_turned_one(scanned: Scanned) -> None:
    film, found = scanned("yaw")
    fine = [(abs(pose_at(film, s.t_s).yaw_deg), s.faces[0]) for s in found.signals if s.fine]
    frontal = [abs(face.nose_offset) for yaw_deg, face in fine if yaw_deg < 8]
    turned = [abs(face.nose_offset) for yaw_deg, face in fine if yaw_deg > 25]
    assert max(frontal) < min(turned)


def test_shut_eyes_read_as_shut(scanned: Scanned) -> None:
    _, found = scanned("eyes-shut")
    eyes = [(s.t_s, s.faces[0].eyes_open) for s in found.signals if s.fine and s.faces]
    shut = [value for t_s, value in eyes if t_s < 4.3 or t_s > 9.2]
    wide = [value for t_s, value in eyes if 4.7 < t_s < 8.8]
    assert np.median(wide) > 0.7
    assert not shut or np.median(shut) < np.median(wide) - 0.25


@pytest.fixture(scope="module")
def faces() -> FaceStack:
    return FaceStack()


Shots = Iterator[tuple[Picture, Truth]]


def read(shots: Shots, faces: FaceStack) -> list[tuple[Truth, Face]]:
    """Each picture's truth and the one face that is measured in it."""
    return [(truth, fitted(picture, faces, small=False)[0]) for picture, truth in shots]


@pytest.mark.parametrize(
    ("depth", "least", "most"), [(0.8, 0.6, 1.05), (1.0, 0.8, 1.2), (1.2, 0.9, 1.4)]
)
def test_a_turn_is_read_short_on_a_flat_face_and_long_on_a_deep_one(
    depth: float, least: float, most: float, faces: FaceStack
) -> None:
    """Heads differ in depth by a fifth: what is said of an angle has to leave room for that."""
    for truth, face in read(heads_turned(10, 30, depth=depth), faces):
        true_deg = abs(truth.pose.yaw_deg)
        assert least * true_deg - 3 <= turn_deg(face) <= most * true_deg + 3, (
            f"at {true_deg:.0f} degrees"
        )


@pytest.mark.xfail(reason="past a nose offset of 0.38 only the offset is read, and it is short")
def test_half_a_profile_reads_as_more_than_a_third_of_one(faces: FaceStack) -> None:
    turned = [p for p in heads_turned(5, 50) if abs(p[1].pose.yaw_deg) >= 40]
    assert min(turn_deg(face) for _, face in read(iter(turned), faces)) > 34


def test_a_tilt_is_read_to_a_few_degrees(faces: FaceStack) -> None:
    for truth, face in read(heads_tilted(5, 25), faces):
        assert face.roll_deg == pytest.approx(truth.pose.roll_deg, abs=4)


def test_a_strong_tilt_is_read_to_a_few_degrees(faces: FaceStack) -> None:
    strong = [pair for pair in heads_tilted(5, 40) if abs(pair[1].pose.roll_deg) > 25]
    for truth, face in read(iter(strong), faces):
        assert face.roll_deg == pytest.approx(truth.pose.roll_deg, abs=4)


@pytest.mark.parametrize("turned_deg", [0, 20])
def test_eyes_that_look_aside_read_so_on_either_side(turned_deg: int, faces: FaceStack) -> None:
    seen = {
        truth.mien.gaze_deg: face.gaze
        for truth, face in read(gazes(Pose(turned_deg), step_deg=15), faces)
        if truth.mien.gaze_deg is not None
    }
    assert seen[-30, 0] < -0.5
    assert seen[30, 0] > 0.5
    assert seen[-30, 0] < seen[-15, 0] < seen[0, 0] < seen[15, 0] < seen[30, 0]


def test_the_wider_eyes_are_open_the_more_open_they_read(faces: FaceStack) -> None:
    eyes = {truth.mien.opening: face.eyes_open for truth, face in read(openings(), faces)}
    assert eyes[0] < eyes[0.4] < eyes[0.6] < eyes[1]
    assert eyes[1] - eyes[0] > 0.3


def test_eyes_that_a_smile_narrows_by_half_read_as_open(faces: FaceStack) -> None:
    narrow = [
        face.eyes_open for truth, face in read(openings(raised=0.5), faces) if truth.mien.opening > 0.6
    ]
    assert min(narrow) > 0.7


def test_a_mouth_wide_open_reads_so_and_speech_does_not(faces: FaceStack) -> None:
    mouths = {
        truth.mien.jaw_deg: face.mouth_open
        for truth, face in read(faces_drawn(), faces)
        if not truth.mien.pulled_cm
    }
    assert mouths[5] < 0.3
    assert mouths[20] > 0.5
