"""What lives and what is bare comes before what does not and is not, on cases that went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import pick, scan
from screentest.prep.people.grouping import find_people


@pytest.fixture(scope="session")
def cases(shared_footage: Path) -> Path:
    """The folder of cases, beside the footage."""
    folder = shared_footage.parent / "cases"
    if not folder.is_dir():
        pytest.skip("no cases beside the footage")
    return folder


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("slide-of-a-face-then-speaker.mp4", ((8.0, 20.0),)),
        ("freeze-inside.mp4", ((0.0, 9.4), (17.0, 30.0))),
        ("eyes-covered-then-bare.mp4", ((7.0, 12.1),)),
    ],
)
def test_the_choice_is_one_that_lives_and_is_bare(
    name: str, right: tuple[tuple[float, float], ...], cases: Path
) -> None:
    chosen = pick(scan(cases / name))
    assert chosen.subject == "face"
    told = f"{chosen.start_s:.2f}-{chosen.end_s:.2f} s, {chosen.score:.2f}"
    assert any(first <= chosen.start_s and chosen.end_s <= end for first, end in right), told


def test_a_poster_is_neither_chosen_nor_counted_as_a_person(cases: Path) -> None:
    scanned = scan(cases / "poster-and-live-face.mp4")
    chosen = pick(scanned)
    assert 16 <= chosen.start_s < chosen.end_s <= 26
    assert chosen.heads is not None
    assert chosen.heads.person.x > 0.5
    (live,) = find_people(scanned).people
    assert live.box.x > 0.5
