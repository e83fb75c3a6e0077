"""Threads that look at footage together, and how they end."""

from __future__ import annotations

import threading

import pytest

from screentest import probe
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Span
from screentest.prep.scanning.workers import Worker, Workers
from tests.conftest import Footage


def test_no_file_is_closed_under_a_thread_that_the_pool_forgot(footage: Footage) -> None:
    """Ctrl-C inside ``Thread.start`` leaves the pool a thread that it does not know to wait for."""
    source = probe(footage("face-short"))
    pictures: list[float] = []
    begun = threading.Event()

    def looking(worker: Worker, span: Span, _say: Progress) -> None:
        begun.set()
        workers._stop.wait(60)
        pictures.extend(frame.t_s for frame in worker.reader.span(span.start_s, span.end_s))

    def interrupted(_share: float) -> None:
        begun.wait(60)
        workers._pool._threads.clear()  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    workers = Workers(source, count=1)
    with pytest.raises(KeyboardInterrupt), workers:
        workers.each(looking, [Span(0.0, 2.0)], interrupted)
    assert len(pictures) == 50


def test_work_that_had_not_begun_is_dropped_on_the_way_out(footage: Footage) -> None:
    source = probe(footage("face-short"))
    seen: list[Span] = []
    begun = threading.Event()

    def looking(_worker: Worker, span: Span, _say: Progress) -> None:
        seen.append(span)
        begun.set()
        workers._stop.wait(60)

    def interrupted(_share: float) -> None:
        begun.wait(60)
        raise KeyboardInterrupt

    workers = Workers(source, count=1)
    with pytest.raises(KeyboardInterrupt), workers:
        workers.each(looking, [Span(0.0, 1.0), Span(1.0, 2.0), Span(2.0, 3.0)], interrupted)
    assert seen == [Span(0.0, 1.0)]


def test_an_interrupt_at_the_very_end_is_not_lost(
    footage: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers(probe(footage("face-short")), count=1)
    shutdown = workers._pool.shutdown
    times = iter((KeyboardInterrupt,))

    def interrupted(**options: bool) -> None:
        for error in times:
            raise error
        shutdown(**options)

    monkeypatch.setattr(workers._pool, "shutdown", interrupted)
    with pytest.raises(KeyboardInterrupt), workers:
        pass
