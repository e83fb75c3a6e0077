"""A reason is a claim: each number is the window's own, and each sentence is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screentest.prep.core.values import Box, EyesTrace, Face, Figure, FrameSignal
from screentest.prep.picking.reasons import is_on_length, reasons_for
from screentest.prep.picking.windows import window_at
from tests.made_up import face, scan_of, signal
from tests.unit.prep.picking.told import (
    CAT,
    FACING_US,
    FRONTAL,
    NO_FACE,
    of_picture,
    said,
    told,
    window,
)


def test_in_how_many_samples_the_face_shows_is_counted() -> None:
    always = told(scan_of(lambda t: FRONTAL, length_s=4.0))
    assert said(always, "shows their face") == "One person shows their face in 20 of 20 samples."
    once_gone = told(scan_of(lambda t: None if abs(t - 2.0) < 0.01 else FRONTAL, length_s=4.0))
    assert said(once_gone, "shows their face") == "One person shows their face in 19 of 20 samples."


def test_beside_others_it_is_the_chosen_person_who_is_counted() -> None:
    """ "One person shows" would deny the other one, whom a warning names."""
    other = face(box=Box(0.7, 0.3, 0.05, 0.1))
    pair = scan_of(lambda t: FRONTAL, length_s=4.0)
    pair = replace(pair, signals=tuple(replace(one, faces=(*one.faces, other)) for one in pair.signals))
    line = said(told(pair), "shows their face in")
    assert line == "The chosen person shows their face in 20 of 20 samples."


def test_a_moment_in_profile_is_not_said_to_show_the_face() -> None:
    profile = face(nose_offset=0.9)
    lines = told(scan_of(lambda t: profile if abs(t - 2.0) < 0.01 else FRONTAL, length_s=4.0))
    assert "19 of 20" in said(lines, "shows their face")
    assert "up to 2°" in said(lines, "Turned"), "nor counted as turned"


def test_the_turn_is_the_median_and_the_largest() -> None:
    def turning(t_s: float) -> Face:
        first = t_s < 0.5
        return face(yaw_deg=21.0 if first else -7.0, roll_deg=18.0 if first else -4.0)

    line = said(told(scan_of(turning, length_s=4.0)), "Turned")
    assert line == (
        "Turned about 8° from the camera (median), up to 23° in these samples; "
        "tilted about 4°, up to 18°."
    )


def test_eyes_are_said_to_be_open_as_often_as_they_are() -> None:
    def blinking(t_s: float) -> Face:
        return face(eyes_open=0.1) if t_s < 0.95 else FRONTAL

    line = said(told(scan_of(blinking, length_s=4.0)), "Eyes open")
    assert line == "Eyes open in 75% of the samples."


@pytest.mark.parametrize(
    ("shut", "sentence"),
    [
        (lambda t_s: False, "Eyes open in 100% of the frames looked at."),
        (
            lambda t_s: 1.0 <= t_s < 1.2,
            "Eyes open in 95% of the frames looked at; one blink seen, of about 0.2 s.",
        ),
        (
            lambda t_s: t_s % 2 < 0.13,
            "Eyes open in 93% of the frames looked at; 2 blinks seen, of up to about 0.1 s.",
        ),
        (
            lambda t_s: 1.0 <= t_s < 1.8,
            "Eyes open in 80% of the frames looked at; shut once, for about 0.8 s.",
        ),
        (
            lambda t_s: 1.0 <= t_s < 1.8 or 3.0 <= t_s < 3.2,
            "Eyes open in 75% of the frames looked at; one blink seen, of about 0.2 s; "
            "shut once, for about 0.8 s.",
        ),
    ],
)
def test_blinks_are_told_from_eyes_that_stay_shut_frame_by_frame(
    shut: Callable[[float], bool], sentence: str
) -> None:
    times_s = tuple(n / 15 for n in range(60))
    eyes_open = tuple(0.2 if shut(t_s) else 0.9 for t_s in times_s)
    scan = scan_of(lambda t: FRONTAL, length_s=4.0)
    traced = replace(scan, eyes=(EyesTrace((0.0, FRONTAL.box), times_s, eyes_open),))
    assert said(told(traced), "Eyes open") == sentence


def test_of_a_small_face_less_is_claimed_about_the_eyes() -> None:
    small = face(box=Box(0.4, 0.3, 0.06, 0.1))
    line = said(told(scan_of(lambda t: small, length_s=4.0)), "open in")
    assert line == "As far as so few pixels show, the eyes are open in 100% of the samples."


def test_narrow_eyes_that_look_down_are_not_said_to_blink() -> None:
    """As of a woman who paints her lids: 0.16 shut, 0.44 lowered, 0.6 as open as they are."""
    times_s = tuple(n / 15 for n in range(60))
    eyes_open = tuple({5: 0.44, 30: 0.16}.get(n, 0.6) for n in range(60))
    narrow = face(eyes_open=0.6)
    scan = scan_of(lambda t: narrow, length_s=4.0)
    traced = replace(scan, eyes=(EyesTrace((0.0, narrow.box), times_s, eyes_open),))
    assert said(told(traced), "Eyes open").endswith("; one blink seen, of about 0.1 s.")


def test_one_shut_frame_of_many_is_not_rounded_away() -> None:
    times_s = tuple(n / 60 for n in range(240))
    eyes_open = tuple(0.2 if n == 100 else 0.9 for n in range(240))
    scan = scan_of(lambda t: FRONTAL, length_s=4.0)
    traced = replace(scan, eyes=(EyesTrace((0.0, FRONTAL.box), times_s, eyes_open),))
    assert "open in 99% of the frames" in said(told(traced), "Eyes open")


@pytest.mark.parametrize(
    "elsewhere", [{"gaze": 0.8}, {"gaze_up": 0.25}, {"gaze_up": -0.8}, {"crossed": 0.5}]
)
def test_eyes_that_look_elsewhere_are_not_said_to_be_on_the_camera(
    elsewhere: dict[str, float],
) -> None:
    def aside(t_s: float) -> Face:
        return face(yaw_deg=0.0, **elsewhere) if t_s < 1.95 else FRONTAL

    line = said(told(scan_of(aside, length_s=4.0)), "the camera in")
    assert line == "Where they are open, the eyes seem to look toward the camera in 50% of the samples."


def test_shut_eyes_are_not_said_to_look_anywhere() -> None:
    def asleep(t_s: float) -> Face:
        return face(eyes_open=0.3, gaze_up=-0.9) if t_s < 0.95 else FRONTAL

    assert "in 100%" in said(told(scan_of(asleep, length_s=4.0)), "the camera in")


def test_where_a_small_face_looks_is_not_told() -> None:
    small = face(box=Box(0.4, 0.3, 0.06, 0.13), gaze=0.9)
    lines = told(scan_of(lambda t: small, length_s=4.0))
    assert not [line for line in lines if "toward the camera" in line or "past the camera" in line]


def test_size_sharpness_and_light_are_those_of_the_face() -> None:
    shown = face(box=Box(0.4, 0.3, 0.1, 0.23), sharpness=87.4, exposure=0.416)
    scan = scan_of(lambda t: shown, length_s=4.0)
    line = said(told(scan), "The face fills")
    assert line == "The face fills 23% of the footage's height; sharpness 87, brightness 42%."


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        (0, None),
        (1, "One more person shows their face too"),
        (2, "Up to 2 more people show their face too"),
    ],
)
def test_other_faces_are_counted_with_a_way_to_choose(beside: int, sentence: str | None) -> None:
    others = [face(box=Box(0.6 + 0.2 * n, 0.1, 0.05, 0.1)) for n in range(beside)]
    scan = scan_of(lambda t: FRONTAL, length_s=4.0)
    crowd = replace(scan, signals=tuple(signal(s.t_s, *s.faces, *others) for s in scan.signals))
    found = [line for line in told(crowd) if "by number" in line]
    assert len(found) == (1 if sentence else 0)
    assert not sentence or found[0].startswith(sentence)


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        (lambda t_s: 0.1, "The face never moves by itself: it may be a photo."),
        (
            lambda t_s: 0.01 if t_s > 1.9 else 1.5,
            "The face does not move by itself in 10 of 20 samples.",
        ),
        (lambda t_s: 1.5, None),
    ],
    ids=["photo", "frozen", "alive"],
)
def test_a_face_that_does_not_move_by_itself_is_said_not_to(
    moves: Callable[[float], float], sentence: str | None
) -> None:
    scan = scan_of(lambda t_s: replace(FRONTAL, own_motion=moves(t_s)), length_s=4.0)
    found = [line for line in told(scan) if "by itself" in line and "weakness" not in line]
    assert found == ([sentence] if sentence else [])


def test_a_poster_beside_somebody_is_no_other_person_and_costs_nothing() -> None:
    alive = replace(FRONTAL, own_motion=1.5)
    poster = face(box=Box(0.7, 0.1, 0.15, 0.35), own_motion=0.1)
    alone = scan_of(lambda t: alive, length_s=4.0)
    beside = replace(alone, signals=tuple(signal(s.t_s, *s.faces, poster) for s in alone.signals))
    assert not [line for line in told(beside) if "by number" in line]
    assert window(beside).score == window(alone).score


def test_eyes_that_something_hides_are_not_said_to_be_open() -> None:
    scan = scan_of(lambda t_s: replace(FRONTAL, covered=0.6 if t_s < 0.95 else 0.0), length_s=4.0)
    lines = told(scan)
    assert said(lines, "Eyes open").startswith("Eyes open in 75% of the samples")
    assert said(lines, "Something") == "Something hides one eye or both in 5 of 20 samples."


def test_a_mask_is_said_to_cover_part_of_the_face_and_hides_no_eye() -> None:
    lines = told(scan_of(lambda t_s: replace(FRONTAL, covered=0.5), length_s=4.0))
    assert said(lines, "Eyes open").startswith("Eyes open in 100% of the samples")
    assert "Something covers part of the face in 20 of 20 samples." in lines


def test_somebody_turned_away_is_not_said_to_show_the_face() -> None:
    away = face(box=Box(0.7, 0.1, 0.05, 0.1), nose_offset=0.9)
    scan = scan_of(lambda t: FRONTAL, length_s=4.0)
    pair = replace(scan, signals=tuple(signal(s.t_s, *s.faces, away) for s in scan.signals))
    assert not [line for line in told(pair) if "by number" in line]


def test_no_cut_is_said_only_where_there_is_none() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=8.0, cuts_s=(4.0,))
    assert "No cut inside." in told(scan), "the cut lies where the window ends"
    asked = window_at(scan, 2.0, 4.0)
    assert "No cut inside." not in reasons_for(asked, None, scan, 4.0, faceless=NO_FACE)


def test_that_nothing_longer_was_found_is_said_with_both_lengths() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=3.0)
    best = window(scan, 3.0)
    lines = list(reasons_for(best, None, scan, 4.0, faceless=NO_FACE))
    assert said(lines, "were good enough") == ("No 4 s with the face were good enough; these 3 s were.")
    assert not [x for x in reasons_for(best, None, scan, 3.2, faceless=NO_FACE) if "good enough" in x]


def test_a_longer_window_that_was_passed_over_is_named_with_its_own_numbers() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=8.0)
    full = replace(window(scan), start_s=2.0, score=0.512)
    lines = list(reasons_for(window(scan, 3.0), None, scan, 4.0, faceless=NO_FACE, passed_over=full))
    assert said(lines, "The best 4 s") == (
        "The best 4 s, from 0:02.00 on, score 0.51; these 3 s leave out weak moments."
    )
    assert not [line for line in lines if "were good enough" in line], "said once"
    assert [line for line in lines if is_on_length(line)] == [said(lines, "The best 4 s")]


def test_without_a_face_it_is_said_first_why() -> None:
    assert of_picture(signal)[0] == NO_FACE


def test_a_window_without_figures_says_so() -> None:
    assert "No person, animal or toy was recognised in it." in of_picture(signal)


@pytest.mark.parametrize(
    ("others", "beside"),
    [(0, ""), (1, ", with one more beside it"), (3, ", with up to 3 more beside it")],
)
def test_a_figure_is_counted_and_measured_and_so_is_its_company(others: int, beside: str) -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, figure=replace(CAT, others=others) if t_s < 2.95 else None)

    line = said(of_picture(moment), "A figure")
    assert line == (
        "A figure, looked for about once a second, was made out in 15 of 20 samples, "
        f"46% of the footage's height{beside}."
    )


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (
            replace(CAT, head=CAT.box, front=0.8),
            "A head that may face the camera was made out in 15 of them.",
        ),
        (replace(CAT, head=CAT.box, front=0.3), "No head that faces the camera was made out on it."),
        (CAT, "No head that faces the camera was made out on it."),
        (
            replace(CAT, box=Box(0.3, 0.0, 0.3, 0.8)),
            "It reaches the picture's upper edge, and no head was made out on it.",
        ),
    ],
)
def test_it_is_said_whether_the_figure_faces_us_and_whether_it_has_a_head(
    figure: Figure, line: str
) -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, figure=figure if t_s < 2.95 else None)

    assert line in of_picture(moment)


def test_a_face_that_shows_for_a_moment_is_a_head_that_faces_the_camera_too() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, *([FRONTAL] if t_s < 0.95 else []), figure=FACING_US)

    assert "A head that may face the camera was made out in 20 of them." in of_picture(moment)


def test_a_human_face_that_is_turned_away_is_no_head_that_faces_the_camera() -> None:
    """A figure's head answers to half profiles too; the face itself tells more."""
    away = face(nose_offset=0.9, clarity=0.9)

    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, away if t_s < 2.95 else FRONTAL, figure=FACING_US)

    line = "A head that may face the camera was made out in 5 of them."
    assert line in of_picture(moment)


def test_a_face_that_shows_for_a_moment_is_a_figure_and_has_no_measured_height() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, *([FRONTAL] if t_s < 0.95 else []))

    assert said(of_picture(moment), "A figure") == "A figure was made out in 5 of 20 samples."


def test_a_sample_with_a_figure_and_a_face_is_counted_once() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, *([FRONTAL] if t_s < 1.95 else []), figure=CAT)

    assert "was made out in 20 of 20 samples" in said(of_picture(moment), "A figure")


def test_a_picture_has_its_own_numbers_and_its_figure_s_apart() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, figure=CAT, sharpness=61.0, exposure=0.33, detail=0.58)

    line = said(of_picture(moment), "Sharpness")
    assert line == "Sharpness 61, 250 inside the figure, brightness 33%, detail in 58% of the picture."
    without = said(of_picture(signal), "Sharpness")
    assert "figure" not in without


def test_where_no_long_shot_shows_a_figure_it_is_not_said_of_a_face() -> None:
    lines = of_picture(lambda t_s: signal(t_s, figure=CAT), wanted_s=8.0)
    assert said(lines, "were good enough").startswith("No 8 s without a cut were good enough;")
