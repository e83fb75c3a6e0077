"""Whatever the curve: the verdict keeps to its thresholds and every number to its range."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.comparing.verdict import OTHER, SAME, Resemblance, judged

SIMILARITIES = st.lists(st.floats(-1, 1), min_size=1, max_size=40)


@given(SIMILARITIES)
def test_no_stranger_is_called_the_same(similarities: list[float]) -> None:
    found = judged([Resemblance(k / 2, value) for k, value in enumerate(similarities)])
    assert found.similarity is not None
    assert found.share is not None
    assert found.verdict != "same" or (found.similarity >= SAME and found.share >= 0.5)
    assert (found.verdict == "other") == (found.similarity < OTHER)
    assert 0 <= found.share <= 1
    assert found.best is not None
    assert found.best.similarity == max(similarities)
    assert found.worst[0].similarity == min(similarities)
