"""What a verdict by eye makes of a window that nobody saw when it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.verdicts import Verdict, blank, load, read, save

TALK = Verdict(
    "talk.mp4",
    best=((2.4, 9.0), (14.0, 16.5)),
    usable=((0.0, 2.4),),
    wrong=((9.0, 12.0),),
    words="Talks.",
)

WRITTEN = """\
file: talk.mp4 (18.0 s)
A 3.20-7.20 best: eyes on the camera: calm
B 0.00-4.00 usable: looks down at 2
C 8.00-12.00 wrong: hand over the face
best: 2.4-9.0 14-16.5
usable: 0-2.4
wrong: 9-12
words: Talks.
"""


@pytest.mark.parametrize(
    ("start_s", "end_s", "rating"),
    [
        (3.0, 7.0, "best"),
        (2.3, 6.3, "best"),  # a little before the interval, as ends are read off frames
        (1.95, 5.95, "best"),  # no more than a tenth of it outside
        (1.5, 5.5, "usable"),  # a fifth of it outside
        (4.0, 7.0, "best"),  # three seconds will do
        (4.0, 6.0, "usable"),  # two will not where four were to be had
        (14.2, 16.2, "best"),  # but where they were not
        (5.5, 9.5, "usable"),  # the fault shows for an eighth of it
        (6.0, 10.0, "wrong"),
        (12.0, 16.0, "usable"),  # what no interval names
    ],
)
def test_a_window_is_judged_by_where_it_lies(start_s: float, end_s: float, rating: str) -> None:
    assert TALK.of(start_s, end_s) == rating


def test_good_stretches_either_side_of_a_cut_are_not_one() -> None:
    two = Verdict("cut.mp4", best=((0.0, 5.0), (5.0, 10.0)), usable=(), wrong=(), words="")
    assert two.of(3.0, 7.0) == "usable"


def test_no_window_holds_a_cut() -> None:
    cut = Verdict("cut.mp4", best=((0.0, 5.1), (5.0, 10.0)), usable=(), wrong=((5.0, 5.0),), words="")
    assert cut.of(3.0, 7.0) == "wrong"
    assert cut.of(1.0, 5.0) == cut.of(5.0, 9.0) == "best"


def test_what_was_written_is_read_as_it_was_meant() -> None:
    judged = read(WRITTEN)
    assert judged.verdict == TALK
    assert [(r.letter, r.start_s, r.end_s, r.rating) for r in judged.rows] == [
        ("A", 3.2, 7.2, "best"),
        ("B", 0.0, 4.0, "usable"),
        ("C", 8.0, 12.0, "wrong"),
    ]
    assert judged.rows[0].words == "eyes on the camera: calm"
    assert judged.faults == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("A 3.20-7.20 best", "A 3.20-7.20 ?", "not judged: A"),
        (
            "C 8.00-12.00 wrong",
            "C 8.00-12.00 usable",
            "C is called usable, but its intervals make it wrong",
        ),
        ("best: 2.4-9.0 14-16.5", "best:", "no best interval: the best there is counts as best"),
        ("words: Talks.", "words:", "no words"),
    ],
)
def test_a_verdict_that_is_not_whole_or_contradicts_itself_is_told(
    before: str, after: str, fault: str
) -> None:
    assert before in WRITTEN
    assert fault in read(WRITTEN.replace(before, after)).faults


@pytest.mark.parametrize("line", ["good: 1-2", "best: 5-3", "best: one"])
def test_a_line_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        read(f"{WRITTEN}{line}\n")


def test_an_empty_verdict_says_that_nothing_was_judged() -> None:
    judged = read(blank("talk.mp4", length_s=18.0, rows={"A": (3.2, 7.2), "B": (0, 4)}))
    assert judged.verdict.file == "talk.mp4"
    assert judged.faults == ["not judged: A B"]


def test_a_table_gives_back_what_was_put_into_it(tmp_path: Path) -> None:
    other = Verdict(
        "a.mp4", best=((0.0, 2.0),), usable=(), wrong=((2.5, 2.5),), words='The "best" there is.'
    )
    save([TALK, other], tmp_path / "table.tsv")
    assert load(tmp_path / "table.tsv") == {"a.mp4": other, "talk.mp4": TALK}
    assert list(load(tmp_path / "table.tsv")) == ["a.mp4", "talk.mp4"]
