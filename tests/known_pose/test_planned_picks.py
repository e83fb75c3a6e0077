"""Films that were planned to have one best window: the choice has to lie in it."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet

from screentest import pick
from screentest.prep.core.errors import NoUsableSegment
from screentest.prep.people.grouping import find_people
from tests.known_pose.conftest import Scanned
from tests.known_pose.films import FILMS, PICKS

# A frame or two of the turn toward or away from the camera do no harm.
EDGE_S = 0.1


def expected(name: str) -> ParameterSet:
    missed = FILMS[name].missed
    return pytest.param(name, marks=[pytest.mark.xfail(reason=missed)] if missed else [])


@pytest.mark.parametrize("name", [expected(name) for name in PICKS])
def test_the_choice_lies_where_it_was_planned(name: str, scanned: Scanned) -> None:
    planned = FILMS[name]
    assert planned.window is not None
    chosen = pick(scanned(name)[1])
    first_s, end_s = planned.window
    told = f"{planned.why}; chosen {chosen.start_s:.2f}-{chosen.end_s:.2f} s"
    assert chosen.subject == planned.subject, told
    assert first_s - EDGE_S <= chosen.start_s, told
    assert chosen.end_s <= end_s + EDGE_S, told


def test_a_shot_under_four_seconds_is_used_to_the_full(scanned: Scanned) -> None:
    chosen = pick(scanned("short-shot")[1])
    assert 2.4 <= chosen.length_s <= 2.8


@pytest.mark.parametrize("name", ["profile-left", "profile-right"])
def test_a_profile_is_never_sold_as_a_face(name: str, scanned: Scanned) -> None:
    try:
        chosen = pick(scanned(name)[1])
    except NoUsableSegment:
        return
    assert chosen.subject == "other"


def test_a_face_that_looks_at_the_camera_scores_well(scanned: Scanned) -> None:
    assert pick(scanned("middle")[1]).score > 0.6


def test_a_face_on_a_poster_is_not_among_the_people(scanned: Scanned) -> None:
    (live,) = find_people(scanned("poster")[1]).people
    assert 4 <= live.best_s <= 8.5
    assert live.seen_s < 5
