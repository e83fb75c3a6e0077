"""What a scan looks for when a clip is to be picked from it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction

import pytest

from screentest import KLING_ELEMENTS, SORA_2, pick
from screentest.prep.picking.interest import PickInterest, interest_in
from tests.made_up import face, scan_of, signal, source


def test_a_window_is_as_long_as_a_clip_of_that_model() -> None:
    assert interest_in(source(), SORA_2).window_s == 4.0
    assert interest_in(source(), KLING_ELEMENTS).window_s == 8.0
    at_29_97 = interest_in(source(fps=Fraction(30000, 1001)), SORA_2)
    assert at_29_97.window_s == pytest.approx(119 * 1001 / 30000)


def test_enough_was_seen_where_the_best_window_is_as_good_as_it_will_be_scored() -> None:
    scan = scan_of(lambda t: face() if 5 <= t < 9.2 else face(yaw_deg=25.0, nose_offset=0.2))
    assert interest_in(scan.source, SORA_2).best_so_far(scan) == pick(scan).score


def test_a_window_that_is_too_short_for_the_model_is_not_enough() -> None:
    scan = scan_of(lambda t: face(), cuts_s=(6.0, 12.0, 18.0))
    assert interest_in(scan.source, SORA_2).best_so_far(scan) > 0.6
    assert interest_in(scan.source, KLING_ELEMENTS).best_so_far(scan) == 0.0


def test_without_a_face_nothing_is_enough() -> None:
    assert PickInterest(4.0).best_so_far(scan_of(lambda t: None)) == 0.0


def test_a_frontal_face_promises_more_than_a_turned_one() -> None:
    interest, raw = PickInterest(4.0), source()
    frontal, turned = face(), face(nose_offset=0.3)
    assert interest.of_face(frontal, raw) > interest.of_face(turned, raw) > 0


def test_of_a_glimpse_with_a_mesh_the_turn_counts_and_a_blink_counts_little() -> None:
    interest, raw = PickInterest(4.0), source()
    seen = interest.of_fitted((face(),), raw)
    assert interest.of_fitted((face(yaw_deg=30.0),), raw) < 0.4 * seen
    assert 0.5 * seen < interest.of_fitted((face(eyes_open=0.1),), raw) < seen
    assert interest.of_fitted((face(mouth_open=0.6),), raw) == seen


def test_a_glimpse_of_nobody_promises_nothing() -> None:
    interest, raw = PickInterest(4.0), source()
    assert interest.of_fitted((), raw) == interest.of_fitted((face(presence=0.1),), raw) == 0.0


def test_a_lit_moment_is_worth_more_than_a_dark_one() -> None:
    interest = PickInterest(4.0)
    lit = signal(0.0)
    assert interest.of_moment(lit) > interest.of_moment(replace(lit, exposure=0.05))


def test_a_worker_can_be_given_it() -> None:
    interest = interest_in(source(), SORA_2)
    assert pickle.loads(pickle.dumps(interest)) == interest
