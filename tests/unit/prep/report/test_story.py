"""What a report shows: the score over time, the filmstrip, the people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from screentest import pick
from screentest.prep.core.values import Box, Face, Segment
from screentest.prep.people.grouping import Person
from screentest.prep.report.story import Story, chosen_of, spread, story_of
from tests.made_up import FaceAt, face, scan_of, signal

FRONTAL = face()
PROFILE = face(yaw_deg=8.0, nose_offset=0.9)
BESIDE = face(box=Box(0.75, 0.3, 0.1, 0.22))


def story(face_at: FaceAt, **changes: Any) -> Story:
    scan = scan_of(face_at, **changes)
    return story_of(scan, pick(scan))


def test_the_filmstrip_covers_the_whole_window_evenly() -> None:
    told = story(lambda t: FRONTAL)
    times_s = [m.t_s - told.segment.start_s for m in told.moments]
    assert times_s == pytest.approx([0.2, 0.6, 1.2, 1.6, 2.2, 2.6, 3.2, 3.6])


def test_each_picture_carries_the_chosen_face_and_its_own_score() -> None:
    told = story(lambda t: FRONTAL)
    assert all(m.face == FRONTAL and m.score and m.score > 0.8 for m in told.moments)


def test_fewer_samples_than_pictures_are_each_shown_once() -> None:
    assert spread(3, 8) == (0, 1, 2)
    assert spread(0, 8) == ()


def test_the_score_falls_to_nothing_where_the_face_is_turned_away() -> None:
    told = story(lambda t: PROFILE if 10 <= t < 12 else FRONTAL)
    (run,) = told.curve.close
    assert {p.score for p in run if 10 <= p.t_s < 12} == {0.0}
    assert min(p.score for p in run if p.t_s < 9.9) > 0.5


def test_a_cut_ends_one_curve_and_begins_another() -> None:
    told = story(lambda t: FRONTAL, cuts_s=(8.0,))
    assert [run[0].t_s for run in told.curve.close] == [0.0, 8.0]


def test_coarse_samples_are_separate_from_close_ones() -> None:
    scan = scan_of(lambda t: FRONTAL)
    coarse = tuple(signal(30.0 + i, FRONTAL, fine=False) for i in range(5))
    whole = replace(scan, signals=(*scan.signals, *coarse), end_s=35.0)
    told = story_of(whole, pick(whole))
    assert [p.t_s for p in told.curve.coarse] == [30.0, 31.0, 32.0, 33.0, 34.0]
    assert all(p.score > 0.3 for p in told.curve.coarse)


def test_footage_without_a_face_has_a_score_too() -> None:
    told = story(lambda t: None)
    assert told.segment.subject == "other"
    assert all(m.face is None and m.score for m in told.moments)


def test_a_window_that_was_given_is_shown_like_a_picked_one() -> None:
    scan = scan_of(lambda t: FRONTAL)
    told = story_of(scan, Segment(3.0, 4.0, 0.9, "face", ("The start was given.",)))
    assert told.moments[0].t_s >= 3.0
    assert told.moments[-1].t_s < 7.0


def person(number: int, *faces: Face) -> Person:
    keys = frozenset((0.0, f.box) for f in faces)
    picture = np.zeros((8, 8, 3), np.uint8)
    return Person(number, keys, 20.0, 0.3, 0.0, faces[0].box, picture)


def test_the_person_that_the_window_was_picked_for_is_marked() -> None:
    scan = scan_of(lambda t: FRONTAL)
    both = replace(scan, signals=tuple(signal(s.t_s, FRONTAL, BESIDE) for s in scan.signals))
    ann, joe = person(1, BESIDE), person(2, FRONTAL)
    assert chosen_of((ann, joe), both, pick(both)) is joe
    assert chosen_of((ann, joe), both, pick(both, person=ann)) is ann
    assert story_of(both, pick(both, person=ann)).moments[0].face == BESIDE


def test_nobody_was_chosen_where_no_face_was() -> None:
    scan = scan_of(lambda t: None)
    assert chosen_of((person(1, FRONTAL),), scan, pick(scan)) is None
