"""The score over time: where things are drawn, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from screentest.prep.core.values import Candidate, Segment, Span
from screentest.prep.report.story import Curve, Point, Story
from screentest.prep.report.timeline import COLUMNS, described, thinned, ticks_s, timeline


def story(
    *,
    end_s: float = 20.0,
    first_s: float = 0.0,
    start_s: float = 4.0,
    alternatives: tuple[Candidate, ...] = (),
    coarse: Sequence[Point] = (),
    close: tuple[tuple[Point, ...], ...] = (),
    cuts_s: tuple[float, ...] = (),
    looked_at: tuple[Span, ...] = (),
) -> Story:
    segment = Segment(start_s, 4.0, 0.87, "face", (), alternatives)
    return Story(first_s, end_s, segment, Curve(tuple(coarse), close), cuts_s, looked_at, ())


def placed(drawing: str, kind: str) -> list[tuple[float, float]]:
    """(left, width) of each rectangle of a kind, in per cent."""
    found = re.findall(rf'<rect class="{kind}" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', drawing)
    return [(float(left), float(width)) for left, width in found]


def path(drawing: str, kind: str) -> list[str]:
    return re.findall(rf'<path class="{kind}" d="([^"]*)"', drawing)


def test_the_chosen_window_is_where_it_is() -> None:
    assert placed(timeline(story()), "chosen") == [(20.0, 20.0)]


def test_footage_whose_picture_starts_late_is_drawn_from_there() -> None:
    assert placed(timeline(story(first_s=2.0, end_s=22.0, start_s=7.0)), "chosen") == [(25.0, 20.0)]


def test_a_window_that_reaches_past_a_detail_is_cut_at_its_edge() -> None:
    assert placed(timeline(story(), shown=Span(6.0, 10.0)), "chosen") == [(0.0, 50.0)]


def test_runners_up_carry_their_place_and_none_under_the_chosen_s_label() -> None:
    others = (Candidate(12.0, 4.0, 0.8), Candidate(4.4, 4.0, 0.7))
    drawing = timeline(story(alternatives=others))
    assert placed(drawing, "runner") == [(60.0, 20.0), (22.0, 20.0)]
    assert re.findall(r'class="runner-label"[^>]*>(\d)<', drawing) == ["2"]


def test_a_runner_up_outside_of_a_detail_is_not_drawn() -> None:
    drawing = timeline(story(alternatives=(Candidate(12.0, 4.0, 0.8),)), shown=Span(3.0, 9.0))
    assert placed(drawing, "runner") == []


def test_the_best_score_is_at_the_top_and_none_at_the_foot() -> None:
    close = ((Point(0.0, 0.0), Point(10.0, 1.0), Point(20.0, 0.5)),)
    (line,) = path(timeline(story(close=close)), "close")
    assert line == "M0.0 100.0L500.0 0.0L1000.0 50.0"


def test_each_shot_has_a_line_of_its_own() -> None:
    close = ((Point(0.0, 0.5), Point(5.0, 0.5)), (Point(5.2, 0.9), Point(9.0, 0.9)))
    assert len(path(timeline(story(close=close)), "close")) == 2


def test_one_moment_alone_makes_no_line() -> None:
    assert path(timeline(story(close=((Point(3.0, 0.5),),))), "close") == []


def test_a_long_time_without_coarse_samples_is_a_gap() -> None:
    coarse = [Point(float(t), 0.5) for t in (0, 2, 4, 40, 42)]
    areas = path(timeline(story(end_s=60.0, coarse=coarse)), "coarse")
    assert len(areas) == 2
    assert all(area.endswith("100Z") for area in areas)


def test_no_coarse_samples_at_all_are_not_an_error() -> None:
    assert path(timeline(story()), "coarse") == []


def test_what_was_looked_at_closely_is_marked() -> None:
    drawing = timeline(story(looked_at=(Span(0.0, 5.0), Span(10.0, 12.0))))
    assert placed(drawing, "looked") == [(0.0, 25.0), (50.0, 10.0)]


def test_many_cuts_become_ticks_at_the_foot_that_hide_no_curve() -> None:
    few = timeline(story(cuts_s=(3.0, 9.0)))
    many = timeline(story(cuts_s=tuple(n / 4 for n in range(1, 80))))
    assert 'class="cut" x1="15.000%" x2="15.000%" y1="26"' in few
    assert 'y1="26" y2="158"' not in many


def test_the_words_say_what_the_drawing_shows() -> None:
    others = (Candidate(12.0, 4.0, 0.8), Candidate(16.0, 4.0, 0.7))
    told = story(alternatives=others, cuts_s=(3.0, 9.0, 15.0))
    assert described(told, 0.0, 20.0) == (
        "Score from 0:00.00 to 0:20.00. Chosen: 0:04.00 to 0:08.00, score 0.87. "
        "Marked: 2 runners-up, 3 cuts."
    )


def test_the_words_of_a_detail_count_what_lies_in_it() -> None:
    told = story(alternatives=(Candidate(12.0, 4.0, 0.8),), cuts_s=(3.0, 9.0, 10.0, 15.0))
    assert "Marked: 0 runners-up, 2 cuts." in described(told, 8.0, 12.0)
    assert "Marked: 1 runner-up, 1 cut." in described(told, 10.5, 20.0)


def test_two_drawings_of_a_page_have_names_of_their_own() -> None:
    assert 'id="around-title"' in timeline(story(), name="around")
    assert 'aria-labelledby="around-title"' in timeline(story(), name="around")


def test_a_crowd_of_points_keeps_the_best_of_each_column() -> None:
    points = [Point(n / 100, 1.0 if n == 777 else 0.5) for n in range(2000)]
    kept = thinned(points, 0.0, 20.0)
    assert len(kept) <= COLUMNS + 1
    assert Point(7.77, 1.0) in kept
    assert [p.t_s for p in kept] == sorted(p.t_s for p in kept)


def test_few_points_are_all_kept_and_those_outside_are_not() -> None:
    points = [Point(float(n), 0.5) for n in range(20)]
    assert thinned(points, 5.0, 8.0) == points[5:9]


@pytest.mark.parametrize("length_s", [0.2, 1, 3.9, 4, 59, 61, 600, 3599, 3601, 40_000, 360_000])
@pytest.mark.parametrize("start_s", [0.0, 0.37, 1234.5])
def test_a_phone_can_show_the_times_of_any_stretch(start_s: float, length_s: float) -> None:
    found = ticks_s(start_s, start_s + length_s)
    assert len(found) <= 9
    assert all(start_s <= t_s <= start_s + length_s for t_s in found)
    if length_s >= 1:
        assert found


def test_short_stretches_tell_tenths_and_long_ones_whole_seconds() -> None:
    labels = re.findall(r'class="tick"[^>]*>([^<]+)<', timeline(story(), shown=Span(1.0, 3.0)))
    assert labels == ["0:01.0", "0:01.5", "0:02.0", "0:02.5", "0:03.0"]
    labels = re.findall(r'class="tick"[^>]*>([^<]+)<', timeline(story()))
    assert labels == ["0:00", "0:05", "0:10", "0:15", "0:20"]


def test_labels_at_the_edges_stay_inside() -> None:
    drawing = timeline(story())
    anchors = re.findall(r'class="tick"[^>]*text-anchor="(\w+)"', drawing)
    assert (anchors[0], anchors[2], anchors[-1]) == ("start", "middle", "end")
