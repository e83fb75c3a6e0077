"""The table of moves: nothing is submitted twice by walking it."""

from __future__ import annotations

import pytest

from screentest.client.registry.states import MOVES, STATES, UNSETTLED, State, as_state, may_move


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(STATES)


def test_a_submit_is_reached_only_with_a_clip_in_the_bucket() -> None:
    assert [state for state in STATES if may_move(state, "submitting")] == ["uploaded"]


@pytest.mark.parametrize("state", sorted(UNSETTLED))
def test_an_unsettled_row_is_never_planned_again(state: State) -> None:
    assert not MOVES[state] & {"planned", "clipped", "submitting"}


def test_done_is_for_ever() -> None:
    assert MOVES["done"] == frozenset()


def test_a_word_that_is_not_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no such state"):
        as_state("sent")
