"""Cancelled work ends at the next sign of progress."""

from __future__ import annotations

import pytest

from screentest.prep.core.errors import Cancelled
from screentest.prep.core.progress import SILENT, Noted, cancellable, stage


def test_work_that_is_not_cancelled_is_reported_as_ever() -> None:
    told = Noted(SILENT)
    with stage(cancellable(told, lambda: False), "scan") as under_way:
        under_way.advance(0.5)
    assert told.names == {"scan"}


def test_no_stage_begins_once_it_is_cancelled() -> None:
    told = Noted(SILENT)
    with pytest.raises(Cancelled), stage(cancellable(told, lambda: True), "scan"):
        pytest.fail("the stage went on")
    assert told.names == set()


def test_a_stage_under_way_ends_at_its_next_sign_of_progress() -> None:
    answers = iter([False, False, True])
    with stage(cancellable(SILENT, lambda: next(answers)), "scan") as under_way:
        under_way.advance(0.1)
        with pytest.raises(Cancelled):
            under_way.advance(0.2)


def test_the_end_of_a_stage_is_reported_though_it_was_cancelled_meanwhile() -> None:
    answers = iter([False, True])
    with stage(cancellable(SILENT, lambda: next(answers)), "scan"):
        pass


def test_without_a_way_to_cancel_the_watcher_is_the_same() -> None:
    assert cancellable(SILENT, None) is SILENT
