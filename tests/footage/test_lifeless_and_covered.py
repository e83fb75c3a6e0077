"""What lives and what is bare comes before what does not and is not, on cases that went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import pick
from screentest.prep.people.grouping import find_people
from tests.footage.conftest import Scanned


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("slide-of-a-face-then-speaker.mp4", ((8.0, 20.0),)),
        ("freeze-inside.mp4", ((0.0, 9.4), (17.0, 30.0))),
        ("eyes-covered-then-bare.mp4", ((7.0, 12.1),)),
    ],
)
def test_the_choice_is_one_that_lives_and_is_bare(
    name: str, right: tuple[tuple[float, float], ...], shared_cases: Path, scanned: Scanned
) -> None:
    chosen = pick(scanned(shared_cases / name))
    assert chosen.subject == "face"
    told = f"{chosen.start_s:.2f}-{chosen.end_s:.2f} s, {chosen.score:.2f}"
    assert any(first <= chosen.start_s and chosen.end_s <= end for first, end in right), told


def test_a_poster_is_neither_chosen_nor_counted_as_a_person(
    shared_cases: Path, scanned: Scanned
) -> None:
    found = scanned(shared_cases / "poster-and-live-face.mp4")
    chosen = pick(found)
    assert 16 <= chosen.start_s < chosen.end_s <= 26
    assert chosen.heads is not None
    assert chosen.heads.person.x > 0.5
    (live,) = find_people(found).people
    assert live.box.x > 0.5
