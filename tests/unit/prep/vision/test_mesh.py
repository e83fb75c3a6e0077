"""Face models are loaded once for as many as look at a time."""

from __future__ import annotations

import pytest

from screentest.prep.vision.mesh import borrowed_stack


def test_who_looks_next_finds_the_models_loaded() -> None:
    with borrowed_stack() as first:
        pass
    with borrowed_stack() as second:
        assert second is first


def test_two_that_look_at_once_share_no_models() -> None:
    with borrowed_stack() as one, borrowed_stack() as other:
        assert one is not other


def test_models_that_failed_somebody_are_not_lent_again() -> None:
    with pytest.raises(ValueError, match="a broken look"), borrowed_stack() as broken:
        raise ValueError("a broken look")
    with borrowed_stack() as next_one:
        assert next_one is not broken
