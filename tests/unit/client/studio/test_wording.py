"""What a card says of a film in a person's words."""

from __future__ import annotations

import pytest

from screentest.client.studio.shelf.wording import place_in_line, verdict, without_name


@pytest.mark.parametrize(
    ("score", "word"),
    [(0.0, "poor"), (0.14, "poor"), (0.15, "doubtful"), (0.29, "good"), (0.68, "very good")],
)
def test_a_score_has_a_word(score: float, word: str) -> None:
    assert verdict(score).word == word


def test_a_place_in_line_reads_as_people_say_it() -> None:
    said = [place_in_line(place).partition(" ")[0] for place in (1, 2, 3, 4, 11, 12, 13, 21, 102, 113)]
    assert said == ["next", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "113th"]


def test_a_card_says_the_useful_half_of_a_sentence() -> None:
    assert without_name("a.mp4 is not a video.", "a.mp4") == "Is not a video."
    assert without_name("a.mp4: no window keeps the rules.", "a.mp4") == "No window keeps the rules."
    assert without_name("No window of a.mp4.", "a.mp4") == "No window of a.mp4."
