"""However long footage is, its parts are all of it and nothing twice, wherever its keyframes stand."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Span
from screentest.prep.scanning.stretches import divided

spans = st.builds(
    lambda start, length: Span(start, start + length), st.floats(0, 100), st.floats(1, 20_000)
)
counts = st.integers(1, 16)
keyframes = st.lists(st.floats(-10, 20_000), max_size=60).map(sorted)


@given(spans, counts, keyframes)
def test_parts_meet_and_make_the_whole(whole: Span, parts: int, keyframes_s: list[float]) -> None:
    found = divided(whole, parts, keyframes_s)
    assert found[0].start_s == whole.start_s
    assert found[-1].end_s == whole.end_s
    for before, after in pairwise(found):
        assert before.end_s == after.start_s
    assert all(part.start_s < part.end_s for part in found)


@given(spans, counts, keyframes)
def test_there_are_never_more_than_asked_for_and_they_part_at_keyframes(
    whole: Span, parts: int, keyframes_s: list[float]
) -> None:
    found = divided(whole, parts, keyframes_s)
    assert len(found) <= parts
    if keyframes_s:
        assert {part.start_s for part in found[1:]} <= set(keyframes_s)


@given(spans, counts)
def test_where_no_keyframe_is_known_the_parts_are_of_one_length(whole: Span, parts: int) -> None:
    lengths_s = [part.end_s - part.start_s for part in divided(whole, parts, ())]
    assert len(lengths_s) == parts
    assert max(lengths_s) - min(lengths_s) < 1e-6
