"""Stretches that were looked at: made one where they meet, and no moment gained or lost."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Span, united

TICK_S = 0.1
# Whole ticks: seams of a thousandth of a second are never in doubt.
spans = st.lists(
    st.builds(
        lambda start, length: Span(start * TICK_S, (start + length) * TICK_S),
        st.integers(0, 80),
        st.integers(1, 20),
    ),
    max_size=12,
)


def covered(found: tuple[Span, ...] | list[Span]) -> set[int]:
    """The ticks that lie in some span, by their middles."""
    return {
        tick
        for tick in range(110)
        if any(span.start_s <= (tick + 0.5) * TICK_S < span.end_s for span in found)
    }


@given(spans)
def test_no_moment_is_gained_or_lost(given_spans: list[Span]) -> None:
    assert covered(united(given_spans)) == covered(given_spans)


@given(spans)
def test_what_is_left_is_in_order_and_apart(given_spans: list[Span]) -> None:
    for before, after in pairwise(united(given_spans)):
        assert before.end_s < after.start_s


@given(spans, st.randoms(use_true_random=False))
def test_the_order_of_looking_changes_nothing(given_spans: list[Span], rng: random.Random) -> None:
    shuffled = list(given_spans)
    rng.shuffle(shuffled)
    assert united(shuffled) == united(given_spans)


@given(spans)
def test_uniting_again_changes_nothing(given_spans: list[Span]) -> None:
    once = united(given_spans)
    assert united(once) == once


@given(st.floats(0, 1000), st.floats(0.1, 60), st.floats(0.1, 60))
def test_a_seam_of_less_than_a_millisecond_is_none(start_s: float, a_s: float, b_s: float) -> None:
    seam_s = start_s + a_s
    assert len(united([Span(start_s, seam_s), Span(seam_s + 0.0009, seam_s + b_s)])) == 1
