"""What a card says of a film in a person's words."""

from __future__ import annotations

import pytest

from screentest.client.studio.shelf.wording import verdict, without_name


@pytest.mark.parametrize(
    ("score", "word"),
    [(0.0, "poor"), (0.14, "poor"), (0.15, "doubtful"), (0.29, "good"), (0.68, "very good")],
)
def test_a_score_has_a_word(score: float, word: str) -> None:
    assert verdict(score).word == word


def test_a_card_says_the_useful_half_of_a_sentence() -> None:
    assert without_name("a.mp4 is not a video.", "a.mp4") == "Is not a video."
    assert without_name("a.mp4: no window keeps the rules.", "a.mp4") == "No window keeps the rules."
    assert without_name("No window of a.mp4.", "a.mp4") == "No window of a.mp4."
