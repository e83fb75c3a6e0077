"""Errors, as a worker hands them back and as a person reads them."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from screentest.prep.core import errors
from screentest.prep.core.errors import ScreentestError

KINDS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ScreentestError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_comes_back_from_a_worker_as_it_was(kind: type[ScreentestError]) -> None:
    for back in (
        pickle.loads(pickle.dumps(kind("raw.mp4 is empty.", "Copy it again."))),
        copy.copy(kind("raw.mp4 is empty.", "Copy it again.")),
    ):
        assert type(back) is kind
        assert (back.message, back.hint, str(back)) == (
            "raw.mp4 is empty.",
            "Copy it again.",
            "raw.mp4 is empty.",
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_footage_and_clips_do_not_get_better_by_asking_again(kind: type[ScreentestError]) -> None:
    assert not kind("m").retryable
    assert kind("m").hint == ""
