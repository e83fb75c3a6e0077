"""What is picked from real footage, against what a casting director would accept.

``expected_picks.tsv`` has a row a clip, written by looking at it. ``outcome``: ``face`` or ``other``,
the subject; ``weak``, no face or one that scores badly; ``any``; or the name of an error. ``score``:
what the choice scored when somebody last looked at it, empty where there is none. ``cuts``: times that
it must not cross.
``missed``: why it still goes wrong, empty where it does not. Which windows are good is told by
``verdicts.tsv``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

import screentest.prep.core.errors
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Segment
from tests.footage.conftest import Chosen, Scanned

TABLE = Path(__file__).with_name("expected_picks.tsv")
ERRORS = ("NotAVideo", "TooShort", "NoUsableSegment")
# Labels are by eye: two frames of tolerance.
EDGE_S = 0.08
# What a face may score that is small, dim, turned or covered.
WEAK_SCORE = 0.4
# More than another machine's arithmetic makes of it.
SCORE_SLACK = 0.08


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of the table."""

    file: str
    outcome: str
    score: float | None
    cuts_s: tuple[float, ...]
    missed: str
    why: str


def table() -> list[Expected]:
    """Every row."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [_row(row) for row in csv.DictReader(lines, delimiter="\t")]


def _row(row: dict[str, str]) -> Expected:
    return Expected(
        file=row["file"],
        outcome=row["outcome"],
        score=float(row["score"]) if row["score"] else None,
        cuts_s=tuple(float(cut) for cut in row["cuts"].split()),
        missed=row["missed"],
        why=row["why"],
    )


ROWS = {row.file: row for row in table()}


def marked_by(file: str, value: object) -> ParameterSet:
    """A test's parameter, expected to fail where the table says that the file goes wrong."""
    missed = ROWS[file].missed if file in ROWS else ""
    marks = [pytest.mark.xfail(reason=missed)] if missed else []
    return pytest.param(value, id=file, marks=marks)


@pytest.mark.parametrize("row", [marked_by(row.file, row) for row in ROWS.values()])
def test_the_choice_is_one_that_a_casting_director_would_accept(
    row: Expected, shared_footage: Path, chosen: Chosen
) -> None:
    pick = chosen(shared_footage / row.file)
    if isinstance(pick, str):
        assert pick == row.outcome, row.why
        return
    told = f"{row.why}: {pick.subject} {pick.start_s:.2f}-{pick.end_s:.2f} s, {pick.score:.2f}"
    assert row.outcome not in ERRORS, told
    assert has_right_subject(pick, row), told
    assert not crossed(pick, row), told
    assert row.score is not None, told
    assert abs(pick.score - row.score) <= SCORE_SLACK, (
        f"{told}; the table says {row.score:.2f}. Look at it (make sheets), then write it down."
    )


def has_right_subject(pick: Segment, row: Expected) -> bool:
    if row.outcome == "weak":
        return pick.subject == "other" or pick.score < WEAK_SCORE
    return row.outcome in ("any", pick.subject)


def crossed(pick: Segment, row: Expected) -> list[float]:
    return [c for c in row.cuts_s if pick.start_s + EDGE_S < c < pick.end_s - EDGE_S]


def test_a_skull_on_a_shirt_is_not_a_face(shared_footage: Path, scanned: Scanned) -> None:
    found = scanned(shared_footage / "face-asl-skullshirt.mkv")
    centres = [face.box.centre for s in found.signals for face in s.faces if face.presence > 0.5]
    assert len(centres) >= 0.9 * len(found.signals)
    assert all(y < 0.35 for _, y in centres)


def test_every_clip_of_a_kind_that_picking_is_judged_by_is_in_the_table(shared_footage: Path) -> None:
    kinds = ("anim", "animal", "cut", "der", "face", "multi", "none", "small", "ultrawide")
    there = {f.name for f in shared_footage.iterdir() if f.name.startswith(kinds)}
    assert there - ROWS.keys() == {"der-reel-a-720p.gt.json"}


def test_every_error_of_the_table_exists() -> None:
    assert all(
        issubclass(getattr(screentest.prep.core.errors, name), ScreentestError) for name in ERRORS
    )
