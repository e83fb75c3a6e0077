"""Threads that look at footage together, and how they go home."""

from __future__ import annotations

import threading

import pytest

from screentest import probe
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Span
from screentest.prep.scanning.workers import Crew, Desk
from tests.conftest import Footage


def test_no_file_is_closed_under_a_thread_that_the_pool_forgot(footage: Footage) -> None:
    """Ctrl-C inside ``Thread.start`` leaves the pool a thread that it does not know to wait for."""
    source = probe(footage("face-short"))
    pictures: list[float] = []
    begun = threading.Event()

    def looking(desk: Desk, span: Span, _say: Progress) -> None:
        begun.set()
        crew._stop.wait(60)
        pictures.extend(shot.t_s for shot in desk.reader.span(span.start_s, span.end_s))

    def interrupted(_share: float) -> None:
        begun.wait(60)
        crew._pool._threads.clear()  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    crew = Crew(source, hands=1)
    with pytest.raises(KeyboardInterrupt), crew:
        crew.each(looking, [Span(0.0, 2.0)], interrupted)
    assert len(pictures) == 50


def test_work_that_had_not_begun_is_dropped_on_the_way_out(footage: Footage) -> None:
    source = probe(footage("face-short"))
    seen: list[Span] = []
    begun = threading.Event()

    def looking(_desk: Desk, span: Span, _say: Progress) -> None:
        seen.append(span)
        begun.set()
        crew._stop.wait(60)

    def interrupted(_share: float) -> None:
        begun.wait(60)
        raise KeyboardInterrupt

    crew = Crew(source, hands=1)
    with pytest.raises(KeyboardInterrupt), crew:
        crew.each(looking, [Span(0.0, 1.0), Span(1.0, 2.0), Span(2.0, 3.0)], interrupted)
    assert seen == [Span(0.0, 1.0)]


def test_an_interrupt_at_the_very_end_is_not_lost(
    footage: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = Crew(probe(footage("face-short")), hands=1)
    shutdown = crew._pool.shutdown
    times = iter((KeyboardInterrupt,))

    def interrupted(**options: bool) -> None:
        for error in times:
            raise error
        shutdown(**options)

    monkeypatch.setattr(crew._pool, "shutdown", interrupted)
    with pytest.raises(KeyboardInterrupt), crew:
        pass
