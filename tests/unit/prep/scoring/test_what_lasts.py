"""What lasts is held against a face, and what strays by itself is not."""

from __future__ import annotations

import pytest

from screentest.prep.scoring.covers import clear_factor
from screentest.prep.scoring.expression import calm_factor, lasting_over
from screentest.prep.scoring.usual import Usual
from tests.made_up import face

POUT = face(grimace=0.24)
FIVE_A_SECOND = tuple(n / 5 for n in range(20))


def test_a_pout_that_stays_costs_and_a_word_that_rounds_the_lips_hardly_does() -> None:
    word = [POUT if n == 10 else face() for n in range(20)]
    pout = [POUT if 8 <= n < 14 else face() for n in range(20)]
    (passing, staying) = (lasting_over(FIVE_A_SECOND, faces)[10] for faces in (word, pout))
    assert (passing, staying) == (0.0, 0.24)
    of_word = calm_factor(POUT, face_px=100, lasting=passing)
    of_pout = calm_factor(POUT, face_px=100, lasting=staying)
    assert of_word > 0.75
    assert of_pout == pytest.approx(0.5)


def test_where_the_face_is_out_of_sight_nothing_lasts() -> None:
    assert lasting_over((0.0, 0.2), (None, None)) == (0.0, 0.0)


@pytest.mark.parametrize(("clarity", "strays", "hand"), [(0.95, 0.009, 0.018), (0.9, 0.022, 0.05)])
def test_a_hand_before_the_mouth_takes_off_more_than_a_score_strays_by_itself(
    clarity: float, strays: float, hand: float
) -> None:
    """Small or turned faces are less plain to the detector, and stray more."""
    usual = Usual(pitch_deg=0.0, eyes_open=0.9, clarity=clarity)
    assert clear_factor(face(clarity=clarity - strays), usual) == pytest.approx(1.0, abs=0.02)
    assert clear_factor(face(clarity=clarity - hand), usual) < 0.65
