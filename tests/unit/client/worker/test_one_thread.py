"""A worker is one of as many as there are cores, and takes no second one."""

from __future__ import annotations

import pytest

from screentest.client.worker import work
from screentest.client.worker.job import Place, Prepare
from screentest.client.worker.work import done
from screentest.prep.core.process import threads
from screentest.prep.core.spec import SORA_2
from screentest.prep.scanning.workers import Workers
from tests.made_up import source


def test_a_job_works_on_one_thread_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once: list[int] = []

    def noted(*_: object, **__: object) -> None:
        at_once.append(threads(2))
        at_once.append(Workers(source(), count=2)._pool._max_workers)
        raise KeyError

    monkeypatch.setattr(work, "_made", noted)
    done(Prepare((Place("a.mp4", path="/a.mp4"),), SORA_2))
    assert at_once == [1, 1]
    assert threads(2) == 2
