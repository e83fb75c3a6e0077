"""Every window that could be chosen: where it may lie, whose it is, and which comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import (
    Box,
    Face,
    Figure,
    FrameSignal,
    Scan,
    Segment,
    Span,
    Subject,
    TrackKey,
)
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import (
    POLICY,
    Window,
    heads_of,
    ranked,
    window_at,
    window_behind,
)
from tests.made_up import face, scan_of, signal

FRONTAL = face()
PROFILE = face(nose_offset=0.9)
LEFT, RIGHT = face(box=Box(0.1, 0.3, 0.15, 0.35)), face(box=Box(0.7, 0.3, 0.15, 0.35))


def windows(
    scan: Scan,
    length_s: float = 4.0,
    subject: Subject = "face",
    *,
    tracks: frozenset[TrackKey] | None = None,
) -> list[Window]:
    return ranked(scored_shots(scan), length_s, subject, POLICY, tracks=tracks)


def both(scan: Scan, *faces: Face) -> Scan:
    """The scan with these faces in every sample."""
    return replace(scan, signals=tuple(signal(s.t_s, *faces) for s in scan.signals))


def test_there_is_one_window_for_each_start_and_person() -> None:
    found = windows(scan_of(lambda t: FRONTAL, length_s=6.0))
    assert sorted(w.start_s for w in found) == pytest.approx([n / 5 for n in range(11)])
    assert {w.length_s for w in found} == {4.0}


def test_the_last_window_ends_with_the_footage_and_none_after_it() -> None:
    found = windows(scan_of(lambda t: FRONTAL, length_s=4.0))
    assert [w.start_s for w in found] == [0.0]
    assert windows(scan_of(lambda t: FRONTAL, length_s=3.8)) == []


def test_no_window_reaches_over_a_cut() -> None:
    found = windows(scan_of(lambda t: FRONTAL, length_s=12.0, cuts_s=(5.0,)))
    assert not [w for w in found if w.start_s < 5.0 - 1e-3 < w.start_s + w.length_s - 2e-3]
    assert {round(w.start_s, 1) for w in found} >= {0.0, 1.0, 5.0, 8.0}


def test_no_window_reaches_into_what_was_not_looked_at() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=20.0)
    found = windows(replace(scan, refined=(Span(0.0, 6.0), Span(10.0, 15.0))))
    assert all(w.start_s <= 2.001 or 9.999 <= w.start_s <= 11.001 for w in found)


def test_two_looks_that_meet_are_one_stretch() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=8.0)
    found = windows(replace(scan, refined=(Span(3.0, 8.0), Span(0.0, 3.0))))
    assert {round(w.start_s, 1) for w in found} >= {0.0, 1.0, 2.0, 3.0, 4.0}


def test_sparse_samples_make_no_window() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=8.0)
    coarse = tuple(replace(s, fine=False) for s in scan.signals)
    assert windows(replace(scan, signals=coarse)) == []


@pytest.mark.parametrize(("hidden", "there"), [(0, True), (2, True), (3, False)])
def test_the_face_may_be_gone_in_a_tenth_of_the_samples(hidden: int, there: bool) -> None:
    def seen(t_s: float) -> Face | None:
        return None if round(t_s * 5) in (4, 9, 14)[:hidden] else FRONTAL

    assert bool(windows(scan_of(seen, length_s=4.0))) == there


def test_a_profile_is_not_a_face_that_shows_itself() -> None:
    scan = scan_of(lambda t: PROFILE, length_s=6.0)
    assert windows(scan) == []
    assert windows(scan, subject="other")


def test_two_people_have_windows_of_their_own_and_the_one_asked_for_is_kept() -> None:
    scan = both(scan_of(lambda t: FRONTAL, length_s=4.0), LEFT, RIGHT)
    assert len(windows(scan)) == 2
    (only,) = windows(scan, tracks=frozenset({(0.0, RIGHT.box)}))
    assert only.track is not None
    assert only.track.faces[0].box == RIGHT.box
    assert windows(scan, tracks=frozenset()) == []


def test_of_two_as_good_the_more_prominent_and_then_the_earlier_comes_first() -> None:
    small, large = (face(box=Box(x, 0.3, 0.02 + w, 0.35)) for x, w in ((0.1, 0.1), (0.7, 0.15)))
    found = windows(both(scan_of(lambda t: FRONTAL, length_s=5.0), small, large))
    first_two = [w for w in found if w.score == pytest.approx(found[0].score, abs=1e-6)][:2]
    assert first_two[0].prominence >= first_two[1].prominence
    equal = windows(scan_of(lambda t: FRONTAL, length_s=8.0))
    starts = [w.start_s for w in equal if w.score == pytest.approx(equal[0].score, abs=1e-7)]
    assert starts == sorted(starts)


def test_a_window_too_poor_to_use_is_none() -> None:
    hopeless = face(eyes_open=0.0, sharpness=1.0, exposure=0.01, box=Box(0.5, 0.5, 0.02, 0.05))
    assert windows(scan_of(lambda t: hopeless, length_s=6.0)) == []


def test_a_black_picture_is_none_either() -> None:
    scan = scan_of(lambda t: None, length_s=6.0)
    black = tuple(replace(s, exposure=0.0, detail=0.0, sharpness=0.0) for s in scan.signals)
    assert windows(replace(scan, signals=black), subject="other") == []


def test_a_window_without_a_face_is_as_good_as_its_weakest_moment_lets_it() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, detail=0.02 if abs(t_s - 6.0) < 0.01 else 0.7)

    scan = scan_of(lambda t: None, length_s=10.0)
    found = windows(replace(scan, signals=tuple(moment(s.t_s) for s in scan.signals)), subject="other")
    assert found[0].start_s + 4.0 <= 6.0 + 1e-6 or found[0].start_s > 6.0


def test_what_a_person_asked_for_is_judged_as_it_is_cut_and_all() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=10.0, cuts_s=(5.0,))
    asked = window_at(scan, 3.1, 4.0)
    assert (asked.start_s, asked.length_s, asked.subject) == (3.1, 4.0, "face")
    assert asked.score > 0.7


def test_what_a_person_asked_for_without_a_face_is_judged_by_its_picture() -> None:
    asked = window_at(scan_of(lambda t: PROFILE, length_s=10.0), 3.0, 4.0)
    assert asked.subject == "other"
    assert asked.score > 0


def test_a_stretch_in_which_nothing_decodes_scores_nothing_and_is_not_an_error() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=10.0)
    asked = window_at(replace(scan, signals=()), 3.0, 4.0)
    assert (asked.score, asked.signals, asked.subject) == (0.0, (), "other")
    assert heads_of(asked) is None


def test_the_window_behind_a_segment_is_found_by_start_and_score() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=10.0)
    best = windows(scan)[0]
    segment = Segment(best.start_s, best.length_s, best.score, "face", ())
    assert window_behind(scan, segment) == best
    assert window_behind(scan, replace(segment, score=best.score - 0.1)) is None
    assert window_behind(scan, replace(segment, start_s=best.start_s + 0.07)) is None


def test_the_window_behind_a_segment_may_be_asked_of_one_person() -> None:
    scan = both(scan_of(lambda t: FRONTAL, length_s=4.0), LEFT, RIGHT)
    best = windows(scan, tracks=frozenset({(0.0, LEFT.box)}))[0]
    segment = Segment(best.start_s, best.length_s, best.score, "face", ())
    assert window_behind(scan, segment, tracks=frozenset({(0.0, LEFT.box)})) is not None
    assert window_behind(scan, segment, tracks=frozenset({(9.0, LEFT.box)})) is None


def test_the_heads_of_a_window_hold_the_person_through_all_of_it_and_the_others_apart() -> None:
    def walking(t_s: float) -> Face:
        return face(box=Box(0.1 + 0.02 * t_s, 0.3, 0.1, 0.2))

    scan = scan_of(walking, length_s=4.0)
    beside = face(box=Box(0.8, 0.3, 0.05, 0.1))
    scan = replace(scan, signals=tuple(signal(s.t_s, *s.faces, beside) for s in scan.signals))
    (mine, *_) = windows(scan)
    heads = heads_of(mine)
    assert heads is not None
    assert heads.person.x == pytest.approx(0.1)
    assert heads.person.x + heads.person.width == pytest.approx(0.2 + 0.02 * 3.8)
    assert heads.face_height == pytest.approx(0.2)
    (other,) = heads.others
    assert (other.x, other.y, other.width, other.height) == pytest.approx((0.8, 0.3, 0.05, 0.1))


def test_a_neighbour_who_is_turned_away_is_not_kept_in_the_crop() -> None:
    scan = both(scan_of(lambda t: FRONTAL, length_s=4.0), LEFT, face(box=RIGHT.box, nose_offset=0.9))
    heads = heads_of(windows(scan)[0])
    assert heads is not None
    assert heads.others == ()


def test_a_figure_without_a_face_has_no_head() -> None:
    scan = scan_of(lambda t: None, length_s=4.0)
    cat = Figure(Box(0.3, 0.3, 0.4, 0.5), 0.9, 300.0)
    seen = replace(scan, signals=tuple(replace(s, figure=cat) for s in scan.signals))
    assert heads_of(windows(seen, subject="other")[0]) is None


def test_speed_counts_by_the_second_and_in_faces() -> None:
    """A face that crosses the picture is worth less than one that rests, however often it is seen."""

    def gliding(t_s: float) -> Face:
        return face(box=Box(0.05 + 0.15 * t_s, 0.3, 0.1, 0.2))

    often, seldom = (windows(scan_of(gliding, length_s=4.0, per_s=n))[0] for n in (10, 5))
    resting = windows(scan_of(lambda t: gliding(0.0), length_s=4.0))[0]
    assert often.score == pytest.approx(seldom.score, abs=0.03)
    assert often.score < resting.score
