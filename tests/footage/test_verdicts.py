"""Picks against what people said of the footage, blind: they saw windows, not whose they were.

``verdicts.tsv`` has a row a film: ``fixtures/verdicts.py`` says what its intervals mean,
``fixtures/blind.py`` how they came about. ``missed`` of ``expected_picks.tsv`` marks what still goes
wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.blind import TABLE
from fixtures.verdicts import Verdict, load
from screentest.prep.core.values import Segment
from tests.footage.conftest import Chosen
from tests.footage.test_picks import marked_by

VERDICTS = load(TABLE) if TABLE.exists() else {}
# Of a hundred picks, as many are to be among the best that their film has.
BEST_SHARE = 0.92
FEWEST = 60


def place_of(file: str, footage: Path, cases: Path) -> Path:
    return next((f / file for f in (footage, cases) if (f / file).exists()), footage / file)


def said_of(verdict: Verdict, pick: Segment | str) -> str:
    """How a pick is rated; ``wrong`` where there is none, as every film has a best window."""
    return "wrong" if isinstance(pick, str) else verdict.of(pick.start_s, pick.end_s)


def told(verdict: Verdict, pick: Segment | str) -> str:
    window = pick if isinstance(pick, str) else f"{pick.start_s:.2f}-{pick.end_s:.2f} s"
    best = " ".join(f"{first:g}-{end:g}" for first, end in verdict.best)
    return f"{verdict.file}: {window}, best is {best}. {verdict.words}"


@pytest.mark.parametrize("verdict", [marked_by(v.file, v) for v in VERDICTS.values()])
def test_no_pick_is_one_that_a_person_would_send_back(
    verdict: Verdict, shared_footage: Path, shared_cases: Path, chosen: Chosen
) -> None:
    pick = chosen(place_of(verdict.file, shared_footage, shared_cases))
    assert said_of(verdict, pick) != "wrong", told(verdict, pick)


def test_nearly_all_picks_are_among_the_best_of_their_film(
    shared_footage: Path, shared_cases: Path, chosen: Chosen
) -> None:
    picks = {file: chosen(place_of(file, shared_footage, shared_cases)) for file in VERDICTS}
    less = [told(v, picks[file]) for file, v in VERDICTS.items() if said_of(v, picks[file]) != "best"]
    share = 1 - len(less) / len(VERDICTS)
    assert share >= BEST_SHARE, f"{share:.0%} are best; not these:\n" + "\n".join(less)


def test_enough_films_were_judged() -> None:
    assert len(VERDICTS) >= FEWEST
    assert all(verdict.best for verdict in VERDICTS.values())
