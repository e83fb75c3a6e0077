"""Following faces: who is who from sample to sample, by place and size."""

from __future__ import annotations

import pytest

from screentest.prep.core.values import Box, Face, FrameSignal, TrackKey
from screentest.prep.people.tracks import Track, joined, may_be_joined, step_faces, tracks_of
from tests.made_up import face, signal

ASPECT = 16 / 9


def at(x: float, y: float = 0.3, *, height: float = 0.3) -> Face:
    """A face whose box begins there."""
    return face(box=Box(x, y, height * 0.5, height))


def tracks(
    *moments: tuple[Face, ...], every_s: float = 0.2, aspect: float = ASPECT
) -> tuple[Track, ...]:
    signals = [signal(n * every_s, *faces) for n, faces in enumerate(moments)]
    return tracks_of(signals, aspect=aspect)


def seen(track: Track) -> list[float]:
    return [track.faces[index].box.x for index in sorted(track.faces)]


def test_one_person_who_sits_still_is_one_track() -> None:
    (only,) = tracks((at(0.4),), (at(0.41),), (at(0.4),))
    assert sorted(only.faces) == [0, 1, 2]


def test_without_faces_there_is_no_track() -> None:
    assert tracks() == ()
    assert tracks((), (), ()) == ()


def test_two_people_side_by_side_stay_apart_in_either_order() -> None:
    left, right = at(0.2), at(0.6)
    first, second = tracks((left, right), (right, left), (left, right))
    assert {tuple(seen(first)), tuple(seen(second))} == {(0.2, 0.2, 0.2), (0.6, 0.6, 0.6)}


def test_somebody_who_walks_through_the_picture_is_one_person() -> None:
    assert len(tracks(*((at(0.05 * step),) for step in range(12)))) == 1


def test_a_face_that_jumps_across_the_picture_is_somebody_else() -> None:
    assert len(tracks((at(0.1),), (at(0.7),))) == 2


def test_a_face_that_is_suddenly_twice_as_large_is_somebody_else() -> None:
    assert len(tracks((at(0.4, height=0.2),), (at(0.35, height=0.4),))) == 2
    assert len(tracks((at(0.4, height=0.2),), (at(0.38, height=0.3),))) == 1


@pytest.mark.parametrize(("missing", "count"), [(0, 1), (2, 1), (3, 2)])
def test_a_person_out_of_sight_for_a_moment_stays_the_same_and_for_longer_is_new(
    missing: int, count: int
) -> None:
    gap: list[tuple[Face, ...]] = [()] * missing
    assert len(tracks((at(0.4),), *gap, (at(0.4),))) == count


def test_two_faces_of_one_sample_are_two_people() -> None:
    assert len(tracks((at(0.40), at(0.42)), (at(0.41),))) == 2


def test_a_person_who_joins_does_not_take_over_a_track() -> None:
    first, second = tracks((at(0.40),), (at(0.41), at(0.43)))
    assert (sorted(first.faces), sorted(second.faces)) == ([0, 1], [1])


def test_the_nearest_face_is_the_same_person() -> None:
    tracked = tracks((at(0.30), at(0.50)), (at(0.47),))
    assert next(t for t in tracked if len(t.faces) == 2).faces[0].box.x == 0.5


def test_a_step_across_counts_by_what_is_seen_and_not_by_shares() -> None:
    """A tenth of a wide picture is further than a tenth of an upright one."""
    here, there = at(0.4), at(0.5)
    assert step_faces(here, there, 16 / 9) == pytest.approx(0.1 * 16 / 9 / 0.3)
    assert step_faces(here, there, 9 / 16) == pytest.approx(0.1 * 9 / 16 / 0.3)
    assert step_faces(here, at(0.4, 0.6), 16 / 9) == pytest.approx(1.0)


def test_the_person_seen_most_comes_first() -> None:
    often, seldom = at(0.6), at(0.1)
    assert [len(t.faces) for t in tracks((seldom, often), (often,), (often,))] == [3, 1]


def test_prominence_is_the_share_of_the_picture() -> None:
    small, large = at(0.4, height=0.2), at(0.39, height=0.3)
    (only,) = tracks((small,), (large,))
    assert only.prominence == pytest.approx((0.1 * 0.2 + 0.15 * 0.3) / 2)


def test_a_track_is_named_by_where_and_when_it_began() -> None:
    signals: list[FrameSignal] = [signal(7.0), signal(7.2, at(0.4)), signal(7.4, at(0.41))]
    (only,) = tracks_of(signals, aspect=ASPECT)
    assert only.key(signals) == (7.2, at(0.4).box)


def known(*moments: tuple[Face, ...], together: tuple[frozenset[TrackKey], ...]) -> list[list[int]]:
    """The samples of each track, where some are known to be one person's."""
    signals = [signal(n * 0.2, *faces) for n, faces in enumerate(moments)]
    one_each = tracks_of(signals, aspect=ASPECT)
    made = joined(one_each, signals, together, aspect=ASPECT)
    return [sorted(track.faces) for track in made]


LEFT, RIGHT = at(0.1), at(0.7)


def test_a_head_that_jumped_is_one_track_where_identity_says_so() -> None:
    moments = ((LEFT,), (LEFT,), (RIGHT,), (RIGHT,))
    assert known(*moments, together=()) == [[0, 1], [2, 3]]
    assert known(*moments, together=(frozenset({(0.0, LEFT.box), (0.4, RIGHT.box)}),)) == [[0, 1, 2, 3]]
    assert known(*moments, together=(frozenset({(0.0, LEFT.box)}),)) == [[0, 1], [2, 3]]


def test_somebody_beside_a_mirror_stays_two_tracks_and_goes_on_with_the_nearer_one() -> None:
    both = (LEFT, RIGHT)
    gone: tuple[Face, ...] = ()
    moments = (both, both, gone, gone, gone, gone, (at(0.65),))
    keys = frozenset({(0.0, LEFT.box), (0.0, RIGHT.box), (6 * 0.2, at(0.65).box)})
    assert known(*moments, together=(keys,)) == [[0, 1, 6], [0, 1]]


@pytest.mark.parametrize(("missing", "may"), [(0, True), (3, True), (7, False)])
def test_only_tracks_that_follow_one_another_within_a_second_may_be_one_persons(
    missing: int, may: bool
) -> None:
    gap: list[tuple[Face, ...]] = [()] * missing
    signals = [signal(n * 0.2, *faces) for n, faces in enumerate([(LEFT,), *gap, (RIGHT,)])]
    assert may_be_joined(tracks_of(signals, aspect=ASPECT), signals) is may
    beside = [signal(0.0, LEFT, RIGHT)]
    assert not may_be_joined(tracks_of(beside, aspect=ASPECT), beside)
