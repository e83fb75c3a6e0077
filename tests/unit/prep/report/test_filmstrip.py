"""The pictures of a window: what is said under each and what is drawn over it."""

from __future__ import annotations

import re

import pytest

from screentest.prep.core.values import Box, Face, Figure
from screentest.prep.report.filmstrip import degrees, described, dial, eyes_word, filmstrip
from screentest.prep.report.story import Moment
from tests.made_up import face

FIGURE = Figure(Box(0.1, 0.2, 0.3, 0.4), 0.8)


def moment(
    t_s: float = 62.48,
    shown: Face | None = None,
    *,
    others: tuple[Face, ...] = (),
    score: float | None = 0.87,
    figure: Figure | None = None,
) -> Moment:
    return Moment(t_s, shown, others, score, figure)


@pytest.mark.parametrize(
    ("eyes_open", "word"),
    [
        (0.0, "eyes closed"),
        (0.39, "eyes closed"),
        (0.4, "half open"),
        (0.59, "half open"),
        (0.6, "eyes open"),
        (1.0, "eyes open"),
    ],
)
def test_eyes_are_called_what_they_are(eyes_open: float, word: str) -> None:
    assert eyes_word(face(eyes_open=eyes_open)) == word


@pytest.mark.parametrize(
    ("angle", "wanted"), [(12.4, "+12°"), (-12.6, "−13°"), (0.0, "0°"), (-0.4, "0°"), (0.4, "0°")]
)
def test_an_angle_shows_its_side_and_nothing_has_none(angle: float, wanted: str) -> None:
    assert degrees(angle) == wanted


def test_a_face_is_described_by_its_own_angles() -> None:
    shown = face(yaw_deg=-12.0, pitch_deg=7.0, roll_deg=0.4, eyes_open=0.2)
    said = described(moment(shown=shown))
    assert said == "face turned -12°, chin +7°, tilted +0°, eyes closed."


def test_a_moment_without_the_face_says_what_is_there() -> None:
    assert described(moment()) == "no chosen face."
    assert described(moment(figure=FIGURE)) == "a figure."


def nose(shown: Face) -> tuple[float, float]:
    found = re.search(r'cx="([-.\d]+)" cy="([-.\d]+)"', dial(shown))
    assert found is not None
    return float(found[1]), float(found[2])


def test_the_dial_points_where_the_head_does() -> None:
    assert nose(face(yaw_deg=0.0, pitch_deg=0.0)) == (0, 0)
    right, up = nose(face(yaw_deg=30.0, pitch_deg=20.0))
    assert right > 0
    assert up < 0, "SVG counts downwards"


def test_a_head_turned_right_round_stays_on_the_dial() -> None:
    assert nose(face(yaw_deg=400.0, pitch_deg=-400.0)) == (9, 9)


def test_a_moment_without_a_picture_has_an_empty_frame_of_its_own() -> None:
    drawn = filmstrip([moment(shown=face())], {})
    assert "no picture" in drawn
    assert "<img" not in drawn


def test_each_picture_goes_to_its_own_moment() -> None:
    drawn = filmstrip([moment(1.0), moment(2.0)], {1.0: b"one", 2.0: b"two"})
    first, second = drawn.split("</figure>")[:2]
    assert "b25l" in first
    assert "dHdv" in second


def test_captions_can_be_left_out_and_pictures_stay_described() -> None:
    drawn = filmstrip([moment(shown=face())], {62.48: b"one"}, captions=False)
    assert "figcaption" not in drawn
    assert 'alt="The footage at 1:02.48: face turned' in drawn


def test_a_moment_without_a_score_of_its_own_shows_none() -> None:
    assert "<b>0.87</b>" in filmstrip([moment()], {})
    assert "<b>" not in filmstrip([moment(score=None)], {})


def test_the_chosen_face_is_drawn_last_and_others_apart_from_it() -> None:
    drawn = filmstrip([moment(shown=face(), others=(face(box=Box(0.8, 0.1, 0.1, 0.2)),))], {})
    kinds = re.findall(r'<rect class="(\w+)"', drawn)
    assert kinds == ["other", "halo", "own"]


def test_a_box_is_drawn_in_shares_of_the_picture() -> None:
    drawn = filmstrip([moment(figure=FIGURE)], {})
    assert 'x="10.00%" y="20.00%" width="30.00%" height="40.00%"' in drawn


def test_without_faces_nothing_is_drawn_over_the_picture() -> None:
    assert "<rect" not in filmstrip([moment()], {62.48: b"one"})
