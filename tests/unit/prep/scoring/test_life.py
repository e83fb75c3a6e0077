"""Whether somebody lives, of made-up movement over time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screentest.prep.core.values import Face
from screentest.prep.scoring.life import alive_over, is_dead, is_picture
from tests.made_up import face

TIMES_S = [n / 5 for n in range(60)]
MovedAt = Callable[[float], float | None]


def faces_that(moved_at: MovedAt) -> list[Face | None]:
    return [face(own_motion=moved_at(t_s)) for t_s in TIMES_S]


def alive(moved_at: MovedAt) -> list[float]:
    return list(alive_over(TIMES_S, faces_that(moved_at)))


@pytest.mark.parametrize("moved", [0.0, 0.05, 0.4], ids=["held still", "compressed", "shaken"])
def test_a_face_that_never_moves_by_itself_is_a_picture(moved: float) -> None:
    assert set(alive(lambda _: moved)) == {0.1}
    assert is_picture(TIMES_S, faces_that(lambda _: moved))


def test_one_who_sits_still_and_blinks_now_and_then_lives() -> None:
    def blinks(t_s: float) -> float:
        return 1.5 if t_s in (0.2, 5.0, 11.0) else 0.1

    assert alive(blinks) == [1.0] * 60
    assert not is_picture(TIMES_S, faces_that(blinks))


def test_a_frozen_stretch_is_told_from_the_living_ones_around_it() -> None:
    found = alive(lambda t_s: 0.01 if 4 < t_s < 8 else 1.5)
    frozen = [t_s for t_s, value in zip(TIMES_S, found, strict=True) if is_dead(value)]
    assert frozen == [t_s for t_s in TIMES_S if 4 < t_s < 8]


def test_a_second_without_a_change_is_no_freeze() -> None:
    assert alive(lambda t_s: 0.01 if 4 < t_s < 5 else 1.5) == [1.0] * 60


@pytest.mark.parametrize("seen_s", [0.0, 1.8])
def test_who_was_not_seen_for_long_is_not_called_a_picture(seen_s: float) -> None:
    def glimpsed(t_s: float) -> float | None:
        return 0.1 if t_s <= seen_s else None

    assert alive(glimpsed) == [1.0] * 60
    assert not is_picture(TIMES_S, faces_that(glimpsed))


def test_where_nothing_is_known_everybody_lives() -> None:
    assert alive(lambda _: None) == [1.0] * 60
    assert alive_over([0.0, 0.2], [None, None]) == (1.0, 1.0)
    assert not is_picture([], [])


def test_a_photo_that_takes_another_face_s_place_is_not_alive_for_that() -> None:
    def replaced(t_s: float) -> float:
        return 5.0 if t_s == 0.0 else 0.1

    assert set(alive(replaced)) == {0.1}
    assert is_picture(TIMES_S, faces_that(replaced))
