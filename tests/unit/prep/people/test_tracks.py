"""Faces followed from sample to sample: who is the same, who is somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Face, FrameSignal
from screentest.prep.people.tracks import step_faces, tracks_of
from tests.made_up import FACE, face, signal

ASPECT = 16 / 9


def at(x: float, *, height: float = 0.35) -> Face:
    """The face at another place, or of another size."""
    return face(box=replace(FACE.box, x=x, height=height, width=height * 0.43))


def samples(*moments: tuple[Face, ...], every_s: float = 0.2) -> list[FrameSignal]:
    return [signal(i * every_s, *faces) for i, faces in enumerate(moments)]


def counts(*moments: tuple[Face, ...], every_s: float = 0.2) -> list[int]:
    """How many samples each track has."""
    tracks = tracks_of(samples(*moments, every_s=every_s), aspect=ASPECT)
    return [len(track.faces) for track in tracks]


def test_a_face_that_stays_is_one_track() -> None:
    assert counts(*[(at(0.4),)] * 5) == [5]


def test_a_face_that_walks_is_followed() -> None:
    assert counts(*[(at(0.2 + 0.05 * i),) for i in range(8)]) == [8]


def test_a_face_that_jumps_is_somebody_else() -> None:
    assert counts((at(0.1),), (at(0.1),), (at(0.7),)) == [2, 1]


def test_a_face_of_another_size_is_somebody_else() -> None:
    assert counts((at(0.4, height=0.4),), (at(0.4, height=0.15),)) == [1, 1]


def test_a_face_out_of_sight_for_a_moment_is_the_same_and_for_a_second_is_not() -> None:
    moments = ((at(0.4),), (), (at(0.4),))
    assert counts(*moments) == [2]
    assert counts(*moments, every_s=0.5) == [1, 1]


def test_two_people_side_by_side_stay_apart_whatever_order_they_are_seen_in() -> None:
    left, right = at(0.2), at(0.7)
    first, second = tracks_of(samples((left, right), (right, left), (left, right)), aspect=ASPECT)
    assert {face.box.x for face in first.faces.values()} == {0.2}
    assert {face.box.x for face in second.faces.values()} == {0.7}


def test_a_track_is_named_by_its_first_face() -> None:
    signals = samples((), (at(0.4),), (at(0.41),))
    (track,) = tracks_of(signals, aspect=ASPECT)
    assert track.key(signals) == (0.2, at(0.4).box)


def test_the_larger_face_is_the_more_prominent_one() -> None:
    large, small = tracks_of(samples((at(0.1), at(0.7, height=0.1))), aspect=ASPECT)
    assert large.prominence > small.prominence


def test_steps_count_in_heights_of_the_face_whatever_the_shape_of_the_picture() -> None:
    assert step_faces(at(0.3), at(0.3), ASPECT) == 0
    assert step_faces(at(0.3), at(0.4), ASPECT) == pytest.approx(0.1 * ASPECT / 0.35)
