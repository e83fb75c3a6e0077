"""Threads that look at footage together, and how they go home."""

from __future__ import annotations

import pytest

from prep import probe
from prep.crew import Crew, Desk, Tell
from prep.values import Span
from tests.conftest import Footage


def test_no_file_is_closed_under_a_thread_that_the_pool_forgot(footage: Footage) -> None:
    """Ctrl-C inside ``Thread.start`` leaves the pool a thread that it does not know to wait for."""
    source = probe(footage("face-short"))
    pictures: list[float] = []

    def looking(desk: Desk, span: Span, _say: Tell) -> None:
        crew._stop.wait(60)
        pictures.extend(shot.t_s for shot in desk.reader.span(span.start_s, span.end_s))

    def interrupted(_share: float) -> None:
        crew._pool._threads.clear()
        raise KeyboardInterrupt

    crew = Crew(source, hands=1)
    with pytest.raises(KeyboardInterrupt), crew:
        crew.each(looking, [Span(0.0, 2.0)], interrupted)
    assert len(pictures) == 50


def test_work_that_had_not_begun_is_dropped_on_the_way_out(footage: Footage) -> None:
    source = probe(footage("face-short"))
    begun: list[Span] = []

    def looking(_desk: Desk, span: Span, _say: Tell) -> None:
        begun.append(span)
        crew._stop.wait(60)

    def interrupted(_share: float) -> None:
        raise KeyboardInterrupt

    crew = Crew(source, hands=1)
    with pytest.raises(KeyboardInterrupt), crew:
        crew.each(looking, [Span(0.0, 1.0), Span(1.0, 2.0), Span(2.0, 3.0)], interrupted)
    assert begun == [Span(0.0, 1.0)]
