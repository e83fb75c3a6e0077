"""What is looked into between the keyframes of a first pass."""

from __future__ import annotations

import pytest

from screentest.prep.core.values import Source, Span
from screentest.prep.scanning.gaps import gaps_between
from tests.made_up import source

EVERY_S, UNSEEN_S = 1.8, 3.6
FACE, NOBODY = 0.9, 0.0


def filmed(*keyframes_s: float, length_s: float) -> Source:
    return source(duration_s=length_s, keyframes_s=keyframes_s)


def gaps(film: Source, *promises: float, best: float = 2) -> tuple[Span, ...]:
    """The gaps of a film whose keyframes were all looked at and promise this."""
    seen = tuple(zip(film.keyframes_s, promises, strict=True))
    return gaps_between(film, seen, every_s=EVERY_S, unseen_s=UNSEEN_S, best=best)


NINE = filmed(0.0, 9.0, 18.0, 27.0, length_s=36.0)


def test_where_a_face_shows_at_a_keyframe_both_sides_of_it_are_looked_into() -> None:
    assert gaps(NINE, NOBODY, FACE, NOBODY, NOBODY) == (Span(0.0, 9.0), Span(9.0, 18.0))


def test_the_end_of_the_footage_is_a_gap_too() -> None:
    assert gaps(NINE, NOBODY, NOBODY, NOBODY, FACE) == (Span(18.0, 27.0), Span(27.0, 36.0))


@pytest.mark.parametrize("poor", [NOBODY, 0.3])
def test_where_no_keyframe_shows_a_fair_face_all_is_looked_into(poor: float) -> None:
    assert len(gaps(NINE, poor, NOBODY, NOBODY, poor)) == 4


def test_where_all_may_be_looked_into_all_is() -> None:
    assert len(gaps(NINE, NOBODY, FACE, NOBODY, NOBODY, best=4)) == 4


def test_a_gap_of_which_its_ends_tell_little_is_looked_into_whatever_they_show() -> None:
    film = filmed(0.0, 9.0, 18.0, 58.0, length_s=64.0)
    assert gaps(film, FACE, NOBODY, NOBODY, NOBODY) == (Span(0.0, 9.0), Span(18.0, 58.0))


def test_nothing_is_decoded_where_keyframes_are_near() -> None:
    film = filmed(*(2.0 * i for i in range(20)), length_s=40.0)
    assert gaps(film, *[FACE] * 20) == ()


def test_the_best_are_looked_into_of_many() -> None:
    film = filmed(*(9.0 * i for i in range(200)), length_s=1800.0)
    promises = [0.9 if 100 <= i < 110 else 0.6 for i in range(200)]
    found = gaps(film, *promises, best=10)
    assert {Span(9.0 * i, 9.0 * (i + 1)) for i in range(99, 110)} <= set(found)
    assert len(found) == 11
    assert list(found) == sorted(found, key=lambda span: span.start_s)


def test_a_keyframe_that_was_passed_over_is_looked_at_where_its_neighbours_promise() -> None:
    film = filmed(*(2.0 * i for i in range(20)), length_s=40.0)
    seen = [(4.0 * i, FACE if i == 3 else NOBODY) for i in range(10)]
    assert gaps_between(film, seen, every_s=EVERY_S, unseen_s=UNSEEN_S, best=2) == (
        Span(8.0, 12.0),
        Span(12.0, 16.0),
    )
