"""Which parts of long footage are looked at closely."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from screentest.prep.core.values import Scan, Span
from screentest.prep.picking.interest import PickInterest
from screentest.prep.scanning.stretches import confirmed, divided, promising, stretch_s
from tests.made_up import SOURCE, face, signal

INTEREST = PickInterest(window_s=4.0)
GOOD, TURNED = face(presence=0.9), face(presence=0.9, nose_offset=0.6)


def coarse(length_s: float, *, every_s: float = 2.0, good: tuple[float, float]) -> Scan:
    """A first look at footage with a keyframe ``every_s``, and a frontal face in one part of it."""
    times_s = [i * every_s for i in range(int(length_s / every_s) + 1)]
    seen = [signal(t, GOOD if good[0] <= t < good[1] else TURNED, fine=False) for t in times_s]
    return Scan(replace(SOURCE, duration_s=length_s), tuple(seen), (), (), length_s)


def test_the_part_that_shows_the_face_comes_first() -> None:
    first = promising(coarse(600, good=(300, 306)), INTEREST, most=6)[0]
    assert first.span.start_s <= 301
    assert first.span.end_s >= 304


def test_each_begins_just_after_a_keyframe_so_that_little_is_decoded_for_nothing() -> None:
    found = promising(coarse(600, good=(100, 500)), INTEREST, most=6)
    assert all(0 < stretch.span.start_s % 2.0 < 0.5 for stretch in found if stretch.span.start_s)


def test_neighbours_leave_no_seam_that_a_window_could_be_lost_in() -> None:
    found = sorted(
        (s.span for s in promising(coarse(30, good=(0, 30)), INTEREST, most=6)), key=lambda s: s.start_s
    )
    assert found[0].start_s == 0
    for before, after in pairwise(found):
        assert after.start_s == before.end_s or after.start_s > before.end_s + 1


@pytest.mark.parametrize(("every_s", "good"), [(2.0, (6.6, 13.2)), (4.0, (0.0, 13.2))])
def test_no_gap_too_short_for_a_window_is_left_between_two_looks(
    every_s: float, good: tuple[float, float]
) -> None:
    """The best shot, in the middle of three, would be cut in two by it."""
    seen = coarse(13.2, every_s=every_s, good=good)
    found = sorted(
        (s.span for s in promising(seen, INTEREST, most=6)),
        key=lambda span: span.start_s,
    )
    assert len(found) == 2
    assert found[0].end_s == found[1].start_s


def test_none_is_longer_than_a_look_may_be_and_all_lie_in_the_footage() -> None:
    for stretch in promising(coarse(47, good=(5, 40)), INTEREST, most=6):
        assert 0 <= stretch.span.start_s < stretch.span.end_s <= 47
        assert stretch.span.end_s - stretch.span.start_s <= stretch_s(4.0) + 2


def test_hours_of_footage_are_not_a_burden() -> None:
    assert promising(coarse(4 * 3600, good=(7000, 7010)), INTEREST, most=6)[0].span.start_s > 6990


def test_parts_of_the_footage_meet_and_part_at_keyframes() -> None:
    parts = divided(Span(1.0, 601.0), 4, [1.0 + 9 * i for i in range(67)])
    assert (parts[0].start_s, parts[-1].end_s, len(parts)) == (1.0, 601.0, 4)
    for before, after in pairwise(parts):
        assert before.end_s == after.start_s
        assert (after.start_s - 1.0) % 9 == pytest.approx(0, abs=1e-9)
        assert 130 < before.end_s - before.start_s < 170


def test_footage_with_unknown_keyframes_is_divided_too() -> None:
    assert divided(Span(0.0, 100.0), 2, ()) == (Span(0.0, 50.0), Span(50.0, 100.0))


def test_one_keyframe_leaves_one_part() -> None:
    assert divided(Span(0.0, 100.0), 4, [0.0]) == (Span(0.0, 100.0),)


def test_a_stretch_holds_the_window_that_is_wanted_with_room_to_choose() -> None:
    assert (stretch_s(1.5), stretch_s(4.0), stretch_s(8.0)) == (6.0, 6.0, 10.0)
    first = promising(coarse(600, good=(300, 320)), PickInterest(window_s=8.0), most=6)[0]
    assert first.span.end_s - first.span.start_s >= 10


def test_a_glimpse_that_the_mesh_does_not_confirm_leads_elsewhere() -> None:
    seen = coarse(600, good=(100, 500))
    known = {float(t_s): 0.2 if t_s < 400 else 0.9 for t_s in range(100, 420, 2)}
    first = promising(seen, INTEREST, most=6, fitted=known)[0]
    assert 398 <= first.span.start_s <= 415


def test_those_without_a_mesh_are_taken_to_keep_as_much_as_the_others_do() -> None:
    seen = coarse(600, good=(100, 500))
    known = {float(t_s): 0.5 if t_s < 200 else 0.8 for t_s in range(100, 210, 2)}
    assert 198 <= promising(seen, INTEREST, most=6, fitted=known)[0].span.start_s <= 205


def test_drawn_faces_that_the_mesh_rejects_are_not_confirmed() -> None:
    seen = coarse(600, good=(100, 500))
    assert not confirmed(seen, INTEREST, {float(t_s): 0.0 for t_s in range(100, 130, 2)})
    assert confirmed(seen, INTEREST, {float(t_s): 0.8 for t_s in range(100, 130, 2)})


def test_every_stretch_has_room_for_a_window() -> None:
    for length_s in (13.0, 30.6, 33.3):
        for stretch in promising(coarse(length_s, good=(0, length_s)), INTEREST, most=6):
            assert stretch.span.end_s - stretch.span.start_s >= INTEREST.window_s


def test_what_a_stretch_can_hold_is_what_its_best_window_promises() -> None:
    """A face at the beginning alone fills a window, whatever comes after it."""
    found = promising(coarse(600, every_s=1.0, good=(300, 304.5)), INTEREST, most=1)[0]
    assert found.promise < 0.8 < found.ceiling
