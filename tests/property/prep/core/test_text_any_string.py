"""Whatever a file is called, a message about it stays on one line and moves no terminal."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.text import printable, timecode

anything = st.text(st.characters(codec=None, exclude_categories=()))


@given(anything)
def test_what_is_shown_is_printable_and_can_be_written_anywhere(text: str) -> None:
    made = printable(text)
    assert made.isprintable()
    assert made.encode("utf-8").decode("utf-8") == made


@given(anything)
def test_showing_what_is_already_shown_changes_nothing(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(st.integers(0, 360_000_000))
def test_a_time_can_be_read_back_to_the_hundredth(total_ms: int) -> None:
    made = timecode(total_ms / 1000)
    found = re.fullmatch(r"(?:(\d+):(?=\d\d:))?(\d+):(\d\d)\.(\d\d)", made)
    assert found is not None, made
    hours, minutes, seconds, hundredths = (int(group or 0) for group in found.groups())
    assert minutes < 60
    assert seconds < 60
    assert ((hours * 60 + minutes) * 60 + seconds) * 100 + hundredths == total_ms // 10


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_of_two_times_of_one_hour_the_later_one_sorts_later(a_s: float, b_s: float) -> None:
    early, late = sorted((a_s % 600, b_s % 600))
    assert timecode(early) <= timecode(late)
