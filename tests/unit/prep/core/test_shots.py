"""Where one shot ends and the next begins, in what was looked at closely."""

from __future__ import annotations

from dataclasses import replace

from screentest.prep.core.shots import shots_of
from screentest.prep.core.values import Span
from tests.made_up import face, scan_of, signal


def test_a_scan_without_cuts_is_one_shot() -> None:
    (shot,) = shots_of(scan_of(lambda t: face()))
    assert shot.span == Span(0.0, 20.0)
    assert len(shot.signals) == 100
    assert shot.aspect == 1280 / 720


def test_a_cut_parts_two_shots_and_its_frame_belongs_to_the_second() -> None:
    before, after = shots_of(scan_of(lambda t: face(), cuts_s=(8.0,)))
    assert (before.span.end_s, after.span.start_s) == (8.0, 8.0)
    assert before.signals[-1].t_s < 8.0
    assert after.signals[0].t_s == 8.0


def test_looks_that_do_not_meet_are_separate_shots() -> None:
    scan = replace(scan_of(lambda t: face()), refined=(Span(0.0, 4.0), Span(9.0, 12.0)))
    assert [shot.span for shot in shots_of(scan)] == [Span(0.0, 4.0), Span(9.0, 12.0)]


def test_coarse_samples_count_for_nothing() -> None:
    scan = scan_of(lambda t: face(), length_s=4.0)
    coarse = (*scan.signals, signal(2.05, face(), fine=False))
    (shot,) = shots_of(replace(scan, signals=coarse))
    assert all(s.fine for s in shot.signals)


def test_a_stretch_without_a_sample_is_not_a_shot() -> None:
    assert len(shots_of(scan_of(lambda t: face(), cuts_s=(8.05, 8.15)))) == 2


def test_each_shot_has_the_shape_that_its_own_pictures_have() -> None:
    wide = scan_of(lambda t: face(), cuts_s=(8.0,))
    tall = [replace(s, shown_px=(360, 640)) if s.t_s >= 8.0 else s for s in wide.signals]
    before, after = shots_of(replace(wide, signals=tuple(tall)))
    assert (before.aspect, after.aspect) == (1280 / 720, 360 / 640)
