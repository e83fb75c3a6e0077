"""What is said to be weak is what took most off, and no more than was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Box, Face, Figure, FrameSignal, Scan
from screentest.prep.picking.reasons import reasons_for
from screentest.prep.picking.weaknesses import lack
from tests.made_up import face, scan_of, signal
from tests.unit.prep.picking.told import (
    FACING_US,
    FRONTAL,
    NO_FACE,
    of_picture,
    said,
    told,
    window,
)


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


@pytest.mark.parametrize(
    ("yaw_deg", "company", "words"),
    [
        (9.0, True, "another person is prominent too"),
        (9.0, False, "the head is turned a little"),
        (24.0, False, "the head is turned away"),
    ],
)
def test_each_way_not_to_face_the_camera_is_weighed_by_itself(
    yaw_deg: float, company: bool, words: str
) -> None:
    """Turned and nodding together cost more than the company does, and neither does alone."""

    def shown(t_s: float) -> Face:
        return face(yaw_deg=yaw_deg, gaze=-0.03 * yaw_deg, pitch_deg=8.5 if t_s % 0.4 < 0.1 else -8.5)

    beside = [face(box=Box(0.7, 0.3, 0.1, 0.85 * FRONTAL.box.height), yaw_deg=30.0)] * company
    scan = scan_of(shown, length_s=4.0)
    scan = replace(scan, signals=tuple(signal(s.t_s, *s.faces, *beside) for s in scan.signals))
    assert lack(window(scan)) == words


@pytest.mark.parametrize(
    ("until_s", "words"),
    [
        (0.0, "no head that faces the camera was made out"),
        (2.0, "a head that faces the camera was not made out all the time"),
        (4.0, "it is unsure whether a head faces the camera"),
    ],
)
def test_a_head_that_was_counted_is_not_said_to_be_missing(until_s: float, words: str) -> None:
    def moment(t_s: float) -> FrameSignal:
        figure = replace(FACING_US, front=0.6 if t_s < until_s else 0.0)
        return signal(t_s, figure=figure, sharpness=400.0, detail=0.9)

    assert said(of_picture(moment), "weakness") == f"Its main weakness: {words}."


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (replace(FACING_US, box=Box(0.4, 0.3, 0.05, 0.1)), "the figure is small or hard to make out"),
        (None, "no figure was made out"),
    ],
)
def test_a_figure_that_was_counted_is_not_said_to_be_missing(figure: Figure | None, words: str) -> None:
    lines = of_picture(lambda t_s: signal(t_s, figure=figure, sharpness=400.0, detail=0.9))
    assert said(lines, "weakness") == f"Its main weakness: {words}."


def test_a_covered_face_is_said_to_be_recognised_less_surely_and_no_more() -> None:
    """A score that drops is no sight of a hand: a shadow does it too."""
    unsure = scan_of(lambda t: face(clarity=0.93 if t % 1 < 0.7 else 0.95), length_s=4.0)
    assert lack(window(unsure)) == "the face is recognised less surely at times"
