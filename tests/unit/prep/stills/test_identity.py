"""One person on a sheet: nobody else's face, and no profile that only may be theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Box
from screentest.prep.stills.identity import Wanted, are_of_a_human, most_like_a_portrait, theirs
from screentest.prep.stills.values import Sight
from tests.unit.prep.stills.sights import identity, seen, sight

WANTED = Wanted(1, identity(1.0))
FRONTAL = seen(sight(0, t_s=1.0), 0.9)


def times_s(*found: object) -> list[float]:
    return [one.t_s for one in theirs(found, WANTED)]  # type: ignore[arg-type]


@pytest.mark.parametrize("yaw_deg", [0, -30, 45])
def test_a_stranger_is_left_out_however_turned(yaw_deg: float) -> None:
    stranger = seen(sight(yaw_deg, t_s=2.0), 0.39)
    assert times_s(FRONTAL, stranger, seen(sight(yaw_deg, t_s=3.0), 0.5)) == [1.0, 3.0]


def test_a_profile_counts_where_it_is_like_enough() -> None:
    assert times_s(seen(sight(80, None, t_s=9.0), 0.37)) == [9.0]
    assert times_s(seen(sight(80, None, t_s=9.0), 0.25)) == []


def test_a_profile_counts_where_the_person_turned_into_it() -> None:
    profile = seen(sight(80, None, t_s=1.4), 0.1)
    assert times_s(FRONTAL, profile) == [1.0, 1.4]


@pytest.mark.parametrize(
    "other",
    [
        seen(sight(80, None, t_s=1.4), 0.1, shot_s=1.2),
        seen(sight(80, None, t_s=5.0), 0.1),
        seen(sight(80, None, t_s=1.4, box=Box(0.75, 0.3, 0.15, 0.35)), 0.1),
        seen(sight(80, None, t_s=1.4, others=(Box(0.1, 0.1, 0.1, 0.2),)), 0.1),
    ],
    ids=["after a cut", "later", "elsewhere", "beside somebody"],
)
def test_a_profile_that_may_be_anybodys_is_left_out(other: object) -> None:
    assert times_s(FRONTAL, other) == [1.0]


def test_unnamed_it_is_of_whoever_shows_the_largest_frontal_face() -> None:
    small = seen(sight(0, t_s=1.0, box=Box(0.1, 0.1, 0.05, 0.1)), 0.2)
    turned = seen(sight(45, t_s=2.0), 0.3)
    wanted = most_like_a_portrait([small, turned, FRONTAL])
    assert wanted is not None
    assert float(wanted.identity @ identity(0.9)) == pytest.approx(1.0, abs=1e-4)
    assert most_like_a_portrait([]) is None


def test_how_like_a_sight_is_stays_with_it() -> None:
    (found,) = theirs([FRONTAL], WANTED)
    assert found == replace(FRONTAL.sight, likeness=found.likeness)
    assert found.likeness == pytest.approx(0.9, abs=1e-4)


PROFILES = [sight(80, None, t_s=n / 5, clarity=0.85) for n in range(5)]


@pytest.mark.parametrize(
    ("facing", "human"),
    [
        ([], True),
        ([sight(0, t_s=2.0, clarity=0.93)], True),
        ([sight(0, t_s=2.0, clarity=0.74), sight(-5, t_s=2.2, clarity=0.68)], False),
    ],
    ids=["profile alone", "a person who turns", "a rabbit that turns"],
)
def test_whoever_no_scan_lists_is_human_where_the_face_is_clear_as_it_turns(
    facing: list[Sight], human: bool
) -> None:
    assert are_of_a_human([*PROFILES, *facing]) == human
    assert not are_of_a_human(facing)
