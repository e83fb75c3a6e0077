"""A reason is a claim: each number is the window's own, and each sentence is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screentest.prep.core.values import Box, EyesTrace, Face, Figure, FrameSignal, Scan, Subject
from screentest.prep.picking.reasons import reasons_for
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import POLICY, Window, ranked, window_at
from tests.made_up import face, scan_of, signal

FRONTAL = face()
NO_FACE = "No human face shows."


def window(scan: Scan, length_s: float = 4.0, subject: Subject = "face") -> Window:
    """The best window of a scan."""
    return ranked(scored_shots(scan), length_s, subject, POLICY)[0]


def told(scan: Scan, *, wanted_s: float = 4.0, runner_up: Window | None = None) -> list[str]:
    return list(reasons_for(window(scan), runner_up, scan, wanted_s, faceless=NO_FACE))


def of_picture(moment: Callable[[float], FrameSignal], *, wanted_s: float = 4.0) -> list[str]:
    scan = scan_of(lambda t: None, length_s=4.0)
    scan = replace(scan, signals=tuple(moment(s.t_s) for s in scan.signals))
    asked = window_at(scan, 0.0, 4.0)
    return list(reasons_for(asked, None, scan, wanted_s, faceless=NO_FACE))


def said(lines: list[str], about: str) -> str:
    """The one sentence about something."""
    (line,) = [line for line in lines if about in line]
    return line


def test_in_how_many_samples_the_face_shows_is_counted() -> None:
    always = told(scan_of(lambda t: FRONTAL, length_s=4.0))
    assert said(always, "shows their face") == "One person shows their face in 20 of 20 samples."
    once_gone = told(scan_of(lambda t: None if abs(t - 2.0) < 0.01 else FRONTAL, length_s=4.0))
    assert said(once_gone, "shows their face") == "One person shows their face in 19 of 20 samples."


def test_a_moment_in_profile_is_not_said_to_show_the_face() -> None:
    profile = face(nose_offset=0.9)
    lines = told(scan_of(lambda t: profile if abs(t - 2.0) < 0.01 else FRONTAL, length_s=4.0))
    assert "19 of 20" in said(lines, "shows their face")
    assert "up to 2°" in said(lines, "Turned"), "nor counted as turned"


def test_the_turn_is_the_median_and_the_largest() -> None:
    def turning(t_s: float) -> Face:
        return face(yaw_deg=21.0 if t_s < 0.5 else -7.0, roll_deg=-4.0)

    line = said(told(scan_of(turning, length_s=4.0)), "Turned")
    assert line == ("Turned about 8° from the camera (median), up to 23° in these samples; tilted 4°.")


def test_eyes_are_said_to_be_open_as_often_as_they_are() -> None:
    def blinking(t_s: float) -> Face:
        return face(eyes_open=0.1) if t_s < 0.95 else FRONTAL

    line = said(told(scan_of(blinking, length_s=4.0)), "Eyes open")
    assert line == "Eyes open in 75% of the samples."


@pytest.mark.parametrize(
    ("shut", "sentence"),
    [
        (lambda t_s: False, "Eyes open in 100% of the frames."),
        (lambda t_s: 1.0 <= t_s < 1.2, "Eyes open in 95% of the frames; one blink of 0.2 s."),
        (lambda t_s: t_s % 2 < 0.13, "Eyes open in 93% of the frames; 2 blinks of up to 0.1 s."),
        (lambda t_s: 1.0 <= t_s < 1.8, "Eyes open in 80% of the frames; shut once, for 0.8 s."),
        (
            lambda t_s: 1.0 <= t_s < 1.8 or 3.0 <= t_s < 3.2,
            "Eyes open in 75% of the frames; one blink of 0.2 s; shut once, for 0.8 s.",
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
    assert line == "Where they are open, the eyes look toward the camera in 50% of the samples."


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


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ({"yaw_deg": 28.0, "gaze": -0.85}, "the head is turned away"),
        ({"roll_deg": -28.0}, "the head is tilted"),
        ({"pitch_deg": -50.0, "gaze_up": 0.9}, "the head is lifted or lowered"),
        ({"eyes_open": 0.36}, "the eyes are not open enough"),
        ({"box": Box(0.4, 0.3, 0.03, 0.08)}, "the face is small"),
        ({"sharpness": 6.0}, "the face is soft"),
        ({"exposure": 0.09}, "the light on the face is poor"),
        ({"box": Box(0.4, -0.05, 0.15, 0.4)}, "the face is cut off by the frame"),
    ],
)
def test_what_a_poor_window_lacks_is_what_was_taken_from_it(
    flaw: dict[str, object], words: str
) -> None:
    lines = told(scan_of(lambda t: face(**flaw), length_s=4.0))
    assert said(lines, "weakness") == f"Its main weakness: {words}."


def test_a_good_window_is_not_said_to_lack_anything() -> None:
    assert not [line for line in told(scan_of(lambda t: FRONTAL, length_s=4.0)) if "weakness" in line]


def test_that_nothing_longer_was_found_is_said_with_both_lengths() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=3.0)
    best = window(scan, 3.0)
    lines = list(reasons_for(best, None, scan, 4.0, faceless=NO_FACE))
    assert said(lines, "of the shorter windows") == (
        "No 4 s show the face throughout; the best of the shorter windows are these 3 s."
    )
    assert not [x for x in reasons_for(best, None, scan, 3.2, faceless=NO_FACE) if "shorter" in x]


def test_a_longer_window_that_was_passed_over_is_named_with_its_own_numbers() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=8.0)
    full = replace(window(scan), start_s=2.0, score=0.512)
    lines = list(reasons_for(window(scan, 3.0), None, scan, 4.0, faceless=NO_FACE, passed_over=full))
    assert said(lines, "The best 4 s") == (
        "The best 4 s, from 0:02.00 on, score 0.51; these 3 s are better throughout."
    )
    assert not [line for line in lines if "of the shorter windows" in line], "said once"


def versus(better: Scan, worse: Scan) -> str:
    best, other = window(better), replace(window(worse), start_s=10.0)
    return reasons_for(best, other, better, 4.0, faceless=NO_FACE)[-1]


def test_a_runner_up_is_named_by_its_time_and_both_scores() -> None:
    good, soft = (scan_of(lambda t, s=s: face(sharpness=s), length_s=4.0) for s in (400.0, 12.0))  # type: ignore[misc]
    line = versus(good, soft)
    assert line.startswith("The runner-up, 0:10.00 to 0:14.00, scores ")
    assert f"{window(soft).score:.2f} against {window(good).score:.2f}: the face is softer." in line


def test_a_runner_up_nearly_as_good_is_said_to_be() -> None:
    scan = scan_of(lambda t: FRONTAL, length_s=4.0)
    assert versus(scan, scan).endswith(": nearly as good.")


def test_a_face_out_of_sight_longer_is_said_before_any_other_weakness() -> None:
    good = scan_of(lambda t: face(sharpness=400.0), length_s=4.0)
    gone = scan_of(lambda t: None if 1.9 < t < 2.3 else face(sharpness=60.0), length_s=4.0)
    assert versus(good, gone).endswith(": the face is out of sight longer.")


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ({"eyes_open": 0.55}, "the eyes are less open"),
        ({"yaw_deg": 25.0, "gaze": -0.66}, "the head is turned away more"),
        ({"roll_deg": -25.0}, "the head is tilted more"),
        ({"mouth_open": 0.9}, "the mouth is open wider"),
        ({"gaze": 0.95}, "the eyes look past the camera more"),
        ({"box": Box(0.4, 0.3, 0.03, 0.08)}, "the face is smaller"),
        ({"exposure": 0.1}, "the light on the face is worse"),
    ],
)
def test_the_weakness_of_a_runner_up_is_the_one_it_has(flaw: dict[str, object], words: str) -> None:
    good, worse = (scan_of(lambda t, f=f: face(**f), length_s=4.0) for f in ({}, flaw))  # type: ignore[misc]
    assert versus(good, worse).endswith(f": {words}.")


def test_without_a_face_it_is_said_first_why() -> None:
    assert of_picture(signal)[0] == NO_FACE


def test_a_window_without_figures_says_so() -> None:
    assert "No person, animal or toy was recognised in it." in of_picture(signal)


CAT = Figure(Box(0.3, 0.3, 0.3, 0.46), 0.9, 250.0)
FACING_US = replace(CAT, head=Box(0.4, 0.3, 0.1, 0.15), front=1.0)


@pytest.mark.parametrize(
    ("others", "beside"),
    [(0, ""), (1, ", with one more beside it"), (3, ", with up to 3 more beside it")],
)
def test_a_figure_is_counted_and_measured_and_so_is_its_company(others: int, beside: str) -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, figure=replace(CAT, others=others) if t_s < 2.95 else None)

    line = said(of_picture(moment), "A figure shows")
    assert line == f"A figure shows in 15 of 20 samples, 46% of the footage's height{beside}."


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (replace(CAT, head=CAT.box, front=0.8), "A head faces the camera in 15 of them."),
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

    assert "A head faces the camera in 20 of them." in of_picture(moment)


def test_a_face_that_shows_for_a_moment_is_a_figure_and_has_no_measured_height() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, *([FRONTAL] if t_s < 0.95 else []))

    assert said(of_picture(moment), "A figure shows") == "A figure shows in 5 of 20 samples."


def test_a_sample_with_a_figure_and_a_face_is_counted_once() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, *([FRONTAL] if t_s < 1.95 else []), figure=CAT)

    assert "A figure shows in 20 of 20 samples" in said(of_picture(moment), "A figure shows")


def test_a_picture_has_its_own_numbers_and_its_figure_s_apart() -> None:
    def moment(t_s: float) -> FrameSignal:
        return signal(t_s, figure=CAT, sharpness=61.0, exposure=0.33, detail=0.58)

    line = said(of_picture(moment), "Sharpness")
    assert line == "Sharpness 61, 250 inside the figure, brightness 33%, detail in 58% of the picture."
    without = said(of_picture(signal), "Sharpness")
    assert "figure" not in without


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ({"sharpness": 5.0}, "the picture is soft"),
        ({"exposure": 0.08}, "the light is poor"),
        ({"detail": 0.08}, "much of the picture is blank"),
        ({"motion": 3.0, "figure": replace(FACING_US, others=1)}, "the picture moves a lot"),
        ({"figure": FACING_US, "sharpness": 400.0, "detail": 0.7}, None),
    ],
)
def test_what_a_poor_picture_lacks_is_what_was_taken_from_it(
    flaw: dict[str, object], words: str | None
) -> None:
    lines = [line for line in of_picture(lambda t_s: signal(t_s, **flaw)) if "weakness" in line]
    assert lines == ([f"Its main weakness: {words}."] if words else [])


def test_where_no_long_shot_shows_a_figure_it_is_not_said_of_a_face() -> None:
    lines = of_picture(lambda t_s: signal(t_s, figure=CAT), wanted_s=8.0)
    assert said(lines, "of the shorter windows").startswith("No 8 s without a cut were found;")
